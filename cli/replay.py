"""`catalog replay`: the log again, event by event, state by state, or as a read table."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

import typer

from cli.environment import Database, read
from cli.places import place
from cli.printer import Printer
from cli.replays.events import events
from cli.replays.part import Asked, find_part
from cli.replays.printing import print_events, print_rows, print_states
from cli.replays.rows import MODELS, rows
from cli.replays.states import states
from cli.speed import Metronome, Speed, speed
from events.database import pool
from queries.audit.then import LogPlace

type Form = Literal["events", "states"]
type Table = Literal["product_details", "product_search", "product_prices"]

_POSITION_OR_MOMENT = "POSITION|MOMENT"


def replay(  # noqa: PLR0913, PLR0917 -- options of a command
    product: Annotated[
        str | None, typer.Argument(envvar="CATALOG_PRODUCT", help="Its SKU or its id; else all.")
    ] = None,
    form: Annotated[
        Form,
        typer.Option(
            "--as",
            envvar="CATALOG_AS",
            metavar="events|states",
            help="What happened, or what a product was.",
        ),
    ] = "events",
    into: Annotated[
        Table | None,
        typer.Option(
            envvar="CATALOG_INTO",
            metavar="|".join(MODELS),
            help="Print what this read table would hold, instead.",
        ),
    ] = None,
    until: Annotated[
        LogPlace | None,
        typer.Option(
            envvar="CATALOG_UNTIL",
            parser=place,
            metavar=_POSITION_OR_MOMENT,
            help="The last that counts: 65000 or 2024-01-20T12:00:00Z, as of then.",
        ),
    ] = None,
    since: Annotated[
        LogPlace | None,
        typer.Option(
            envvar="CATALOG_SINCE",
            parser=place,
            metavar=_POSITION_OR_MOMENT,
            help="The first that is printed.",
        ),
    ] = None,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", envvar="CATALOG_TYPE", help="Such events only; repeatable."),
    ] = None,
    actor: Annotated[
        str | None, typer.Option(envvar="CATALOG_ACTOR", help="Events of this actor only.")
    ] = None,
    pace: Annotated[
        Speed | None,
        typer.Option(
            "--speed",
            envvar="CATALOG_SPEED",
            parser=speed,
            metavar="N/s|Nx|max",
            help="Events a second, or business time so many times as fast; max if not given.",
        ),
    ] = None,
    catalog: Annotated[str, typer.Option(envvar="CATALOG_CATALOG", help="Which catalog.")] = "main",
    as_json: Annotated[  # noqa: FBT002 -- Typer makes --json of it
        bool, typer.Option("--json", envvar="CATALOG_JSON", help="A JSON object a line.")
    ] = False,
) -> None:
    """Fold the log again, up to any place of it, and print what comes of that.

    As events: each in the order of positions, with who, when, and what it changed. As states: one
    product, a version a line. With --into: the rows of a read table, as JSON but on a terminal.
    Nothing is written, and nothing is read but the log and which of its events were discarded.
    """
    asked = Asked(catalog, product, since, until, tuple(types or ()), actor)
    if into and (form, pace, asked.is_narrowed) != ("events", None, False):
        raise typer.BadParameter("--into prints rows: it goes with --until, and a product.")
    if form == "states" and product is None:
        raise typer.BadParameter("--as states is of one product: name it.")
    url = read(Database).database_url.get_secret_value()
    asyncio.run(
        _replay(url, asked, into or form, Metronome(pace or Speed()), Printer(as_json=as_json))
    )


async def _replay(
    url: str, asked: Asked, way: Form | Table, metronome: Metronome, printer: Printer
) -> None:
    async with pool(url, application="catalog-replay", command_timeout=None) as engine:
        part = await find_part(engine, asked)
        match way, part.wanted.stream:
            case "events", _:
                await print_events(events(engine, part), metronome, printer)
            case "states", UUID() as product:
                await print_states(states(engine, part, product), metronome, printer)
            case _:
                await print_rows(rows(engine, part, MODELS[way]), MODELS[way], printer)
