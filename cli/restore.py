"""`catalog restore`: an exported log becomes that of an empty catalog."""

import asyncio
from base64 import b64encode
from pathlib import Path
from typing import Annotated

import typer

from cli.environment import Database, read
from cli.lines import Lines
from cli.progress import through
from cli.restoration import Opening, Wanted, restore_log
from cli.verify import parsed_key
from events.database import driver, pool
from events.restore import Restored
from events.verify.finding import counted


def restore(
    files: Annotated[
        list[Path],
        typer.Argument(
            dir_okay=False,
            help="An export, plain or gzip; or its parts, in order. - is standard input.",
        ),
    ],
    name: Annotated[
        str | None,
        typer.Option(envvar="CATALOG_NAME", help="Of the catalog, when it is not there yet."),
    ] = None,
    currency: Annotated[
        str | None, typer.Option(envvar="CATALOG_CURRENCY", help="Its default currency.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(envvar="CATALOG_LANGUAGE", help="What its words are told by.")
    ] = None,
    checkpoints: Annotated[
        list[Path] | None,
        typer.Option(
            "--checkpoint",
            envvar="CATALOG_CHECKPOINT",
            exists=True,
            dir_okay=False,
            help="A signed checkpoint of the log that somebody kept; repeatable, with --key.",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(envvar="CATALOG_VERIFIER_KEY", help="The verifier key of its signatures."),
    ] = None,
    accept_unreadable: Annotated[  # noqa: FBT002 -- Typer makes --accept-unreadable of it
        bool,
        typer.Option(
            envvar="CATALOG_ACCEPT_UNREADABLE",
            help="Restore events that this version can't read, without what they claim, or would "
            "not write.",
        ),
    ] = False,
) -> None:
    """Put an exported log back, with all that was recorded of each event, or nothing of it.

    The lines say which catalog it is of. It must have no event; when it is not there, --name and
    --currency open it. Every event is verified while it is read. Needs the login that owns the
    tables, as `catalog migrate` does.
    """
    if bool(checkpoints) != (key is not None):
        raise typer.BadParameter("--checkpoint and --key go together.")
    wanted = Wanted(
        opening=Opening(name, currency, language),
        checkpoints=checkpoints or (),
        key=parsed_key(key),
        accept_unreadable=accept_unreadable,
    )
    url = read(Database).database_url.get_secret_value()
    catalog, restored = asyncio.run(_restore(url, Lines(files), wanted))
    typer.echo(
        f"{catalog}: {counted(restored.events, 'event')} of {counted(restored.streams, 'stream')} "
        f"restored, root {b64encode(restored.root).decode()}"
    )


async def _restore(url: str, lines: Lines, wanted: Wanted) -> tuple[str, Restored]:
    size = lines.size  # within a connection an OSError would pass for the database's
    async with (
        pool(url, application="catalog-restore", command_timeout=None) as engine,
        driver(engine) as connection,
        connection.transaction(),
    ):
        with through("restore", size, "bytes") as advance:
            return await restore_log(connection, lines, wanted, lambda _: advance(lines.done))
