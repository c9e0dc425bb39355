"""The catalogs: each has a log of its own. None is ever removed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from events.database import Connection, statement

_READ = statement(__package__, "sql/read_catalogs.sql")
_OPEN = statement(__package__, "sql/open_catalog.sql")

type Language = Literal[
    "arabic",
    "armenian",
    "basque",
    "catalan",
    "danish",
    "dutch",
    "english",
    "finnish",
    "french",
    "german",
    "greek",
    "hindi",
    "hungarian",
    "indonesian",
    "irish",
    "italian",
    "lithuanian",
    "nepali",
    "norwegian",
    "portuguese",
    "romanian",
    "russian",
    "serbian",
    "simple",
    "spanish",
    "swedish",
    "tamil",
    "turkish",
    "yiddish",
]
"""Text search configurations that every PostgreSQL from 17 on brings with it."""


@dataclass(frozen=True, slots=True)
class CatalogDescription:
    key: str
    name: str
    default_currency: str
    language: Language
    """How words are told from each other when products are searched."""
    created_at: datetime


async def read_catalogs(
    connection: Connection, only: Collection[str] | None = None
) -> list[CatalogDescription]:
    rows = await connection.fetch(_READ, None if only is None else list(only))
    return [CatalogDescription(*row) for row in rows]


async def open_catalog(
    connection: Connection,
    key: str,
    name: str,
    default_currency: str,
    language: Language = "simple",
) -> CatalogDescription | None:
    """None when there is one with that key."""
    row = await connection.fetchrow(_OPEN, key, name, default_currency, language)
    return None if row is None else CatalogDescription(*row)
