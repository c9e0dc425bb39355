"""When which price of a product held in one currency: spans of business time.

A span is half-open, [since, until), and as long as it can be: before it the price was another, or
there was none. At a moment the last event up to it counts, so what held for no time is in no span.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
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
    if document is None or document.status == "archived":
        return None
    amounts = (each.amount for each in document.prices if each.currency == currency)
    return next(amounts, None)


def spans(offers: Iterable[Offer]) -> Iterator[Span]:
    """From the offers after each event, oldest first, to the spans, oldest first."""
    standing: Offer | None = None
    for offer in _lasting(offers):
        if standing and standing.amount == offer.amount:
            continue
        yield from _span(standing, until=offer.occurred_at)
        standing = offer
    yield from _span(standing, until=None)


def lowest(found: Iterable[Span], since: datetime, until: datetime) -> Span | None:
    """The lowest price that held at some moment of [since, until); of equal ones the oldest."""
    held = (span for span in found if span.overlaps(since, until))
    return min(held, key=lambda span: span.amount, default=None)


def _lasting(offers: Iterable[Offer]) -> Iterator[Offer]:
    """Of several at one moment the last; time that a damaged log turns back stands still."""
    last: Offer | None = None
    for offer in offers:
        if last and offer.occurred_at > last.occurred_at:
            yield last
            last = offer
        else:
            moment = last.occurred_at if last else offer.occurred_at
            last = offer._replace(occurred_at=moment)
    if last:
        yield last


def _span(offer: Offer | None, *, until: datetime | None) -> Iterator[Span]:
    if offer and offer.amount is not None:
        yield Span(
            offer.amount, offer.occurred_at, until, offer.version, offer.position, offer.actor
        )
