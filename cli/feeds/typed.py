"""What is typed of feeds."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from cli.places import MOMENT, moment
from commands.feeds.asked import SOURCE

OccurredAt = Annotated[
    datetime | None,
    typer.Option(
        envvar="CATALOG_OCCURRED_AT",
        parser=moment,
        metavar=MOMENT,
        help="When it became known; UTC unless it says otherwise.",
    ),
]


def source(text: str) -> str:
    if not re.fullmatch(SOURCE, text):
        raise typer.BadParameter(
            f"{text} is no source: letters, digits and ._:- after the first, at most 100."
        )
    return text


def mapping(pairs: Sequence[str]) -> dict[str, str]:
    """`COLUMN=FIELD` each; one without a field is left out."""
    mapped = dict(map(_pair, pairs))
    if len(mapped) < len(pairs):
        raise typer.BadParameter("--map says twice which field a column is.")
    return mapped


def _pair(text: str) -> tuple[str, str]:
    column, equals, field = text.partition("=")
    if not column or not equals:
        raise typer.BadParameter(f"--map {text} does not say which FIELD a COLUMN is.")
    return column, field
