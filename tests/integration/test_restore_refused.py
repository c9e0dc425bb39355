"""An export that is not as it was written is refused where it is not, and nothing of it is kept."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncEngine

from events.checkpoints import TreeHead
from events.database import driver
from events.frontier import Frontier
from events.merkle import leaf_hash
from events.notes import Signer
from events.recorded import Recorded
from tests.appends import logged
from tests.command import Catalog, catalog_command
from tests.exported_logs import hashed, lines, log
from tests.given import DESK, TELEPORTED

type Damage = Callable[[list[str]], list[str]]


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, database_url: str) -> Catalog:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    return catalog_command(monkeypatch)


@pytest.fixture
async def empty(engine: AsyncEngine) -> AsyncIterator[None]:
    """What it was before, it is after."""
    yield
    assert await logged(engine) == []
    async with driver(engine) as connection:
        for table in ("events", "streams", "claims"):
            assert await connection.fetchval(f"select count(*) from event_store.{table}") == 0
        heads = await connection.fetch("select catalog_id, head from event_store.catalogs")
    assert [tuple(row) for row in heads] == [("main", 0)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "log.ndjson"


def changed(number: int, old: str, new: str) -> Damage:
    """In the line of that number."""

    def damage(given: list[str]) -> list[str]:
        assert old in given[number - 1]
        return [line.replace(old, new) if n == number else line for n, line in enumerate(given, 1)]

    return damage


def rewritten(number: int, **changes: object) -> Damage:
    """In the event of that number, with the digest to match."""

    def damage(given: list[str]) -> list[str]:
        [line] = lines([hashed(log()[number - 1], **changes)])
        return [line if n == number else each for n, each in enumerate(given, 1)]

    return damage


FIRST, SECOND, *_ = log()
NEGATIVE = '{"amount":-5,"currency":"EUR"}'
DESK_AS_LAMP = log()[3].data.replace("DESK-1", "LAMP-1")


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("damage", "line", "said"),
    [
        pytest.param(changed(2, "1900", "1800"), 2, "digest: main, position 2", id="data"),
        pytest.param(changed(5, "tests", "eve"), 5, "digest: main, position 5", id="an actor"),
        pytest.param(
            changed(1, FIRST.digest.hex(), SECOND.digest.hex()), 1, "digest: main", id="a digest"
        ),
        pytest.param(lambda ls: ls[:1] + ls[2:], 2, "gap: main, position 2", id="a line gone"),
        pytest.param(lambda ls: ls[1:], 1, "gap: main, position 1", id="the first line gone"),
        pytest.param(lambda ls: [*ls, ls[-1]], 6, "gap: main, position 6", id="a line again"),
        pytest.param(
            lambda ls: [ls[0], ls[2], ls[1], *ls[3:]], 2, "gap: main, position 2", id="swapped"
        ),
        pytest.param(lambda ls: [*ls[:4], ls[4][:-1]], 5, "written otherwise", id="no line feed"),
        pytest.param(lambda ls: [*ls[:4], ls[4][:99]], 5, "no event", id="cut in a line"),
        pytest.param(lambda ls: [*ls[:2], "\n", *ls[2:]], 3, "no event", id="a blank line"),
        pytest.param(changed(3, ",", ", "), 3, "written otherwise", id="white space"),
        pytest.param(
            rewritten(3, catalog_id="outlet"),
            3,
            "an event of outlet in the log of main",
            id="mixed",
        ),
        pytest.param(rewritten(3, version=4), 3, "version: main, position 3", id="a version"),
        pytest.param(rewritten(3, stream_id=DESK), 3, "version: main", id="a stream"),
        pytest.param(
            rewritten(3, recorded_at=FIRST.recorded_at, occurred_at=SECOND.occurred_at),
            3,
            "time: main",
            id="recorded before the one before",
        ),
        pytest.param(
            rewritten(5, recorded_at=datetime(9999, 1, 1, tzinfo=UTC)),
            5,
            "time: main, position 5",
            id="recorded in the future",
        ),
        pytest.param(
            rewritten(3, occurred_at=FIRST.occurred_at), 3, "time: main", id="occurred before"
        ),
        pytest.param(
            rewritten(1, occurred_at=SECOND.occurred_at), 1, "time: main", id="recorded too early"
        ),
        pytest.param(
            rewritten(2, data='{"currency":"EUR", "amount":1}'), 2, "form: main", id="a form"
        ),
        pytest.param(rewritten(4, data=DESK_AS_LAMP), 4, "claim: main, sku 'LAMP-1'", id="a claim"),
        pytest.param(
            rewritten(1, data=FIRST.data.replace("LAMP-1", "a/../b c")),
            1,
            "limits: main, position 1",
            id="a SKU",
        ),
        pytest.param(
            rewritten(2, data=NEGATIVE), 2, "found /amount Input should be greater", id="an amount"
        ),
        pytest.param(
            rewritten(2, type=TELEPORTED.type), 2, "--accept-unreadable", id="of another release"
        ),
    ],
)
async def test_a_damaged_line_is_named(
    catalog: Catalog,
    file: Path,
    capsys: pytest.CaptureFixture[str],
    damage: Damage,
    line: int,
    said: str,
) -> None:
    write(file, damage(lines(log())))
    assert await restored(catalog, file) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert f"catalog: {file}, line {line}: " in told
    assert said in told
    assert "Nothing was restored" in told


@pytest.mark.usefixtures("empty")
async def test_of_parts_the_one_that_is_damaged_is_named(
    catalog: Catalog, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, other = lines(log()), file.with_name("2")
    write(file, whole[:3])
    write(other, [whole[3], "{}\n"])
    assert await restored(catalog, file, other) == 1
    assert f"{other}, line 2: no event" in capsys.readouterr().err


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There is no event in it"),
        (b"\x1f\x8b\x08\x00", "can't be read to its end"),
        (b"\x1f\x8bzip", "can't be read to its end"),
        (b"PAR1\x00", "no event"),
        (
            "".join(lines(hashed(e, actor="\x00") for e in log())).encode(),
            "line 1: a text with the",
        ),
    ],
)
async def test_what_is_no_export_is_refused(
    catalog: Catalog, file: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    file.write_bytes(content)  # noqa: ASYNC240 -- a few bytes
    assert await restored(catalog, file) == 1
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--name and --currency"),
        (["--name", "Outlet"], "--name and --currency"),
        (["--name", "Outlet", "--currency", "EUR", "--language", "klingon"], "language"),
    ],
)
async def test_a_catalog_that_is_not_there_needs_what_a_log_does_not_tell(
    catalog: Catalog,
    file: Path,
    capsys: pytest.CaptureFixture[str],
    options: Sequence[str],
    said: str,
) -> None:
    write(file, lines(log("outlet")))
    assert await restored(catalog, file, *options) == 1
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("empty")
async def test_a_catalog_is_not_opened_for_a_damaged_log(catalog: Catalog, file: Path) -> None:
    write(file, [*lines(log("outlet"))[:-1], "{}\n"])
    assert await restored(catalog, file, "--name", "Outlet", "--currency", "EUR") == 1


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("forged", [False, True])
async def test_a_log_without_its_end_is_refused_by_a_checkpoint(
    catalog: Catalog, file: Path, capsys: pytest.CaptureFixture[str], *, forged: bool
) -> None:
    whole = log()
    signer = Signer("catalog.test", Ed25519PrivateKey.generate())
    note = file.with_name("note")
    write(note, [head(whole, "main").signed(signer)])
    short = [*whole[:-1], hashed(whole[-1], actor="eve")] if forged else whole[:-1]
    write(file, lines(short))
    given = ("--checkpoint", str(note), "--key", str(signer.verifier_key))

    assert await restored(catalog, file, *given) == 1

    kind = "root" if forged else "tail"
    assert f"the whole log: {kind}: main" in capsys.readouterr().err


@pytest.mark.usefixtures("empty")
async def test_a_checkpoint_is_of_the_log_and_signed(
    catalog: Catalog, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(file, lines(log()))
    signer, other = (Signer("catalog.test", Ed25519PrivateKey.generate()) for _ in "ab")
    note = file.with_name("note")
    write(note, [head(log(), "outlet").signed(signer)])
    for key, said in ((signer, "a checkpoint of catalog.test/outlet"), (other, "did not sign")):
        given = ("--checkpoint", str(note), "--key", str(key.verifier_key))
        assert await restored(catalog, file, *given) == 1
        assert said in capsys.readouterr().err
    assert await restored(catalog, file, "--checkpoint", str(note)) == 2


async def test_a_catalog_with_events_keeps_them(
    catalog: Catalog, engine: AsyncEngine, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(file, lines(log()))
    assert await restored(catalog, file) == 0
    before = await logged(engine)
    assert await restored(catalog, file) == 1
    assert "Catalog main has events already" in capsys.readouterr().err
    assert await logged(engine) == before == log()


async def test_what_this_version_can_t_read_is_restored_when_that_is_accepted(
    catalog: Catalog, engine: AsyncEngine, file: Path
) -> None:
    whole = [hashed(event, type="Teleported") if event.version > 1 else event for event in log()]
    write(file, lines(whole))
    assert await restored(catalog, file, "--accept-unreadable") == 0
    assert await logged(engine) == whole


async def test_what_no_command_leads_to_is_restored_when_that_is_accepted(
    catalog: Catalog, engine: AsyncEngine, file: Path
) -> None:
    whole = [hashed(event, data=NEGATIVE) if event.version == 2 else event for event in log()]
    write(file, lines(whole))
    assert await restored(catalog, file, "--accept-unreadable") == 0
    assert await logged(engine) == whole


@pytest.mark.usefixtures("empty")
async def test_a_line_that_has_no_end_is_not_read_to_it(
    catalog: Catalog,
    file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cli.lines.LINE_BYTES", 1_000)
    bomb = gzip.compress("".join(lines(log())).encode() + b"x" * 1_000_000)
    file.write_bytes(bomb)  # noqa: ASYNC240 -- a few bytes
    assert await restored(catalog, file) == 1
    assert "line 6 is longer than 1000 bytes" in capsys.readouterr().err


async def test_it_is_put_there_in_batches_of_some_bytes(
    catalog: Catalog,
    engine: AsyncEngine,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied: list[int] = []
    copy = asyncpg.Connection.copy_records_to_table

    async def counting(self: Any, table: str, *, records: Any, **more: Any) -> str:  # noqa: ANN401
        rows = list(records)
        copied.append(len(rows))
        return await copy(self, table, records=rows, **more)

    monkeypatch.setattr(asyncpg.Connection, "copy_records_to_table", counting)
    monkeypatch.setattr("events.restore.BATCH_CHARACTERS", 300)
    write(file, lines(hashed(event, actor="a" * 150) for event in log()))
    assert await restored(catalog, file) == 0
    events, claims = copied[:-1], copied[-1]
    assert (sum(events), claims) == (5, 2)
    assert max(events) == 2
    assert len(await logged(engine)) == 5


@pytest.mark.usefixtures("empty")
async def test_what_a_file_says_commands_no_terminal(
    catalog: Catalog, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = rewritten(3, catalog_id="\x1b[2J\nall is well\u202e" + "x" * 10_000)
    write(file, hostile(lines(log())))
    assert await restored(catalog, file) == 1
    [told] = capsys.readouterr().err.splitlines()[-1:]
    assert told.isprintable()
    assert r"\x1b[2J\nall is well\u202exxx" in told
    assert told.endswith("in the log of main. Nothing was restored.")
    assert len(told) < 1_000


@pytest.mark.usefixtures("empty")
async def test_a_file_that_is_not_there_is_not_the_database_s_fault(
    catalog: Catalog, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await restored(catalog, file) == 1
    assert f"{file} can't be read" in capsys.readouterr().err


@pytest.mark.usefixtures("empty")
async def test_a_checkpoint_that_can_t_be_read_is_not_the_database_s_fault(
    catalog: Catalog, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(file, lines(log()))
    key = Signer("catalog.test", Ed25519PrivateKey.generate()).verifier_key
    given = ("--checkpoint", "/proc/self/mem", "--key", str(key))
    assert await restored(catalog, file, *given) == 1
    assert "/proc/self/mem can't be read" in capsys.readouterr().err


def write(file: Path, content: Iterable[str]) -> None:
    file.write_text("".join(content), encoding="utf-8", newline="")


async def restored(catalog: Catalog, *arguments: object) -> int:
    return await asyncio.to_thread(catalog, "restore", *map(str, arguments))


def head(events: Sequence[Recorded], catalog: str) -> TreeHead:
    frontier = Frontier()
    frontier.extend(leaf_hash(event.digest) for event in events)
    return TreeHead(f"catalog.test/{catalog}", frontier.size, frontier.root)
