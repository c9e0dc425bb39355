"""What a feed is, is seen by what is in it: packed or not, in which format and encoding."""

import gzip
import os
import random
from collections.abc import Callable, Mapping
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from commands.errors import UnreadableFeed
from commands.feeds.formats.opening import Reading, identity, open_feed
from commands.feeds.rows import Form
from tests.feeding import opened, products, rows, told, unfit, unreadable

LINE = b'{"sku": "LAMP-1", "name": "Lamp"}'
LATIN = '{"sku": "LAMP-1", "name": "Lämp"}'.encode("latin-1")
TOLD = {"sku": "LAMP-1", "name": "Lamp"}
CSV = b"sku,name\nLAMP-1,Lamp\n"


def members(content: bytes) -> bytes:
    return b"".join(gzip.compress(content[n : n + 5], mtime=0) for n in range(0, len(content), 5))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, members])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("space", [b"", b" \r\n\n\t"])
@pytest.mark.parametrize(
    ("content", "form"), [(LINE, "ndjson"), (b"[" + LINE + b"]", "json"), (CSV, "csv")]
)
def test_a_feed_is_known_by_what_is_in_it(
    content: bytes, form: Form, space: bytes, bom: bytes, pack: Callable[[bytes], bytes]
) -> None:
    with opened(pack(bom + space + content)) as feed:
        assert feed.form == form
        [row] = feed
        assert row.sku == "LAMP-1"
        assert told(feed.product(row)) == TOLD


def test_a_format_that_is_told_is_not_doubted() -> None:
    assert unfit(CSV, form="ndjson")[0][0]["pointer"] == ""
    assert unreadable(LINE, form="csv")[0] == 0
    assert unreadable(LINE, form="json") == (0, "a JSON array begins with [")


def test_lines_are_counted_as_they_stand() -> None:
    assert [row.line for row in rows(LINE + b"\n\n \n" + LINE + b"\r\n" + LINE)] == [1, 4, 5]
    assert [row.line for row in rows(b"[\n\n" + LINE + b"\n,\n" + LINE + b"]")] == [1, 2]
    text = b'sku,name\r\n\r\nA,"one\r\ntwo"\r\n,\r\nB,three'
    assert [(row.line, row.sku) for row in rows(text)] == [(3, "A"), (6, "B")]


@pytest.mark.parametrize(
    ("content", "count"), [(b"", 0), (b" \n", 0), (b"[]", 0), (b" [ \n] ", 0), (b"sku,name", 0)]
)
def test_a_feed_may_have_no_row(content: bytes, count: int) -> None:
    assert len(rows(content)) == count


def test_a_bad_line_fails_alone() -> None:
    feed = b"\n".join([LINE, b"{no json", LATIN, b"7", b"[" * 100_000, b"\x00", LINE])
    with opened(feed) as read:
        assert [row.sku for row in read] == ["LAMP-1", None, "LAMP-1", None, None, None, "LAMP-1"]
    found = unfit(feed)
    assert [bool(faults) for faults in found] == [False, True, True, True, True, True, False]
    assert found[2] == [
        {
            "pointer": "",
            "message": "byte 0xe4 is no UTF-8 (Windows-1252?); save the feed as UTF-8",
        }
    ]


@pytest.mark.parametrize("line", [b'{"sku": "A", "sku": "B", "name": "N"}', LINE])
def test_the_sku_that_is_told_is_the_product_s(line: bytes) -> None:
    for content in (line, b"[" + line + b"]"):
        assert [row.sku for row in rows(content)] == [each.sku for each in products(content)]


@pytest.mark.parametrize("ignored", [b"NaN", b"Infinity", b"1e999", b"[" * 5_000, b"'"])
def test_what_is_no_json_is_no_product_wherever_it_stands(ignored: bytes) -> None:
    line = b'{"sku": "A", "name": "Lamp", "_x": ' + ignored + b"}"
    assert unfit(line)[0][0]["pointer"] == ""


@pytest.mark.parametrize(
    "members",
    [b'"sku": 7, "sku": "A"', b'"sku": "A", "sku": 7', b'"_x": NaN, "sku": "A"', b'"sku": "A"'],
)
def test_what_is_a_product_has_a_sku(members: bytes) -> None:
    line = b"{" + members + b', "name": "Lamp"}'
    for content in (line, b"[" + line + b"]"):
        [row], [found] = rows(content), unfit(content)
        assert found or row.sku == "A"


