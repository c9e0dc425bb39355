"""Texts that a spreadsheet would compute have one apostrophe more in front of them in CSV.

So have those of apostrophes alone, and of two quotation marks: a single apostrophe is no text of a
product, and two quotation marks are the empty one.
"""

import re

_FORMULA = re.compile("'*[\t\r\n]|'+\\Z|'*\"\"\\Z|[\\s']*[=+\\-@\uff1d\uff0b\uff0d\uff20]")


def guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell
