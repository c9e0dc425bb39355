"""`catalog replay`: the log again, event by event, state by state, or as a read table."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

import typer

from cli import options
from cli.environment import Database, read
from cli.event_types import wanted
from cli.places import POSITION_OR_MOMENT, last_before, place
from cli.printer import Printer
from cli.replays.events import events
from cli.replays.part import Asked, find_part
from cli.replays.printing import print_events, print_rows, print_states
from cli.replays.rows import MODELS, read_model, rows
from cli.replays.states import states
from cli.speed import Metronome, Speed, speed
from events.database import pool
from projections.projection import ReadModel
from queries.audit.then import LogPlace

type Form = Literal["events", "states"]


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
        ReadModel | None,
        typer.Option(
            envvar="CATALOG_INTO",
            parser=read_model,
            metavar="|".join(MODELS),
            help="Print what this read table would hold, instead.",
        ),
    ] = None,
    until: Annotated[
        LogPlace | None,
        typer.Option(
            envvar="CATALOG_UNTIL",
            parser=place,
            metavar=POSITION_OR_MOMENT,
            help="A number is the last position of the log that counts, never a version; "
            "2024-01-20T12:00:00Z or a date is the first moment that does not.",
        ),
    ] = None,
    as_of: options.AsOf = None,
    since: Annotated[
        LogPlace | None,
        typer.Option(
            envvar="CATALOG_SINCE",
            parser=place,
            metavar=POSITION_OR_MOMENT,
            help="The first position or moment that is printed.",
        ),
    ] = None,
    types: options.Types = None,
    actor: options.Actor = None,
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
    catalog: options.Catalog = "main",
    as_json: options.Json = False,  # noqa: FBT002
) -> None:
    """Fold the log again, up to any place of it, and print what comes of that.

    As events: each in the order of positions, with who, when, and what it changed. As states: one
    product, a version a line. With --into: the rows of a read table, as JSON but on a terminal.
    Nothing is written, and nothing is read but the log and which of its events were discarded.
    """
    if until is not None and as_of is not None:
        raise typer.BadParameter("it ends once: by --until, or by --as-of.")
    last = last_before(until) if as_of is None else as_of
    asked = Asked(catalog, product, since, last, wanted(types), actor)
    if into and (form, pace, asked.is_narrowed) != ("events", None, False):
        raise typer.BadParameter("--into prints rows: it goes with an end, and a product.")
    if form == "states" and product is None:
        raise typer.BadParameter("--as states is of one product: name it.")
    url = read(Database).database_url.get_secret_value()
    metronome, printer = Metronome(pace or Speed()), Printer(as_json=as_json)
    asyncio.run(_replay(url, asked, into or form, metronome, printer))


async def _replay(
    url: str, asked: Asked, way: Form | ReadModel, metronome: Metronome, printer: Printer
) -> None:
    async with pool(url, application="catalog-replay", command_timeout=None) as engine:
        part = await find_part(engine, asked)
        match way, part.wanted.stream:
            case ReadModel() as model, _:
                await print_rows(rows(engine, part, model), model, printer)
            case "states", UUID() as product:
                await print_states(states(engine, part, product), metronome, printer)
            case _:
                await print_events(events(engine, part), metronome, printer)
