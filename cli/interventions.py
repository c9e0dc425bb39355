"""What an operator has a worker do about one product."""

import asyncio
from typing import Annotated

import msgspec
import typer

from cli.environment import Database, read
from cli.intervening import Wish, intervene
from cli.options import Catalog, Json, Product

Position = Annotated[
    int,
    typer.Option(envvar="CATALOG_POSITION", min=1, help="Of the event at fault, as it is listed."),
]
Wait = Annotated[
    float,
    typer.Option(envvar="CATALOG_WAIT", min=0, help="For a worker to do it: seconds, at most."),
]


def retry(
    product: Product,
    catalog: Catalog = "main",
    wait: Wait = 30.0,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Have a product that stands still folded again, from its first event.

    Exits with 0 when it goes on, with 1 when it does not or no worker has tried in time.
    """
    _have(Wish("retry", product, catalog), wait, f"{product} goes on.", as_json=as_json)


def discard(
    product: Product,
    position: Position,
    catalog: Catalog = "main",
    wait: Wait = 30.0,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Have a product go on without the event that it stands still before.

    Nothing that is read is ever made of that event again; in the log it stays. If it can be applied
    by now, the product goes on with it. Exits as `retry`.
    """
    done = f"{product} goes on without its event at position {position}."
    _have(Wish("discard", product, catalog, position), wait, done, as_json=as_json)


def refold(
    product: Product,
    catalog: Catalog = "main",
    wait: Wait = 30.0,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """Have all that is read of a product made anew, whether it stands still or not.

    Exits as `retry`.
    """
    done = f"All that is read of {product} is made anew."
    _have(Wish("refold", product, catalog), wait, done, as_json=as_json)


def _have(wish: Wish, wait: float, done: str, *, as_json: bool) -> None:
    url = read(Database).database_url.get_secret_value()
    intervention, failure = asyncio.run(intervene(url, wish, wait))
    if as_json:
        typer.echo(msgspec.json.encode(intervention))
    if failure:
        raise failure
    if not as_json:
        typer.echo(done)
