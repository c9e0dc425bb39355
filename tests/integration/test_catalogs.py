"""Catalogs as the event store keeps them."""

from typing import get_args

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.catalogs import Language, open_catalog, read_catalogs
from events.database import driver
from tests.logins import logged_in

LEXEMES = """
    select to_tsvector(language::regconfig, '2000')::text
    from event_store.catalogs where catalog_id = $1
"""
LANGUAGES: tuple[Language, ...] = get_args(Language.__value__)


async def test_every_language_is_one_that_postgresql_searches_in(engine: AsyncEngine) -> None:
    async with driver(engine) as connection:
        for language in LANGUAGES:
            opened = await open_catalog(connection, language, "Shop", "EUR", language)

            assert opened is not None
            assert opened.language == language
            assert await connection.fetchval(LEXEMES, language) == "'2000':1"
        known = await read_catalogs(connection, LANGUAGES)
    assert [each.language for each in known] == sorted(LANGUAGES)


@pytest.mark.parametrize("language", ["klingon", "English", "pg_catalog.english", ""])
async def test_no_other_language_is_kept(engine: AsyncEngine, language: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="catalogs_language"):
        async with driver(engine) as connection:
            await open_catalog(connection, "shop", "Shop", "EUR", language)  # type: ignore[arg-type]


async def test_a_language_is_for_good(database_url: str) -> None:
    async with logged_in(database_url, "catalog_command") as login:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await login.execute("update event_store.catalogs set language = 'german'")
