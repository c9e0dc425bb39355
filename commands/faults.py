"""What is wrong with an input, and where: JSON Pointers (RFC 6901) into what was given."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

type Fault = dict[str, str]

SHOWN = 50


def faults(errors: Iterable[Mapping[str, Any]], document: object) -> list[Fault]:
    """A `{pointer, message}` a place, from Pydantic's errors about `document`.

    Without the value: it may be a secret, or no text at all.
    """
    found: dict[str, list[str]] = {}
    for error in errors:
        path = _path_in(document, error["loc"], missing=error["type"] == "missing")
        found.setdefault(pointer(path), []).append(message(error))
    return [
        {"pointer": place, "message": "; or: ".join(dict.fromkeys(messages))}
        for place, messages in found.items()
    ][:SHOWN]


def pointer(path: Iterable[str | int]) -> str:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return printable("".join(f"/{part}" for part in parts))


def message(error: Mapping[str, Any]) -> str:
    """What Pydantic says, without its own name for an error that this code raised."""
    return printable(error["msg"].removeprefix("Value error, "))


def printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _path_in(document: object, location: Sequence[str | int], *, missing: bool) -> list[str | int]:
    """Only what the document has: Pydantic also names the types that it tried."""
    found: list[str | int] = []
    for part in location:
        match document:
            case dict() if part in document:
                document = document[part]
            case list() if isinstance(part, int):
                document = document[part]
            case dict() if missing:
                return [*found, part]
            case _:
                break
        found.append(part)
    return found
