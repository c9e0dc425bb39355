from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from cli.harmless import harmless
from cli.timeline import told, value
from queries.audit.changes import Change
from queries.audit.items import LoggedItem

PRICED = LoggedItem(
    position=7,
    version=3,
    type="PriceSet",
    data=msgspec.Raw(b"{}"),
    changes=[
        Change("prices.EUR", None, {"currency": "EUR", "amount": 1999, "decimal": "19.99"}),
        Change("name", "Lamp", "\x1b[2JSun"),
        Change("brand", "Acme", None),
    ],
    changes_unknown=None,
    discarded=False,
    actor="ann",
    correlation_id="r-1",
    causation_id=None,
    occurred_at=datetime(2024, 1, 20, 12, 30, tzinfo=UTC),
    recorded_at=datetime(2024, 1, 20, 12, 30, tzinfo=UTC),
    digest="00",
    product_id=UUID(int=1),
    sku="LAMP-1",
)


def lines(item: LoggedItem) -> list[str]:
    return [line.plain for line in told(item)]


def test_an_event_is_a_line_and_each_of_its_changes_another() -> None:
    assert lines(PRICED) == [
        "2024-01-20 12:30:00Z  #7  LAMP-1 v3  PriceSet  by ann",
        "    prices.EUR: 19.99 EUR",
        r"    name: Lamp → \x1b[2JSun",
        "    brand: Acme → (none)",
    ]


def test_it_is_told_where_an_event_was_discarded_or_can_not_be_read() -> None:
    parked = msgspec.structs.replace(
        PRICED, changes=[], changes_unknown="version 3 can't be read", discarded=True, sku=None
    )
    nameless = f"2024-01-20 12:30:00Z  #7  {PRICED.product_id} v3  PriceSet (discarded)  by ann"
    assert lines(parked) == [nameless, "    version 3 can't be read"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Lämp 灯 “2”", "Lämp 灯 “2”"),
        ("a\x1b]0;title\x07", r"a\x1b]0;title\x07"),
        ("a\u202eb\nc", r"a\u202eb\nc"),
        ("a\x9b31mb", r"a\x9b31mb"),
    ],
)
def test_nothing_of_a_name_commands_the_terminal(text: str, shown: str) -> None:
    assert harmless(text) == shown


@pytest.mark.parametrize(
    ("given", "shown"), [(None, "(none)"), (True, "true"), (40, "40"), (["a\x1b"], r'["a\u001b"]')]
)
def test_a_value_is_text_or_json(given: object, shown: str) -> None:
    assert value(given) == shown
