"""Servers whose log tells of a supplier's catalog, month by month."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import typer
import uvloop

from benchmarks.harness.installation import Installation, installed
from benchmarks.harness.server import create_database
from benchmarks.material.feeds import read_snapshots
from benchmarks.material.filled_catalog import fill


@contextmanager
def filled(feeds: Sequence[Path], events: int) -> Iterator[tuple[Installation, int]]:
    """An installation with so many events or more, and how many they are."""
    with installed() as servers:
        url = uvloop.run(create_database(servers.database_url, "bench"))
        with typer.progressbar(length=events, label="filling", file=sys.stderr) as bar:
            head = uvloop.run(fill(url, read_snapshots(feeds), events, bar.update))
        yield replace(servers, database_url=url), head
