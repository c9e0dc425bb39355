"""What is known of a batch's products before anything is decided."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from commands.feeds import formats
from commands.feeds.probing import probing
from commands.feeds.rows import Feed, Row
from commands.feeds.run import Run
from commands.load import Unfolded, load_all
from commands.snapshots import EVERY, keep_snapshot
from events.code import digest_of
from events.database import Connection, statement
from events.errors import Undecodable

CODE = (
    ("commands", "input.py"),
    ("commands", "decider.py"),
    ("commands.product", "messages.py"),
    ("commands.product", "state.py"),
    ("commands.product", "decide.py"),
    ("commands.product", "changes.py"),
    ("commands.product", "retire.py"),
    ("commands.product", "revert.py"),
    ("commands.product", "transitions.py"),
    ("commands.feeds", "aligning.py"),
    ("commands.feeds", "feed_product.py"),
    ("commands.feeds", "deciding.py"),
    ("events", "formulas.py"),
    ("events", "money.py"),
    ("events", "product.py"),
)
FORMATS = files(formats)
DIGEST_BYTES = 16

_LOOK_UP = statement(__package__, "sql/look_up.sql")


@dataclass(frozen=True, slots=True)
class Known:
    """A product that a row may be about; `stream` is None when there is none."""

    stream: UUID | None
    earlier_line: int | None
    """Where the same SKU stood before in this run."""
    is_settled: bool
    """Whether the source said this very row last, and nothing has happened to the product since."""
    archived_version: int | None
    """The version at which a sync of any source archived it."""


class Digests:
    """Of rows, under what they mean in this feed to this very code."""

    def __init__(self, feed: Feed) -> None:
        self._key = blake2b(_code_digest() + feed.meaning, digest_size=32).digest()

    def of(self, row: Row) -> bytes:
        return blake2b(row.raw, digest_size=DIGEST_BYTES, key=self._key).digest()


@cache
def _code_digest() -> bytes:
    """Of whatever has a part in what a row comes to."""
    formats = sorted((each for each in FORMATS.iterdir() if each.is_file()), key=lambda it: it.name)
    return digest_of([*(files(package).joinpath(name) for package, name in CODE), *formats])


async def look_up(
    connection: Connection,
    catalog: str,
    source: str,
    run: Run,
    digests: Mapping[str, bytes],
) -> dict[str, Known]:
    """By SKU; the digests are those of the rows."""
    rows = await connection.fetch(
        _LOOK_UP, catalog, source, run.id, [*digests], [*digests.values()]
    )
    return {sku: Known(*known) for sku, *known in rows}


async def load(
    engine: AsyncEngine, catalog: str, streams: Iterable[UUID | None]
) -> dict[UUID, Unfolded]:
    """Those that there are; of long ones a snapshot is kept.

    Feeds may be all that ever happens to a product.
    """
    there = [*filter(None, streams)]
    if not there:
        return {}
    async with probing(engine) as connection:
        unfolded = await load_all(connection, catalog, there)
        for stream, each in unfolded.items():
            if len(each.since) >= EVERY:
                with suppress(Undecodable):
                    await keep_snapshot(connection, catalog, stream, each.fold())
    return unfolded
