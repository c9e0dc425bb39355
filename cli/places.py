"""Places of a log, stages of a product and moments of business time, as they are typed."""

import re
from datetime import UTC, datetime

import typer

from queries.audit.then import LogPlace

MOMENT = "MOMENT"
POSITION_OR_MOMENT = "POSITION|MOMENT"
VERSION_OR_MOMENT = "VERSION|MOMENT"
type NumberOrMoment = int | datetime

_EXTENDED = re.compile(
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII | re.IGNORECASE
)
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


def moment(text: str) -> datetime:
    """RFC 3339; in UTC unless it says otherwise, and a mere date is its beginning."""
    if not _EXTENDED.fullmatch(text):
        raise _no_moment(text)
    try:
        given = datetime.fromisoformat(text.upper())
        return (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _no_moment(text) from None


def _no_moment(text: str) -> typer.BadParameter:
    return typer.BadParameter(f"{text} is no moment such as 2024-01-20T12:00:00Z, or 2024-01-20.")


def place(text: str) -> NumberOrMoment:
    """A number, be it a position or a version, or a moment: what has no dash is no date."""
    return int(text) if _NUMBER.fullmatch(text) else moment(text)


def last_before(end: LogPlace | None) -> LogPlace | None:
    """The last place that counts where a moment is the first that does not."""
    if not isinstance(end, datetime):
        return end
    try:
        return end - datetime.resolution
    except OverflowError:
        return 0
