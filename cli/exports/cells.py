"""JSON values as cells of CSV, that no spreadsheet takes for a formula."""

import re

import msgspec

type Cell = str | int

_FORMULA = re.compile("'*[\t\r\n]|[\\s']*[=+\\-@\uff1d\uff0b\uff0d\uff20]")


def cell(value: object) -> Cell:
    """Nothing for null, text as it is, and other values as JSON.

    A text that a spreadsheet might compute gets one apostrophe more in front of it, so that one
    can be taken off again wherever what follows it begins like a formula.
    """
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if _FORMULA.match(value) else value
        case _:
            return msgspec.json.encode(value).decode()
