"""What differs between two states of a product, field by field."""

from typing import Any

import msgspec

from projections.document import ProductDocument

type Fields = dict[str, Any]
"""A document spelled out flat, without what is unset: see `fields`."""

_CIRCUMSTANCES = ("id", "version", "created_at", "updated_at")


class Change(msgspec.Struct, frozen=True):
    """A field of the read document; one of a map or of the prices as `attributes.color`."""

    field: str
    before: Any
    after: Any


def changes(before: Fields, after: Fields) -> list[Change]:
    """What differs between two documents as `fields` spells them out."""
    names = [*after, *(name for name in before if name not in after)]
    return [
        Change(name, before.get(name), after.get(name))
        for name in names
        if not _identical(before.get(name), after.get(name))
    ]


def _identical(one: object, other: object) -> bool:
    """As JSON: Python takes True for 1."""
    return one is other or msgspec.json.encode(one) == msgspec.json.encode(other)


def fields(document: ProductDocument | None) -> Fields:
    """None of a product that is not registered yet."""
    if document is None:
        return {}
    told: Fields = msgspec.to_builtins(document)
    for name in _CIRCUMSTANCES:
        del told[name]
    attributes, prices = told.pop("attributes"), told.pop("prices")
    told |= {f"attributes.{name}": value for name, value in attributes.items()}
    told |= {f"prices.{price['currency']}": price for price in prices}
    return {name: value for name, value in told.items() if value not in (None, [], ())}
