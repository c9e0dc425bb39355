"""A soak on servers of its own: all that it shows."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import typer
import uvloop

from benchmarks.asking.shop import USERNAME
from benchmarks.harness.installation import Installation
from benchmarks.harness.machine import Machine, describe
from benchmarks.harness.part import Part
from benchmarks.harness.server import SETTINGS, create_database
from benchmarks.harness.shown import unkept
from benchmarks.soak.caller import Credentials
from benchmarks.soak.course import Outcome, soak
from benchmarks.soak.faults import ALL
from benchmarks.soak.figures import figures
from benchmarks.soak.promises import promises
from benchmarks.soak.report import report
from benchmarks.soak.stage import Stage, stage
from cli import embedded
from cli.administrator import add_first


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    requests: int = 300_000
    """That are to be answered."""
    callers: int = 24
    """Who ask at a time."""
    logs: Path | None = None
    """A directory that keeps the logs of the processes."""


def measured(plan: Plan) -> Part:
    with _staged(plan.logs) as staged:
        machine = describe(staged.installation.database_url)
        outcome = uvloop.run(_soaked(staged, plan))
    return part(machine, plan, outcome)


def part(machine: Machine, plan: Plan, outcome: Outcome) -> Part:
    shown = promises(outcome)
    rate = outcome.tally.answered / outcome.seconds
    return Part(
        name="soak",
        machine=machine,
        how=(
            f"{plan.callers} callers, {outcome.seconds:.0f} s, {rate:,.0f} answers a second;"
            f" load {os.getloadavg()[0]:.1f} after"
        ),
        report=[*report(outcome)],
        figures=figures(outcome),
        shown=shown,
        failed=unkept(shown),
    )


async def _soaked(staged: Stage, plan: Plan) -> Outcome:
    credentials = Credentials(USERNAME, secrets.token_urlsafe())
    url = staged.installation.database_url
    await add_first(url, credentials.username, credentials.password)
    return await soak(
        staged,
        credentials,
        requests=plan.requests,
        callers=plan.callers,
        faults=ALL,
        say=_say,
    )


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
