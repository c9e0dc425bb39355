from datetime import UTC, datetime

import pytest
import typer

from cli.places import moment, place

NOON = datetime(2024, 1, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2024-01-20T12:00:00Z", NOON),
        ("2024-01-20T13:00:00+01:00", NOON),
        ("2024-01-20T12:00:00", NOON),
        ("2024-01-20", NOON.replace(hour=0)),
        ("65000", 65_000),
        ("0", 0),
    ],
)
def test_a_place_is_a_position_or_a_moment_in_utc_unless_it_says_otherwise(
    text: str, meant: object
) -> None:
    assert place(text) == meant


@pytest.mark.parametrize("text", ["", "-1", "yesterday", "2024-13-01", "\uff11", "1.5"])
def test_what_is_neither_is_told(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no moment"):
        place(text)


def test_a_moment_is_no_position() -> None:
    with pytest.raises(typer.BadParameter):
        moment("65000")
