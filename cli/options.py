"""Arguments and options that mean the same in every command that has them."""

from datetime import datetime
from typing import Annotated

import typer

from cli.places import MOMENT, moment

MOST_VERSIONS = 2**31 - 1
"""What PostgreSQL's `integer` counts."""

Product = Annotated[str, typer.Argument(envvar="CATALOG_PRODUCT", help="Its SKU or its id.")]
Catalog = Annotated[str, typer.Option(envvar="CATALOG_CATALOG", help="Which catalog.")]
Json = Annotated[bool, typer.Option("--json", envvar="CATALOG_JSON", help="A JSON object a line.")]
Types = Annotated[
    list[str] | None,
    typer.Option("--type", envvar="CATALOG_TYPE", help="Such events only; repeatable."),
]
Actor = Annotated[
    str | None, typer.Option(envvar="CATALOG_ACTOR", help="Events of this actor only.")
]
Since = Annotated[
    datetime | None,
    typer.Option(
        envvar="CATALOG_SINCE",
        parser=moment,
        metavar=MOMENT,
        help="The first moment that counts: 2024-01-20T12:00:00Z, or a date.",
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        envvar="CATALOG_UNTIL", parser=moment, metavar=MOMENT, help="The first that does not."
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        envvar="CATALOG_AS_OF",
        parser=moment,
        metavar=MOMENT,
        help="What had occurred then, the moment included.",
    ),
]
