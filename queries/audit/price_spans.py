"""When which price of a product held in one currency: spans of business time.

A span is half-open, [since, until), and as long as it can be: before it the price was another, or
there was none. At a moment the last event up to it counts, so what held for no time is in no span.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import NamedTuple

from projections.document import ProductDocument


class Offer(NamedTuple):
    """What has to be paid after an event, in minor units; None where the product is not offered."""

    amount: int | None
    occurred_at: datetime
    version: int
    position: int
    actor: str


class Span(NamedTuple):
    """How long a price of `amount` minor units held, and the event that it began with."""

    amount: int
    since: datetime
    until: datetime | None
    """None while it still holds."""
    version: int
    position: int
    actor: str

    def overlaps(self, since: datetime | None, until: datetime | None) -> bool:
        """Whether it held at some moment of [since, until), which may be open at either end."""
        return (
            (since is None or until is None or since < until)
            and (until is None or self.since < until)
            and (since is None or self.until is None or self.until > since)
        )


def offered(document: ProductDocument | None, currency: str) -> int | None:
    """None of an archived product; a draft has its price already."""
    if document is not None and document.status != "archived":
        for price in document.prices:
            if price.currency == currency:
                return price.amount
    return None


def spans(offers: Iterable[Offer]) -> Iterator[Span]:
    """From the offers after each event, oldest first, to the spans, oldest first."""
    turns = [*_turns(_lasting(_turns(offers)))]
    for offer, following in zip_longest(turns, turns[1:]):
        if offer.amount is not None:
            until = following.occurred_at if following else None
            yield Span(
                offer.amount, offer.occurred_at, until, offer.version, offer.position, offer.actor
            )


def lowest(found: Iterable[Span], since: datetime, until: datetime) -> Span | None:
    """The lowest price that held at some moment of [since, until); of equal ones the oldest."""
    held = (span for span in found if span.overlaps(since, until))
    return min(held, key=attrgetter("amount"), default=None)


def _turns(offers: Iterable[Offer]) -> Iterator[Offer]:
    """Those of another amount than the one before."""
    for _, alike in groupby(offers, attrgetter("amount")):
        yield next(alike)


def _lasting(offers: Iterable[Offer]) -> Iterator[Offer]:
    """Of several at one moment the last."""
    for _, together in groupby(offers, attrgetter("occurred_at")):
        *_, last = together
        yield last
