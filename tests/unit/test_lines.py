"""Lines of files: how long one may be."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import lines
from cli.errors import UnreadableFile
from cli.lines import LINE_BYTES, Lines
from commands.input import NewProduct, to_register
from commands.product import product
from events.codec import encode

CONTROL = "\x01"
"""Six bytes in JSON, the most that a character takes."""


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_line_that_is_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(lines, "LINE_BYTES", 10)
    (tmp_path / "a").write_bytes(pack(b"123456789\n1234567890\n"))
    read = iter(Lines([tmp_path / "a"]))
    assert next(read) == b"123456789\n"
    with pytest.raises(UnreadableFile, match="line 2 is longer than 10 bytes"):
        next(read)


def test_no_product_is_longer_than_a_line_may_be() -> None:
    text = CONTROL * 1_000
    largest = NewProduct(
        sku="s" * 100,
        name=CONTROL * 500,
        description=CONTROL * 20_000,
        brand=CONTROL * 200,
        category="c" * 200,
        tags=[f"{n:03}{CONTROL * 97}" for n in range(100)],
        attributes={f"{n:064}": [text] * 100 for n in range(200)},
        media=[{"url": f"https://{'u' * 1_990}", "alt": CONTROL * 500}] * 100,  # type: ignore[list-item]
    )
    [registered] = product.decide_all(to_register(largest), product.initial)
    assert 120_000_000 < len(encode(registered).data) < LINE_BYTES - 1_000_000
