"""A line of an exported log: read when it is exactly what was written, and otherwise refused."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.canonical_event import exported
from events.exported_line import MalformedLine, parsed
from events.recorded import Recorded
from tests.exported_logs import hashed, lines, log

EVENT = log()[1]
[LINE] = lines([EVENT])
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.just(r"\u0000")


@given(
    st.builds(
        hashed,
        st.sampled_from(log()),
        actor=TEXTS,
        causation_id=st.none() | TEXTS,
        position=st.integers(1, 2**63 - 1),
        version=st.integers(1, 2**31 - 1),
        occurred_at=st.datetimes(timezones=st.just(EVENT.occurred_at.tzinfo)),
    )
)
def test_what_was_exported_is_read_as_it_was(event: Recorded) -> None:
    assert parsed(f"{exported(event)}\n".encode()) == event


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line[:-1],
        lambda line: line[: len(line) // 2] + "\n",
        lambda line: line.replace("\n", "\r\n"),
        lambda line: f"\ufeff{line}",
        lambda line: f" {line}",
        lambda line: line.replace(":", ": ", 1),
        lambda line: line.replace('"actor":"tests",', "") + "",
        lambda line: line.replace('"actor":"tests",', '"actor":"tests","actor":"tests",'),
        lambda line: line.replace('"actor":"tests",', '"actor":"tests","and":1,'),
        lambda line: line.replace('"actor":"tests",', '"actor":"\\u0074ests",'),
        lambda line: line.replace('"actor":"tests",', '"actor":null,'),
        lambda line: line.replace('"actor":"tests",', '"actor":"te\\u0000sts",'),
        lambda line: line.replace('"actor":"tests",', '"actor":"\\\\\\u0000",'),
        lambda line: line.replace('{"amount"', '{"\\u0000":1,"amount"'),
        lambda line: line.replace('"causation_id":null', '"causation_id":1'),
        lambda line: line.replace(EVENT.digest.hex(), EVENT.digest.hex().upper()),
        lambda line: line.replace(EVENT.digest.hex(), "x"),
        lambda line: line.replace("01T00:00:02.000000Z", "01T00:00:02Z"),
        lambda line: line.replace("01T00:00:02.000000Z", "01T00:00:02.0000001Z"),
        lambda line: line.replace("01T00:00:02.000000Z", "01T01:00:02.000000+01:00"),
        lambda line: line.replace("01T00:00:02.000000Z", "01T00:00:02.000000"),
        lambda line: line.replace('"position":2', '"position":2.0'),
        lambda line: line.replace('"position":2', '"position":0'),
        lambda line: line.replace('"position":2', f'"position":{2**63}'),
        lambda line: line.replace('"version":2', f'"version":{2**31}'),
        lambda line: line.replace('"schema_version":1', '"schema_version":32768'),
        lambda line: line.replace("00000001", "{00000001}"),
        lambda line: line.replace('{"amount"', "[" * 100_000 + '{"amount"'),
        lambda _: "\n",
        lambda _: "[]\n",
        lambda _: "null\n",
    ],
)
def test_nothing_is_read_that_would_be_written_otherwise(damage: Callable[[str], str]) -> None:
    damaged = damage(LINE)
    assert damaged != LINE
    with pytest.raises(MalformedLine):
        parsed(damaged.encode())


@pytest.mark.parametrize("line", [b"\xff\n", LINE.encode().replace(b"tests", b"\xc3\x28")])
def test_what_is_no_text_is_refused(line: bytes) -> None:
    with pytest.raises(MalformedLine):
        parsed(line)
