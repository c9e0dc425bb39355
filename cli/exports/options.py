"""By which products are chosen: the filters of lists, as options."""

from datetime import datetime
from typing import Annotated

import typer

from cli.places import MOMENT, moment
from queries.lists.filters import Status

Words = Annotated[
    str | None,
    typer.Option("--q", envvar="CATALOG_Q", help="Words that all have to be there."),
]
Category = Annotated[
    str | None, typer.Option(envvar="CATALOG_CATEGORY", help="In it, or below it.")
]
WithStatus = Annotated[
    Status,
    typer.Option(
        envvar="CATALOG_STATUS",
        metavar="draft|published|archived|any",
        help="Archived products are there unless another is asked for.",
    ),
]
Brand = Annotated[str | None, typer.Option(envvar="CATALOG_BRAND", help="Of this brand.")]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", envvar="CATALOG_TAG", help="With this tag; repeatable: with all."),
]
Attributes = Annotated[
    list[str] | None,
    typer.Option(
        "--attr",
        envvar="CATALOG_ATTR",
        metavar="NAME=VALUE",
        help="With this attribute; repeatable: with all.",
    ),
]
Currency = Annotated[
    str | None,
    typer.Option(envvar="CATALOG_CURRENCY", help="Of the price range; by default the catalog's."),
]
LeastPrice = Annotated[
    int | None,
    typer.Option("--price-min", envvar="CATALOG_PRICE_MIN", help="In minor units, inclusive."),
]
MostPrice = Annotated[
    int | None,
    typer.Option("--price-max", envvar="CATALOG_PRICE_MAX", help="In minor units, inclusive."),
]
OfSku = Annotated[str | None, typer.Option("--sku", envvar="CATALOG_SKU", help="This product.")]
UpdatedSince = Annotated[
    datetime | None,
    typer.Option(
        envvar="CATALOG_UPDATED_SINCE",
        parser=moment,
        metavar=MOMENT,
        help="Changed then or later.",
    ),
]
