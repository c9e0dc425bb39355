"""Feeds that are small as they come, and large once they are unpacked or read."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from itertools import chain
from pathlib import Path

READS = """
import resource, sys
from pathlib import Path

from commands.errors import UnreadableFeed
from commands.feeds.batches import batches
from commands.feeds.formats.opening import Reading, open_feed
from commands.feeds.rows import Unfit

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

def product(feed, row):
    try:
        return feed.product(row)
    except Unfit:
        return None

before = peak()
for path in sys.argv[2:]:
    found = 0
    try:
        with open_feed(Path(path), Reading(row_bytes=int(sys.argv[1]))) as feed:
            for batch in batches(feed, 0, 1_000):
                products = [product(feed, row) for row in batch.rows.values()]
                found += any(products)
    except UnreadableFeed:
        pass
    print(peak() - before, found)
"""
ROW_BYTES = 512 * 1024
"""A quarter of what a row may have in earnest: the bombs are smaller, too."""
UNPACKED_MIB = 96
GROWN_MIB = 80
"""Of what would take more in each of the files."""


def packed(path: Path, pieces: Iterable[bytes]) -> Path:
    """A member each (RFC 1952, 2.2)."""
    path.write_bytes(b"".join(map(_member, pieces)))
    return path


@cache
def _member(piece: bytes) -> bytes:
    return gzip.compress(piece, 1)


def wide(separator: bytes) -> Iterable[bytes]:
    """Each list takes three bytes, and sixty once it is read."""
    lists = b"[]," * 172_000
    for number in range(4):
        yield b'{"sku": "LAMP-%d", "name": "Lamp", "attributes": [' % number
        yield lists + b"[]]}" + separator


def wider() -> Iterable[bytes]:
    yield b'{"sku": "LAMP-1", "name": "Lamp", "attributes": ['
    yield from [b"[]," * 349_525] * UNPACKED_MIB
    yield b"[]]}"


def many(limit: int) -> Iterable[bytes]:
    """Members of which each is wrong in six ways."""
    members = b",".join(b'" %d":{}' % number for number in range(limit // 14))
    yield b'{"sku": "LAMP-1", "name": "Lamp", "attributes": {' + members + b"}}\n"


def endless(beginning: bytes, piece: bytes) -> Iterable[bytes]:
    yield beginning
    yield from [piece * (2**20 // len(piece))] * UNPACKED_MIB


def large() -> Iterable[bytes]:
    """As large as a row may be, and each one a product."""
    texts = {f"a{n}": ["x" * 99] * 100 for n in range(48)}
    row = {"sku": "LAMP-", "name": "Lamp", "attributes": texts}
    before, after = json.dumps(row).encode().split(b"LAMP-")
    for number in range(140):
        yield before + b"LAMP-%d" % number + after + b"\n"


BOMBS = {
    "lines": endless(b"", b"x"),
    "zeros": endless(b"", b"\0"),
    "wide lines": wide(b"\n"),
    "wider line": wider(),
    "members": many(ROW_BYTES),
    "wide array": chain([b"["], wide(b",")),
    "wider array": chain([b"["], wider()),
    "text in an array": endless(b'["', b"x"),
    "digits in an array": endless(b"[", b"9"),
    "space in an array": endless(b"[", b" "),
    "depth": endless(b"", b"["),
    "cell": endless(b'sku,name\nA,"', b"x\n"),
    "header": endless(b"sku,name", b",x"),
    "cells": endless(b"sku,name\nA,Lamp", b","),
}


def test_no_feed_takes_more_memory_than_its_rows_may(tmp_path: Path) -> None:
    bombs = {name: packed(tmp_path / name, pieces) for name, pieces in BOMBS.items()}
    bombs["large"] = packed(tmp_path / "large", large())
    read = subprocess.run(
        [sys.executable, "-c", READS, str(ROW_BYTES), *map(str, bombs.values())],
        check=True,
        capture_output=True,
        text=True,
    )
    assert all(path.stat().st_size < 5_000_000 for path in bombs.values())
    told = [tuple(map(int, line.split())) for line in read.stdout.splitlines()]
    grown = {name: mib for name, (mib, _) in zip(bombs, told, strict=True)}
    assert max(grown.values()) < GROWN_MIB, grown
    assert told[-1][1] >= 7
