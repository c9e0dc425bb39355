"""A replay as people or programs read it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import msgspec
from rich.text import Text

from cli.grid import Grid
from cli.harmless import harmless
from cli.printer import Printer, noted
from cli.replays.states import State
from cli.speed import Metronome
from cli.timeline import told, value, when
from projections.document import ProductDocument
from projections.projection import ReadModel, Row
from queries.audit.items import LoggedItem

_STATES = (
    ("Version", 7),
    ("Since", 27),
    ("Status", 9),
    ("Name", None),
    ("Category", None),
    ("Brand", None),
    ("Prices", None),
    ("Changed", None),
)


async def print_events(
    events: AsyncGenerator[LoggedItem], metronome: Metronome, printer: Printer
) -> None:
    async with aclosing(noted(events)) as items:
        async for item in items:
            await metronome.reach(item.occurred_at)
            if printer.as_json:
                printer.document(item)
            else:
                printer.lines(told(item))


async def print_states(
    states: AsyncGenerator[State], metronome: Metronome, printer: Printer
) -> None:
    """What is new in a version is bold. As JSON: the read documents."""
    grid = Grid(_STATES, printer.width)
    if not printer.as_json:
        printer.lines([grid.header])
    async with aclosing(noted(states)) as versions:
        async for state in versions:
            await metronome.reach(state.occurred_at)
            if printer.as_json:
                printer.document(state.document)
            else:
                printer.lines([grid.line(_cells(state))])


async def print_rows(rows: AsyncGenerator[Row], model: ReadModel, printer: Printer) -> None:
    """On a terminal in columns, else as JSON."""
    names = [column.name for column in model.columns]
    grid = Grid([(name, None) for name in names], printer.width)
    in_columns = printer.is_terminal and not printer.as_json
    if in_columns:
        printer.lines([grid.header])
    async with aclosing(noted(rows)) as found:
        async for row in found:
            if in_columns:
                printer.lines([grid.line([Text(_plain(each)) for each in row])])
            else:
                printer.document(dict(zip(names, row, strict=True)))


def _cells(state: State) -> list[Text]:
    document = state.document
    changed = {field.partition(".")[0] for field in state.changed}

    def cell(text: str | None, field: str) -> Text:
        return Text(harmless(text or ""), "bold" if field in changed else "")

    return [
        Text(str(document.version)),
        Text(when(state.occurred_at)),
        cell(document.status, "status"),
        cell(document.name, "name"),
        cell(document.category, "category"),
        cell(document.brand, "brand"),
        cell(_prices(document), "prices"),
        Text(harmless(", ".join(state.changed)), "bold"),
    ]


def _prices(document: ProductDocument) -> str:
    return ", ".join(f"{price.decimal} {price.currency}" for price in document.prices)


def _plain(given: object) -> str:
    """A value of a row, which may be JSON already."""
    return value(msgspec.json.decode(msgspec.json.encode(given)))
