"""Migrates a database, and tells when its log keeps another name than the one that is set."""

import asyncio

import typer

from cli.environment import Migration
from events.log_name import DEFAULT_LOG_NAME
from migrations.run import upgrade


def migrated(settings: Migration) -> str:
    """The database's address, once it has the newest schema."""
    url = settings.database_url.get_secret_value()
    kept = asyncio.run(upgrade(url, log_name=settings.log_name))
    if settings.log_name not in {kept, DEFAULT_LOG_NAME}:
        typer.echo(
            f"catalog: CATALOG_LOG_NAME={settings.log_name} has no effect: this database's log is "
            f"named {kept}, and stays so.",
            err=True,
        )
    return url
