"""The `catalog` command."""

import asyncio
import json
import logging
import sys
from typing import Annotated, Any

import structlog
import typer

from api.settings import Settings
from cli import clients, keys, projections, users
from cli.administrator import add_first
from cli.diff import diff_command
from cli.environment import Administrator, Migration, read
from cli.export import export
from cli.failures import FAILURES, told
from cli.feeds import import_command
from cli.harmless import brief
from cli.history import history
from cli.migration import migrated
from cli.prices import prices_command
from cli.rebuild import OUTDATED, is_outdated, rebuild_command, rebuild_now
from cli.replay import replay
from cli.restore import restore
from cli.revert import revert_command
from cli.running import adopt
from cli.serve import serve
from cli.up import up
from cli.verify import verify

app = typer.Typer(
    name="catalog",
    help="An event-sourced product catalog.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.command()(serve)
app.command("import")(import_command)
app.command()(export)
app.command()(history)
app.command("diff")(diff_command)
app.command("prices")(prices_command)
app.command("revert")(revert_command)
app.command()(replay)
app.command()(restore)
app.command()(verify)
app.command("rebuild")(rebuild_command)
app.add_typer(projections.app, name="projections")
app.add_typer(users.app, name="users")
app.add_typer(clients.app, name="clients")
app.add_typer(keys.app, name="keys")


@app.callback()
def find_servers(context: typer.Context) -> None:
    """`up` starts servers; all other commands use those that run."""
    if context.invoked_subcommand != up.__name__:
        adopt()


@app.command()
def worker() -> None:
    """Run the worker, which turns events into what is read, until a signal ends it."""
    from workers import worker as projecting  # noqa: PLC0415 -- its metrics are its own

    projecting.run(read(Settings))


@app.command()
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


@app.command(hidden=True)
def openapi() -> None:
    """Print the OpenAPI document."""
    from api import main as api  # noqa: PLC0415 -- as above

    nowhere: dict[str, Any] = {"database_url": "postgresql://", "redis_url": "redis://"}
    document = api.create_app(Settings(**nowhere)).openapi()
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def run() -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        app()
    except FAILURES as error:
        typer.echo(f"catalog: {brief(told(error))}", err=True)
        sys.exit(getattr(error, "exit_code", 1))
