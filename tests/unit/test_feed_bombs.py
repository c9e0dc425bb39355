"""Feeds that are small as they come, and large once they are unpacked or read."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

READS = """
import resource, sys
from pathlib import Path
from types import SimpleNamespace

from cli.errors import UnreadableFile
from cli.feeds import ROW_BYTES
from cli.lines import reading, unpacked
from commands.feeds import Importer

side = SimpleNamespace(appender=SimpleNamespace(queue_limit=2_000))
importer = Importer(side, None)
batches = 0
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    with reading(Path("feed")), open(sys.argv[1], "rb") as file:
        for batch in importer._batches(unpacked(file, ROW_BYTES)):
            batches += 1
except UnreadableFile:
    pass
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(grown // 1024, batches)
"""
GROWN_MIB = 100
"""Of 128 MiB and more that are in each of the files."""


def packed(path: Path, pieces: Iterable[bytes]) -> Path:
    with gzip.open(path, "wb", compresslevel=1) as file:
        for piece in pieces:
            file.write(piece)
    return path


def wide() -> Iterable[bytes]:
    """Each list takes three bytes, and sixty once it is read."""
    yield b'{"sku": "LAMP-1", "name": "Lamp", "attributes": ['
    yield from [b"[]," * 349_525] * 128
    yield b"[]]}\n"


def endless() -> Iterable[bytes]:
    yield from [b"x" * 2**20] * 128


def large() -> Iterable[bytes]:
    """As large as a row may be, and each one a product."""
    texts = {f"a{n}": ["x" * 99] * 100 for n in range(190)}
    row = {"sku": "LAMP-", "name": "Lamp", "attributes": texts}
    before, after = json.dumps(row).encode().split(b"LAMP-")
    for number in range(70):
        yield before + b"LAMP-%d" % number + after + b"\n"


@pytest.mark.parametrize(("pieces", "batches"), [(wide, 0), (endless, 0), (large, 14)])
def test_no_feed_takes_more_memory_than_its_rows_may(
    tmp_path: Path, pieces: type[Iterable[bytes]], batches: int
) -> None:
    path = packed(tmp_path / "feed.gz", pieces())
    assert path.stat().st_size < 5_000_000
    read = subprocess.run(
        [sys.executable, "-c", READS, str(path)], check=True, capture_output=True, text=True
    )
    grown, found = map(int, read.stdout.split())
    assert grown < GROWN_MIB
    assert found >= batches
