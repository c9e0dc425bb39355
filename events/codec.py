"""Events to and from their stored form.

A type's name and the shape of its fields are the storage format: what is in a log stays there.
A new shape is a new schema version, and an upcast lifts the old one when it is read.
"""

from dataclasses import dataclass

import msgspec
import rfc8785

from events import product
from events.product import ProductEvent

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

_DECODERS = {
    (type_.__name__, version): msgspec.json.Decoder(type_)
    for type_, version in SCHEMA_VERSIONS.items()
}


class Undecodable(Exception):  # noqa: N818 -- it says what the event is
    """An event of the log has a type, a schema version or data that this code does not know."""


@dataclass(frozen=True, slots=True)
class Encoded:
    type: str
    schema_version: int
    data: str
    """Canonical JSON (RFC 8785)."""


def encode(event: ProductEvent) -> Encoded:
    type_ = type(event)
    data = rfc8785.dumps(msgspec.to_builtins(event)).decode()
    return Encoded(type_.__name__, SCHEMA_VERSIONS[type_], data)


def decode(type_: str, schema_version: int, data: str) -> ProductEvent:
    """Raises `Undecodable`."""
    decoder = _DECODERS.get((type_, schema_version))
    if decoder is None:
        raise Undecodable(type_, schema_version)
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Undecodable(type_, schema_version, str(error)) from error
