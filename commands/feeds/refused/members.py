"""Refused rows as NDJSON."""

import csv

import msgspec

from commands.feeds.batches import TEXT_KEPT
from commands.feeds.formats.csv_rows import parsed
from commands.feeds.refused.rows import RunOfFeed
from commands.feeds.report import Failure

OURS = frozenset({"_line", "_errors", "_text"})

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def line(run: RunOfFeed, failure: Failure) -> bytes:
    members = _of_cells(run, failure) if run.form == "csv" else members_of(failure)
    own = {"_text": failure.text} if members is None else members
    document = {"_line": failure.line, "_errors": failure.faults, **own}
    return msgspec.json.format(msgspec.json.encode(document), indent=-1) + b"\n"


def is_cut(failure: Failure) -> bool:
    """Whether some of the row was not kept: what is left of a cell must not pass for all of it."""
    return not 0 < len(failure.text) < TEXT_KEPT


def members_of(failure: Failure) -> dict[str, msgspec.Raw] | None:
    """As they came, without those of an earlier report; None for what is no object."""
    try:
        members = _members.decode(failure.text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return {name: value for name, value in members.items() if name not in OURS}


def _of_cells(run: RunOfFeed, failure: Failure) -> dict[str, str] | None:
    if is_cut(failure):
        return None
    try:
        members = dict(zip(run.columns, parsed(failure.text), strict=True))
    except (csv.Error, ValueError):
        return None
    return {name: cell for name, cell in members.items() if name not in OURS}
