"""`catalog migrate`."""

import asyncio
from typing import Annotated

import typer

from cli.administrator import add_first
from cli.environment import Administrator, Migration, read
from cli.migration import migrated
from cli.rebuild import OUTDATED, is_outdated, rebuild_now


def migrate(
    rebuild: Annotated[  # noqa: FBT002 -- Typer makes --rebuild of it
        bool,
        typer.Option(
            envvar="CATALOG_REBUILD",
            help="Make the read tables anew, where they are of another version.",
        ),
    ] = False,
) -> None:
    """Bring the database to the newest schema.

    Where another version made the read tables, this tells so, or makes them anew with --rebuild.
    Without any user yet, CATALOG_ADMIN_USERNAME and CATALOG_ADMIN_PASSWORD make the first
    administrator; without a log key yet, CATALOG_LOG_NAME names the one that is made.
    """
    url = migrated(read(Migration))
    administrator = read(Administrator)
    if administrator.password:
        password = administrator.password.get_secret_value()
        asyncio.run(add_first(url, administrator.username, password))
    if asyncio.run(is_outdated(url)):
        if rebuild:
            rebuild_now()
        else:
            typer.echo(OUTDATED, err=True)
