"""The `catalog` command."""

import logging
import sys

import structlog
import typer

from cli.commands import ImportedGroup
from cli.failures import FAILURES, told
from cli.harmless import brief
from cli.running import adopt

app = typer.Typer(
    cls=ImportedGroup,
    name="catalog",
    help="An event-sourced product catalog.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def find_servers(context: typer.Context) -> None:
    """`up` starts servers; all other commands use those that run."""
    if context.invoked_subcommand != "up":
        adopt()


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
