"""`make bench ARGS=soak`."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
import uvloop

from benchmarks.installation import Installation
from benchmarks.kept import Json, keep
from benchmarks.machine import describe
from benchmarks.server import SETTINGS, create_database
from benchmarks.shop import USERNAME
from benchmarks.soak.caller import Credentials
from benchmarks.soak.course import Outcome
from benchmarks.soak.course import soak as run
from benchmarks.soak.faults import ALL
from benchmarks.soak.promises import promises
from benchmarks.soak.report import report
from benchmarks.soak.stage import Stage, stage
from cli import embedded
from cli.administrator import add_first


def soak(
    requests: Annotated[int, typer.Option(min=1_000, help="That are to be answered.")] = 300_000,
    callers: Annotated[int, typer.Option(min=1, help="Who ask at a time.")] = 24,
    logs: Annotated[Path | None, typer.Option(help="A directory that keeps the logs.")] = None,
    kept_as: Json = None,
) -> None:
    """Ask two processes of the API while Redis, PostgreSQL, the worker and they themselves fail."""
    with _staged(logs) as staged:
        machine = describe(staged.installation.database_url)
        outcome = uvloop.run(_soaked(staged, requests, callers))
    for line in report(outcome):
        print(line)
    shown = promises(outcome)
    rate = outcome.tally.answered / outcome.seconds
    print(
        f"\n{machine}; {callers} callers, {outcome.seconds:.0f} s, {rate:,.0f} answers a second;"
        f" load {os.getloadavg()[0]:.1f} after"
    )
    figures: dict[str, object] = {
        "machine": asdict(machine),
        "shown": [asdict(each) for each in shown],
        "memory": [asdict(each) for each in outcome.memory],
    }
    keep(kept_as, figures)
    if not all(each.kept for each in shown):
        sys.exit("not all that was promised was kept")


async def _soaked(staged: Stage, requests: int, callers: int) -> Outcome:
    credentials = Credentials(USERNAME, secrets.token_urlsafe())
    url = staged.installation.database_url
    await add_first(url, credentials.username, credentials.password)
    return await run(staged, credentials, requests=requests, callers=callers, faults=ALL, say=_say)


@contextmanager
def _staged(logs: Path | None) -> Iterator[Stage]:
    """On servers of its own, PostgreSQL as durable as in production."""
    with TemporaryDirectory(prefix="catalog-soak-") as path:
        directory = Path(path)
        if logs:
            (directory / "logs").symlink_to(logs.resolve(), target_is_directory=True)
        with (
            embedded.postgres(directory, SETTINGS) as postgres,
            embedded.redis(directory) as redis,
        ):
            url = uvloop.run(create_database(postgres.url, "soak"))
            installation = Installation(url, redis.url, directory)
            with stage(installation, postgres.child, redis.child) as staged:
                yield staged


def _say(told: str) -> None:
    typer.echo(told, err=True)
