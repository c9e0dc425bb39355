"""Refused rows as CSV, with commas, and nothing in it that a spreadsheet would compute.

It begins with a byte order mark: without one, spreadsheets do not take it for UTF-8.
"""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from commands.faults import Fault
from commands.feeds.feed_product import is_unread
from commands.feeds.formats import cells
from commands.feeds.formats.csv_rows import parsed, written
from commands.feeds.formats.table import READ
from commands.feeds.refused.members import OURS, is_cut, members_of
from commands.feeds.refused.rows import RunOfFeed
from commands.feeds.report import Failure
from events.formulas import guarded, unguarded


def rows(run: RunOfFeed, failures: Iterable[Failure]) -> Iterator[bytes]:
    """Begins with a header: the feed's own, or that of all that a row of JSON may say."""
    is_own = run.form == "csv"
    kept = [index for index, name in enumerate(run.columns) if name not in OURS]
    header = [run.columns[index] for index in kept] if is_own else [*READ, "_text"]
    yield BOM_UTF8 + written(["_line", "_errors", *header])
    for failure in failures:
        row = _own(failure, kept, len(run.columns)) if is_own else _of_members(failure)
        yield written([str(failure.line), guarded(_told(failure.faults)), *row])


def _told(faults: Iterable[Fault]) -> str:
    return "; ".join(f"{fault['pointer']} {fault['message']}".strip() for fault in faults)


def _own(failure: Failure, kept: Sequence[int], width: int) -> list[str]:
    """Also where there are more or less of them than columns. What is no row is one cell."""
    try:
        row = [] if is_cut(failure) else parsed(failure.text, strict=False)
    except csv.Error:
        row = []
    if not row:
        return [guarded(failure.text)]
    beyond = range(width, len(row))
    return [_safe(row[index]) for index in (*kept, *beyond) if index < len(row)]


def _safe(cell: str) -> str:
    """As it came, but for a text that looks like a formula."""
    is_told = cell in {cells.LEFT_OUT, cells.EMPTY_TEXT}
    is_text = not is_told and isinstance(cells.attribute(cell), str)
    return guarded(unguarded(cell)) if is_text else cell


def _of_members(failure: Failure) -> list[str]:
    members = members_of(failure)
    if members is None:
        return [*[cells.LEFT_OUT] * len(READ), guarded(failure.text)]
    row = [_cell(members[name]) if name in members else cells.LEFT_OUT for name in READ]
    is_told = all(name in READ or is_unread(name) for name in members)
    return [*row, "" if is_told else guarded(failure.text)]


def _cell(raw: msgspec.Raw) -> str:
    match msgspec.json.decode(raw):
        case None:
            return ""
        case "":
            return cells.EMPTY_TEXT
        case str() as text:
            return guarded(text)
        case _:
            return bytes(raw).decode()
