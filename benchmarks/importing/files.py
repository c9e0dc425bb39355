"""Feeds as suppliers send them: NDJSON, packed with gzip."""

from itertools import islice
from math import ceil
from pathlib import Path

from benchmarks.material.feeds import Snapshot, write_lines


def write(snapshot: Snapshot, directory: Path) -> Path:
    path = directory / f"products-{snapshot.known_since:%Y-%m-%d}.ndjson.gz"
    write_lines(path, snapshot.lines(range(1)))
    return path


def write_long(snapshot: Snapshot, rows: int, directory: Path) -> Path:
    """So many rows, a line at a time: the snapshot over and over, under other SKUs."""
    path = directory / "long.ndjson.gz"
    copies = range(ceil(rows / len(snapshot.rows)))
    write_lines(path, islice(snapshot.lines(copies), rows))
    return path
