"""A product's history, read from the log alone: what happened, and what each event changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.errors import Undecodable
from events.log import read_heads, read_stream
from events.recorded import Recorded
from projections.document import ProductDocument, apply
from queries.answer import Answer
from queries.cursor import Cursors

_CIRCUMSTANCES = ("id", "version", "created_at", "updated_at")


class Change(msgspec.Struct, frozen=True):
    """A field of the read document; one of a map or of the prices as `attributes.color`."""

    field: str
    before: Any
    after: Any


class Item(msgspec.Struct, frozen=True):
    position: int
    version: int
    type: str
    data: msgspec.Raw
    changes: list[Change]
    changes_unknown: str | None
    """Why there is no telling what the event changed."""
    actor: str
    correlation_id: str
    causation_id: str | None
    occurred_at: datetime
    recorded_at: datetime
    digest: str
    """SHA-256 of the canonical event, in hexadecimal."""


class History(msgspec.Struct, frozen=True):
    items: list[Item]
    next_cursor: str | None


class Cursor(msgspec.Struct, frozen=True):
    version: int


async def of_product(
    engine: AsyncEngine,
    cursors: Cursors,
    catalog: str,
    product: UUID,
    *,
    limit: int,
    cursor: str | None,
) -> Answer[History | None]:
    """The product's events, oldest first; None for an unknown product.

    Raises `InvalidCursor`.
    """
    of = ("history", catalog, product)
    after = cursors.open(cursor, Cursor, of=of).version if cursor else 0
    async with driver(engine) as connection:
        heads = await read_heads(connection)
        stream = await read_stream(connection, catalog, product)
    if not stream:
        return Answer(None, heads.get(catalog, 0))
    items = _items(stream, after, limit)
    more = bool(items) and items[-1].version < stream[-1].version
    following = cursors.seal(Cursor(items[-1].version), of=of) if more else None
    return Answer(History(items, following), heads[catalog])


def _items(stream: Sequence[Recorded], after: int, limit: int) -> list[Item]:
    """What each event changed, up to the first that can't be read: beyond it nobody knows."""
    items: list[Item] = []
    document: ProductDocument | None = None
    before: dict[str, Any] = {}
    unknown: str | None = None
    for recorded in stream[: after + limit]:
        now = before
        try:
            if unknown is None:
                document = apply(document, recorded)
                now = _fields(document)
        except (Undecodable, ValueError) as error:
            unknown = f"version {recorded.version} can't be read: {_why(error)}"
        if recorded.version > after:
            items.append(_item(recorded, changes(before, now), unknown))
        before = now
    return items


def _why(error: Undecodable | ValueError) -> object:
    return error.members["reason"] if isinstance(error, Undecodable) else error


def _item(recorded: Recorded, changed: list[Change], unknown: str | None) -> Item:
    return Item(
        position=recorded.position,
        version=recorded.version,
        type=recorded.type,
        data=msgspec.Raw(recorded.data.encode()),
        changes=changed,
        changes_unknown=unknown,
        actor=recorded.actor,
        correlation_id=recorded.correlation_id,
        causation_id=recorded.causation_id,
        occurred_at=recorded.occurred_at,
        recorded_at=recorded.recorded_at,
        digest=recorded.digest.hex(),
    )


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """What differs between two documents as `_fields` spells them out."""
    names = [*after, *(name for name in before if name not in after)]
    return [
        Change(name, before.get(name), after.get(name))
        for name in names
        if not _identical(before.get(name), after.get(name))
    ]


def _identical(one: object, other: object) -> bool:
    """As JSON: Python takes True for 1."""
    return one is other or msgspec.json.encode(one) == msgspec.json.encode(other)


def _fields(document: ProductDocument) -> dict[str, Any]:
    """The document as flat fields, without those that are unset."""
    fields: dict[str, Any] = msgspec.to_builtins(document)
    for name in _CIRCUMSTANCES:
        del fields[name]
    attributes, prices = fields.pop("attributes"), fields.pop("prices")
    fields |= {f"attributes.{name}": value for name, value in attributes.items()}
    fields |= {f"prices.{price['currency']}": price for price in prices}
    return {name: value for name, value in fields.items() if value not in (None, [], ())}