@pytest.mark.parametrize("sku", [b"7", b"null", b'"\\ud800"', b"[]"])
def test_a_sku_that_is_no_text_is_not_told(sku: bytes) -> None:
    line = b'{"sku": ' + sku + b', "name": "Lamp"}'
    assert unfit(line)[0][0]["pointer"] in {"/sku", ""}
    if b"ud800" not in sku:
        assert [row.sku for row in rows(line)] == [None]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (LINE.decode().encode("utf-16"), "it is UTF-16; save it as UTF-8"),
        (LINE.decode().encode("utf-16-be"), "it is UTF-16; save it as UTF-8"),
        (CSV.decode().encode("utf-16-le"), "it is UTF-16; save it as UTF-8"),
        (CSV.decode().encode("utf-32"), "it is UTF-32; save it as UTF-8"),
        (b"PK\x03\x04...", "workbook"),
        (b"PAR1...", "Parquet"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"sku,name\nA,B\nC,D\xe9", "byte 0xe9 in line 3 is no UTF-8 (Windows-1252?)"),
        (b'[{"sku": "A"},\n{"sku": "\xe9"}]', "byte 0xe9 in line 2 is no UTF-8"),
        (b'[{"sku": "\xc3', "byte 0xc3 in line 1 is no UTF-8"),
        (b"\x1f\x8bgarbage-in-it", "compression"),
        (gzip.compress(LINE, mtime=0)[:-9], "ended before"),
        (gzip.compress(LINE, mtime=0) + b"trailing", "gzip"),
        (gzip.compress(LINE, mtime=0)[:-8] + b"12345678", "CRC"),
    ],
)
def test_what_is_no_feed_is_refused_by_name(content: bytes, reason: str) -> None:
    assert reason in unreadable(content)[1]


def test_rows_before_the_damage_are_read() -> None:
    feed = gzip.compress(b"\n".join([LINE] * 10_000), mtime=0)
    before, reason = unreadable(feed[: len(feed) // 2])
    assert before > 1_000
    assert "ended before" in reason


def test_a_file_that_is_not_there_is_no_feed(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFeed), open_feed(tmp_path / "none", Reading()):
        pass


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_progress_is_told_in_bytes_of_the_file(pack: Callable[[bytes], bytes]) -> None:
    numbers = random.Random(1)
    lines = (b'{"sku": "%d"}' % numbers.getrandbits(128) for _ in range(20_000))
    content = pack(b"\n".join(lines))
    with opened(content) as feed:
        assert feed.size == len(content)
        seen = [feed.read for _ in feed]
    assert seen == sorted(seen)
    assert seen[0] < len(content) / 2
    assert seen[-1] == len(content)


@pytest.mark.parametrize(
    ("other", "how"),
    [(LINE, {"mapping": {"x": "sku"}}), (LINE, {"currency": "EUR"}), (LINE + b" ", {})],
)
def test_a_feed_is_the_same_when_it_says_the_same(
    tmp_path: Path, other: bytes, how: Mapping[str, object]
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(LINE)
    two.write_bytes(other)
    assert identity_of(one) == identity_of(one)
    assert identity_of(one) != identity_of(two, **how)


def identity_of(path: Path, **how: Any) -> bytes:  # noqa: ANN401 -- of Reading
    with FileIO(path) as file:
        found = identity(file, Reading(**how))
        assert file.tell() == 0
    return found


@pytest.mark.parametrize("feed", [LINE + b"\n" + LINE, b"[" + LINE + b"," + LINE + b"]"])
def test_a_feed_that_is_written_to_while_it_is_read_has_no_end(tmp_path: Path, feed: bytes) -> None:
    path = tmp_path / "feed"
    path.write_bytes(feed)
    with open_feed(path, Reading()) as opened:
        os.truncate(path, len(LINE))
        with pytest.raises(UnreadableFeed) as refused:
            list(opened)
    assert "changed while it was read" in str(refused.value.members["reason"])


def test_json_has_no_columns() -> None:
    assert "no columns" in unreadable(LINE, mapping={"x": "sku"})[1]
