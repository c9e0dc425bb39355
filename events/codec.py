"""Events to and from their stored form.

A type's name and the shape of its fields are the storage format: what is in a log stays there.
A new shape is a new schema version, and an upcast lifts the old one when it is read.
"""

from dataclasses import dataclass

import msgspec

from events import product
from events.canonical_json import canonical
from events.errors import Undecodable
from events.product import ProductEvent
from events.upcasts import UPCASTS, Upcasts, check, lift

SCHEMA_VERSIONS: dict[type[ProductEvent], int] = {
    product.ProductRegistered: 1,
    product.ProductRenamed: 1,
    product.ProductDescribed: 1,
    product.ProductBranded: 1,
    product.ProductCategorised: 1,
    product.ProductTagged: 1,
    product.AttributesChanged: 1,
    product.MediaArranged: 1,
    product.PriceSet: 1,
    product.PriceRemoved: 1,
    product.ProductPublished: 1,
    product.ProductUnpublished: 1,
    product.ProductArchived: 1,
    product.ProductRestored: 1,
}

EVENT_TYPES = tuple(type_.__name__ for type_ in SCHEMA_VERSIONS)
"""Those that are written now; a log may have others, of other releases."""

_DECODERS = {
    (type_.__name__, version): msgspec.json.Decoder(type_)
    for type_, version in SCHEMA_VERSIONS.items()
}
check(UPCASTS, _DECODERS)


@dataclass(frozen=True, slots=True)
class Encoded:
    type: str
    schema_version: int
    data: str
    """Canonical JSON (RFC 8785)."""


def encode(event: ProductEvent) -> Encoded:
    type_ = type(event)
    data = canonical(msgspec.to_builtins(event)).decode()
    return Encoded(type_.__name__, SCHEMA_VERSIONS[type_], data)


def decode(type_: str, schema_version: int, data: str, upcasts: Upcasts = UPCASTS) -> ProductEvent:
    """Raises `Undecodable`."""
    shape = type_, schema_version
    try:
        if decoder := _DECODERS.get(shape):
            return decoder.decode(data)
        if shape in upcasts:
            shape, lifted = lift(upcasts, shape, msgspec.json.decode(data))
            return _DECODERS[shape].decode(msgspec.json.encode(lifted))
    except Exception as error:  # whatever an upcast stumbles over
        raise _undecodable(type_, schema_version, str(error)) from error
    raise _undecodable(type_, schema_version, "this version of the service does not know it")


def _undecodable(type_: str, schema_version: int, reason: str) -> Undecodable:
    return Undecodable(event_type=type_, schema_version=schema_version, reason=reason)
