"""Places of a log and moments of business time, as they are typed."""

from datetime import UTC, datetime

import typer

from queries.audit.then import LogPlace


def moment(text: str) -> datetime:
    """RFC 3339; in UTC unless it says otherwise, and a mere date is its beginning."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no moment such as 2024-01-20T12:00:00Z.") from None
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def place(text: str) -> LogPlace:
    return int(text) if text.isascii() and text.isdigit() else moment(text)
