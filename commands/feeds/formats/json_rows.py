"""Rows that are JSON objects."""

from typing import Any

import msgspec
from pydantic import ValidationError

from commands.faults import faults
from commands.feeds.feed_product import FeedProduct
from commands.feeds.formats.source import no_utf8
from commands.feeds.rows import Unfit


class _Identified(msgspec.Struct):
    sku: Any = None


_identified = msgspec.json.Decoder(_Identified)
_object = msgspec.json.Decoder(dict[str, Any])


def sku_of(raw: bytes) -> str | None:
    """Without a look at the rest."""
    try:
        sku = _identified.decode(raw).sku
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return sku if isinstance(sku, str) else None


def product_of(raw: bytes) -> FeedProduct:
    """Raises `Unfit`, with pointers into the row."""
    return validated(FeedProduct, _document(raw))


def validated[P: FeedProduct](kind: type[P], document: dict[str, Any]) -> P:
    """Raises `Unfit`, with pointers into the document."""
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        found = faults(error.errors(), document)
    raise Unfit(found)


def _document(raw: bytes) -> dict[str, Any]:
    """Raises `Unfit` for what is no object of JSON (RFC 8259)."""
    try:
        return _object.decode(raw)
    except RecursionError:
        message = "it is nested too deeply"
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = _no_text(raw) or f"no JSON object: {error}"
    raise Unfit([{"pointer": "", "message": message}])


def _no_text(raw: bytes) -> str | None:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return no_utf8(error)
    return None
