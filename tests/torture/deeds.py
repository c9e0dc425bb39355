"""What a step of the plan means: the events that it is to leave in the log."""

from uuid import UUID

from events.codec import Encoded, encode
from events.product import (
    PriceSet,
    ProductBranded,
    ProductDescribed,
    ProductEvent,
    ProductRegistered,
    ProductRenamed,
)
from tests.torture.history import Write
from tests.torture.plan import Step

CURRENCIES = ("USD", "EUR", "JPY")


def registration(sku: str, number: int, *, prices: int, key: str | None = None) -> Write:
    registered = ProductRegistered(sku=sku, name=_unique(number), attributes={})
    priced = [PriceSet(currency=each, amount=number) for each in CURRENCIES[:prices]]
    return Write(facts=_encoded(registered, *priced), claims={sku: True}, key=key)


def over_http(step: Step, number: int, product: UUID, version: int) -> Write:
    if step.deed == "register":
        sku = f"SKU-{step.rivalry}"
        return registration(sku, number, prices=step.events - 1, key=_key(step))
    return _change(step, number, product, version)


def with_claims(step: Step, number: int, product: UUID, version: int) -> Write:
    """As no command does it, yet: a claim moves from product to product."""
    write = _change(step, number, product, version)
    if step.deed == "register":
        write.claims = {f"CLAIM-{step.claim}": step.taking}
    return write


def _change(step: Step, number: int, product: UUID, version: int) -> Write:
    expected = {"any": None, "right": version, "stale": max(1, version - 1)}[step.expected]
    facts = _facts(step, number)
    return Write(facts=facts, stream=product, expected=expected, key=_key(step))


def _facts(step: Step, number: int) -> tuple[Encoded, ...]:
    if step.deed == "price":
        return _encoded(PriceSet(currency=CURRENCIES[step.events - 1], amount=number))
    text = _unique(number)
    changes = (
        ProductRenamed(name=text),
        ProductDescribed(description=text),
        ProductBranded(brand=text),
    )
    return _encoded(*changes[: step.events])


def _unique(number: int) -> str:
    return f"write {number}"


def _encoded(*events: ProductEvent) -> tuple[Encoded, ...]:
    return tuple(encode(event) for event in events)


def _key(step: Step) -> str | None:
    return None if step.repeated == "no" else f"key-{step.number}"
