"""Migrations, as a command runs them."""

import asyncio

from events.errors import DatabaseUnavailable
from migrations.run import upgrade


def bring_up_to_date(url: str) -> None:
    """Raises DatabaseUnavailable."""
    try:
        asyncio.run(upgrade(url))
    except OSError as error:
        raise DatabaseUnavailable from error
