"""Prices over time as people read them in a terminal."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from cli.grid import Grid
from cli.harmless import harmless
from cli.timeline import when
from queries.audit.price_history import HeldPrice, LowestPrice

_COLUMNS = (
    ("Since", 27),
    ("Until", 27),
    ("Price", 20),
    ("Version", 7),
    ("Position", 12),
    ("By", None),
)


def table(prices: Iterable[HeldPrice], width: int) -> Iterator[Text]:
    grid = Grid(_COLUMNS, width)
    yield grid.header
    for each in prices:
        yield grid.line(
            [
                Text(when(each.since)),
                Text(when(each.until) if each.until else ""),
                Text(_money(each), "bold"),
                Text(str(each.version)),
                Text(str(each.position)),
                Text(harmless(each.actor)),
            ]
        )


def told(found: LowestPrice) -> Iterator[Text]:
    window = f"from {when(found.since)} until {when(found.at)}"
    if found.lowest is None:
        yield Text(f"no price in {found.currency} held {window}")
        return
    price = found.lowest
    yield Text.assemble("lowest ", window, ": ", (_money(price), "bold"))
    until = f"until {when(price.until)}" if price.until else "still held"
    circumstances = f"v{price.version}  #{price.position}  by {harmless(price.actor)}"
    yield Text(f"    since {when(price.since)}, {until}  {circumstances}", "dim")


def _money(price: HeldPrice) -> str:
    return f"{price.decimal} {price.currency}"
