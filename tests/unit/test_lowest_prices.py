"""The brute force that answers of the service are held against."""

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.material.feeds import Snapshot
from benchmarks.past.lowest_prices import DAYS, lowest, priced

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
OF = [FIRST, FIRST + 40 * DAY, FIRST + 50 * DAY]


@pytest.mark.parametrize(
    ("prices", "at", "expected"),
    [
        ([100, 90, 80], FIRST, None),
        ([100, 90, 80], FIRST + DAY, 100),
        ([100, 90, 80], OF[1], 100),
        ([100, 90, 80], OF[1] + DAY, 90),
        ([100, 110, 120], OF[2], 100),
        ([100, 110, 120], OF[1] + DAYS * DAY - DAY, 100),
        ([100, 110, 120], OF[1] + DAYS * DAY, 110),
        ([100, None, 120], OF[1] + DAYS * DAY, 120),
        ([None, 90, None], OF[2] + DAYS * DAY, None),
        ([None, None, 70], OF[2] + 1_000 * DAY, 70),
    ],
)
def test_a_price_counts_that_held_in_the_days_before(
    prices: list[int | None], at: datetime, expected: int | None
) -> None:
    assert lowest(OF, prices, at) == expected


def test_all_are_asked_for_that_ever_had_a_price() -> None:
    def row(sku: str, *amounts: int) -> dict[str, object]:
        return {"sku": sku, "prices": [{"currency": "USD", "amount": each} for each in amounts]}

    months = [
        Snapshot(FIRST, [row("A", 5), row("B")], "first"),
        Snapshot(FIRST + DAY, [row("C", 7)], "second"),
    ]
    assert priced(months) == {"A": [5, None], "C": [None, 7]}
