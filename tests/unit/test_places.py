from datetime import UTC, datetime

import pytest
import typer

from cli.places import last_before, moment, place

NOON = datetime(2024, 1, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2024-01-20T12:00:00Z", NOON),
        ("2024-01-20T13:00:00+01:00", NOON),
        ("2024-01-20T12:00:00", NOON),
        ("2024-01-20", NOON.replace(hour=0)),
        ("2024-01-20t13:00:00.000000+01:00", NOON),
        ("20240120", 20_240_120),
        ("65000", 65_000),
        ("0", 0),
    ],
)
def test_a_place_is_a_position_or_a_moment_in_utc_unless_it_says_otherwise(
    text: str, meant: object
) -> None:
    assert place(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("", "-1", "yesterday", "2024-13-01", "\uff11", "1.5", "1" * 19),
        *("2024-W03-6", "2024-01-20T12", "2024-01-20T12:00", "20240120T120000Z", "2024-1-2"),
        "0001-01-01T00:00:00+01:00",
    ],
)
def test_what_is_neither_is_told(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no moment"):
        place(text)


def test_a_moment_is_no_position() -> None:
    with pytest.raises(typer.BadParameter):
        moment("65000")


def test_a_moment_ends_what_came_before_and_a_position_is_the_last_itself() -> None:
    assert last_before(NOON) == datetime(2024, 1, 20, 11, 59, 59, 999_999, UTC)
    assert last_before(datetime.min.replace(tzinfo=UTC)) == 0
    assert last_before(7) == 7
    assert last_before(None) is None
