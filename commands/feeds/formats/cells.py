"""Cells of CSV to the values of a product."""

from collections.abc import Callable

import msgspec

from events.formulas import unguarded

LEFT_OUT = "'"
"""The row says nothing of this field. A cell without anything says that there is none."""
EMPTY_TEXT = '""'
SEPARATOR = "|"

type Read = Callable[[str], object]


def is_left_out(cell: str) -> bool:
    return cell == LEFT_OUT


def text(cell: str) -> str | None:
    return unguarded(cell) or None


def long_text(cell: str) -> str | None:
    return "" if cell == EMPTY_TEXT else text(cell)


def word(cell: str) -> str | None:
    """One that can't have spaces around it."""
    return cell.strip() or None


def status(cell: str) -> str | None:
    return cell.strip().lower() or None


def attribute(cell: str) -> object:
    """Text as it is, unless it reads as a JSON number, truth value, array or quoted text."""
    plain = unguarded(cell)
    if plain == cell and plain.lstrip()[:1] in set('"[-0123456789tf'):
        try:
            return msgspec.json.decode(plain)
        except (msgspec.DecodeError, RecursionError):
            return plain
    return plain


def tags(cell: str) -> object:
    """A JSON array, or texts between `|`."""
    return _json(cell) if cell.lstrip().startswith("[") else _separated(unguarded(cell))


def media(cell: str) -> object:
    """A JSON array, or addresses between `|`."""
    if cell.lstrip().startswith("["):
        return _json(cell)
    return [{"url": url} for url in _separated(cell)]


def json(cell: str) -> object:
    return _json(cell) if cell.strip() else None


def _separated(cell: str) -> list[str]:
    return [part for each in cell.split(SEPARATOR) if (part := each.strip())]


def _json(cell: str) -> object:
    """Raises `ValueError`."""
    try:
        return msgspec.json.decode(cell)
    except msgspec.DecodeError as error:
        raise ValueError(f"no JSON: {error}") from error
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
