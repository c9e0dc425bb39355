"""Whether the log, and what is read of it, is what callers were told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asyncpg import Record

from benchmarks.material.story import CATALOG
from benchmarks.soak.writes import Fact, Receipt, Write
from events.database import Connection, statement

_LOG = statement(__package__, "sql/log.sql")
_READ = statement(__package__, "sql/read.sql")

type Log = Mapping[Fact, Sequence[Receipt]]
"""Where each fact stands."""
type Said = tuple[int, str | None, str | None]
"""Of a product: its version, its name and its price in USD."""
type Told = Mapping[str, Said]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many there are, and how many of them are wrong."""

    acknowledged: int
    lost: int
    """Acknowledged, and not where the receipt says."""
    repeated: int
    """Written more than once."""
    refused: int
    refused_and_written: int
    in_doubt: int
    """Under a key: not answered at first, or not told whether they were written."""
    unknown_with_key: int
    """Still, after they were asked for again."""
    unknown_without_key: int
    """They may be there, once."""
    products: int
    read_otherwise: int
    """Products whose read tables are not what the log says."""

    @property
    def asked(self) -> int:
        unknown = self.unknown_with_key + self.unknown_without_key
        return self.acknowledged + self.refused + unknown


async def told(connection: Connection) -> Told:
    """What each product is by its events, folded by hand."""
    names: dict[str, str] = {}
    prices: dict[str, str] = {}
    versions: dict[str, int] = {}
    for row in await connection.fetch(_LOG, CATALOG):
        product = row["product"]
        versions[product] = row["version"]
        if row["type"] in {"ProductRegistered", "ProductRenamed"}:
            names[product] = row["name"]
        if row["type"] == "PriceSet" and row["currency"] == "USD":
            prices[product] = row["amount"]
    return {
        product: (version, names.get(product), prices.get(product))
        for product, version in versions.items()
    }


async def verdict(connection: Connection, writes: Sequence[Write]) -> Verdict:
    """Once all events are applied."""
    log = _log(await connection.fetch(_LOG, CATALOG))
    said = await told(connection)
    read = {
        row["product"]: (row["version"], row["name"], row["price"])
        for row in await connection.fetch(_READ, CATALOG)
    }
    acknowledged = [write for write in writes if write.receipt]
    refused = [write for write in writes if write.refused]
    return Verdict(
        acknowledged=len(acknowledged),
        lost=sum(write.receipt not in log.get(write.fact, ()) for write in acknowledged),
        repeated=sum(len(log.get(write.fact, ())) > 1 for write in writes),
        refused=len(refused),
        refused_and_written=sum(write.fact in log for write in refused),
        in_doubt=sum(write.has_key and write.was_in_doubt for write in writes),
        unknown_with_key=sum(write.has_key and write.is_unknown for write in writes),
        unknown_without_key=sum(write.is_unknown and not write.has_key for write in writes),
        products=len(said),
        read_otherwise=sum(read.get(product) != shown for product, shown in said.items())
        + len(read.keys() - said.keys()),
    )


def _log(rows: Sequence[Record]) -> Log:
    log: defaultdict[Fact, list[Receipt]] = defaultdict(list)
    for row in rows:
        content = row["amount"] or row["sku"] or row["name"]
        if content:
            receipt = Receipt(row["product"], row["version"], row["position"])
            log[row["type"], content].append(receipt)
    return log
