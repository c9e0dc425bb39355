"""`catalog verify`: whether the log, and all that is kept about it, is as it was written."""

import asyncio
import dataclasses
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.environment import Database, read
from cli.errors import CouldNotLook, NoVerifierKey
from cli.failures import FAILURES, told
from cli.harmless import brief
from cli.verification import Report, verify_catalogs
from events.database import pool
from events.notes import InvalidVerifierKey, VerifierKey
from events.verify.finding import counted

SHOWN = 20
"""Findings of a kind that are printed; --json has more."""


def verify(
    catalogs: Annotated[
        list[str] | None,
        typer.Option("--catalog", envvar="CATALOG_CATALOG", help="Which; repeatable. Else all."),
    ] = None,
    checkpoints: Annotated[
        list[Path] | None,
        typer.Option(
            "--checkpoint",
            envvar="CATALOG_CHECKPOINT",
            exists=True,
            dir_okay=False,
            help="A signed checkpoint that somebody kept; repeatable.",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(envvar="CATALOG_VERIFIER_KEY", help="The verifier key to insist on."),
    ] = None,
    as_json: Annotated[  # noqa: FBT002 -- Typer makes --json of it
        bool, typer.Option("--json", envvar="CATALOG_JSON", help="Print one JSON object.")
    ] = False,
) -> None:
    """Check every event, stream, claim, receipt and snapshot, and the tree that is signed.

    Exits with 0 when nothing is found, or only events that this version can't read; with 1 when
    anything else is; with 2 when it was called wrongly; with 3 when it could not look.
    """
    try:
        url = read(Database).database_url.get_secret_value()
        report = asyncio.run(_verify(url, catalogs or (), checkpoints or (), parsed_key(key)))
    except FAILURES as failure:
        raise CouldNotLook(told(failure)) from failure
    typer.echo(_as_json(report) if as_json else "\n".join(map(brief, _lines(report))))
    raise typer.Exit(0 if report.is_clean else 1)


def parsed_key(key: str | None) -> VerifierKey | None:
    """Raises `NoVerifierKey`."""
    try:
        return None if key is None else VerifierKey.parse(key)
    except InvalidVerifierKey:
        raise NoVerifierKey(key) from None


async def _verify(
    url: str, only: Sequence[str], files: Sequence[Path], key: VerifierKey | None
) -> Report:
    async with pool(url, application="catalog-verify", command_timeout=None) as engine:
        return await verify_catalogs(engine, only, files, key)


def _as_json(report: Report) -> str:
    document = {
        "clean": report.is_clean,
        "catalogs": {name: dataclasses.asdict(scope) for name, scope in report.scopes.items()},
        "counts": dict(report.counts),
        "findings": [finding.as_json() for finding in report.findings],
    }
    return json.dumps(document, default=str)


def _lines(report: Report) -> Iterator[str]:
    shown: Counter[str] = Counter()
    for finding in report.findings:
        shown[finding.kind] += 1
        if shown[finding.kind] <= SHOWN:
            yield str(finding)
    for kind, count in report.counts.items():
        if count > SHOWN:
            yield f"{kind}: … and {count - SHOWN} more"
    for catalog, scope in report.scopes.items():
        yield (
            f"{catalog}: {counted(scope.events, 'event')} of {counted(scope.streams, 'stream')} "
            f"{'read' if report.accuses(catalog) else 'verified'}, "
            f"those up to position {scope.signed} against signed checkpoints"
        )
    yield _summary(report)


def _summary(report: Report) -> str:
    if not report.counts:
        return "nothing found"
    findings = counted(report.counts.total(), "finding")
    if not report.warnings:
        return findings
    return f"{findings}, {counted(report.warnings, 'mere warning')} among them"
