"""`catalog serve`: one process of the API, or several on one port."""

import asyncio
from typing import Annotated

import typer

from api.settings import Settings, Side
from cli.environment import read


def serve(
    side: Annotated[
        Side | None,
        typer.Option(envvar="CATALOG_SIDE", help="Which half of the API; `all` if not given."),
    ] = None,
    host: Annotated[str | None, typer.Option(envvar="CATALOG_HOST")] = None,
    port: Annotated[int | None, typer.Option(envvar="CATALOG_PORT")] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            envvar="CATALOG_PROCESSES",
            help="How many serve on the port; 1 if not given. SIGHUP replaces them one by one.",
        ),
    ] = None,
    place: Annotated[
        tuple[int, int] | None,
        typer.Option(hidden=True, help="The file descriptors that a supervisor hands on."),
    ] = None,
) -> None:
    """Run the API until a signal ends it."""
    settings = read(Settings, side=side, host=host, port=port, processes=processes)
    if place is None and settings.processes > 1:
        from cli.supervisor import supervised  # noqa: PLC0415 -- one process has none

        asyncio.run(supervised(settings))
        return
    from api import main as api  # noqa: PLC0415 -- the other commands need not wait for it
    from api.serving.place import Place  # noqa: PLC0415 -- as above

    api.run(settings, Place(*place) if place else None)
