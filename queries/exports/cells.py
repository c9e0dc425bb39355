"""JSON values as cells of CSV, that no spreadsheet takes for a formula."""

from functools import lru_cache

import msgspec

from events.formulas import guarded

type Cell = str | int

_NOTHING = '""'
"""The empty text as JSON: a cell without anything says that there is none."""
_JSON_BEGINS = tuple('"[{-0123456789tfn')


def cell(value: object) -> Cell:
    """Nothing for null, text as it is, and other values as JSON; the empty text is JSON, too.

    A text that a spreadsheet might compute gets one apostrophe more in front of it, so that one
    can be taken off again wherever what follows it begins like a formula.
    """
    match value:
        case None:
            return ""
        case "":
            return _NOTHING
        case str():
            return guarded(value)
        case _:
            return msgspec.json.encode(value).decode()


def attribute_cell(value: object) -> Cell:
    """The same of a value that may have any type: a text that reads like another is JSON."""
    return _text(value) if isinstance(value, str) else cell(value)


@lru_cache(maxsize=10_000)
def _text(value: str) -> Cell:
    """There are few, of many products."""
    return msgspec.json.encode(value).decode() if _reads_otherwise(value) else cell(value)


def _reads_otherwise(text: str) -> bool:
    begins = text.strip()
    if not begins or begins[0] in '"[{':
        return True
    if not begins.startswith(_JSON_BEGINS):
        return False
    try:
        msgspec.json.decode(begins)
    except msgspec.DecodeError:
        return False
    return True
