"""`catalog export` from one database, `catalog restore` into another: the same log, to the byte."""

import asyncio
import gzip
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.errors import SkuTaken
from commands.product.messages import (
    ArchiveProduct,
    PublishProduct,
    RegisterProduct,
    RenameProduct,
)
from events.catalogs import read_catalogs
from events.codec import encode
from events.database import create_engine, driver
from migrations.run import upgrade
from tests.appends import appended, asked, taking
from tests.audited import STREAMS, audited
from tests.command import Catalog, catalog_command
from tests.commanded import LAMP, commanded, rename, write_side
from tests.given import opened, projected, registered, rows
from tests.integration.test_append_digest import NASTY, told_by
from tests.logins import own_database
from tests.signing import signed
from tests.tampering import NOBODY

SAME = """
select 'events', t::text from event_store.events t
union all select 'streams', t::text from event_store.streams t
union all select 'claims', t::text from event_store.claims t
union all select 'catalogs', row(catalog_id, head, last_recorded_at)::text from event_store.catalogs
order by 1, 2
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A database, and the command that works on it."""

    url: str
    engine: AsyncEngine
    catalog: Catalog
    monkeypatch: pytest.MonkeyPatch

    async def runs(self, *arguments: object) -> int:
        self.monkeypatch.setenv("CATALOG_DATABASE_URL", self.url)
        return await asyncio.to_thread(self.catalog, *map(str, arguments))

    async def exports(self, file: Path, catalog: str = "main") -> bytes:
        assert await self.runs("export", file, "--catalog", catalog) == 0
        return await asyncio.to_thread(file.read_bytes)

    async def contents(self) -> list[tuple[str, str]]:
        async with driver(self.engine) as connection:
            return [(table, row) for table, row in await connection.fetch(SAME)]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, database_url: str, engine: AsyncEngine) -> Place:
    """Where the log is from."""
    return Place(database_url, engine, catalog_command(monkeypatch), monkeypatch)


@pytest.fixture
async def there(monkeypatch: pytest.MonkeyPatch, here: Place) -> AsyncIterator[Place]:
    """A migrated database whose owner is no superuser."""
    async with own_database(here.url) as url:
        await upgrade(url)
        engine = create_engine(url, pool_size=2, application="catalog-tests")
        yield Place(url, engine, here.catalog, monkeypatch)
        await engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "log.ndjson"


async def test_all_that_the_log_is_comes_back(here: Place, there: Place, file: Path) -> None:
    await audited(here.engine)
    written = await here.exports(file)

    assert await there.runs("restore", file) == 0

    assert await there.contents() == await here.contents()
    assert await there.exports(file) == written
    assert await there.runs("verify") == 0


async def test_what_is_read_follows_from_it(here: Place, there: Place, file: Path) -> None:
    await audited(here.engine)
    side = write_side(here.engine)
    await commanded(side, RenameProduct(name="Sun"), PublishProduct(), product=STREAMS[0])
    await commanded(side, ArchiveProduct(reason="recall"), product=STREAMS[1])
    await here.exports(file)

    assert await there.runs("restore", file) == 0

    for place in (here, there):
        await projected(place.engine)
    assert await rows(there.engine) == await rows(here.engine)


async def test_every_text_comes_back_as_it_was(here: Place, there: Place, file: Path) -> None:
    await appended(here.engine, *map(told_by, NASTY))
    await here.exports(file)

    assert await there.runs("restore", file, "--accept-unreadable") == 0

    assert await there.contents() == await here.contents()


async def test_it_goes_on_where_it_ended(here: Place, there: Place, file: Path) -> None:
    await audited(here.engine)
    await here.exports(file)
    assert await there.runs("restore", file) == 0

    receipt = await commanded(write_side(there.engine), rename, product=STREAMS[0])

    assert (receipt.version, receipt.position) == (26, 301)
    with pytest.raises(SkuTaken):
        await commanded(
            write_side(there.engine), RegisterProduct(sku="SKU-7", name="Lamp"), product=NOBODY
        )
    assert await there.runs("verify") == 0


async def test_checkpoints_are_signed_anew_by_the_key_of_the_place(
    here: Place, there: Place, file: Path
) -> None:
    kept = (await audited(here.engine))[-1]
    await here.exports(file)
    assert await there.runs("restore", file) == 0

    anew = await signed(there.engine)

    assert (anew.size, anew.root) == (kept.size, kept.root)
    assert anew.key != kept.key


async def test_a_catalog_that_is_not_there_is_opened(
    here: Place, there: Place, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await opened(here.engine, "outlet")
    lamp = asked(LAMP, encode(registered), claims=taking(registered.sku))
    await appended(here.engine, lamp, catalog="outlet")
    await here.exports(file, "outlet")

    assert await there.runs("restore", file) == 1
    assert "no catalog outlet" in capsys.readouterr().err
    given = ("--name", "Laden", "--currency", "EUR", "--language", "german")
    assert await there.runs("restore", file, *given) == 0

    async with driver(there.engine) as connection:
        (found,) = await read_catalogs(connection, ["outlet"])
    assert (found.name, found.default_currency, found.language) == ("Laden", "EUR", "german")
    assert [row for row in await there.contents() if row[0] != "catalogs"] == [
        row for row in await here.contents() if row[0] != "catalogs"
    ]


async def test_an_export_may_be_packed_and_in_parts(here: Place, there: Place, file: Path) -> None:
    await audited(here.engine)
    lines = (await here.exports(file)).splitlines(keepends=True)
    first, last = file.with_name("1.gz"), file.with_name("2")
    first.write_bytes(gzip.compress(b"".join(lines[:137])))
    last.write_bytes(b"".join(lines[137:]))

    assert await there.runs("restore", first, last) == 0

    assert await there.contents() == await here.contents()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
async def test_an_export_may_come_by_standard_input(
    here: Place, there: Place, file: Path, pack: Callable[[bytes], bytes]
) -> None:
    await audited(here.engine)
    packed = pack(await here.exports(file))

    command = (sys.executable, "-m", "cli", "restore", "-")
    process = await asyncio.create_subprocess_exec(
        *command, env=os.environ | {"CATALOG_DATABASE_URL": there.url}, stdin=subprocess.PIPE
    )
    await process.communicate(packed)

    assert process.returncode == 0
    assert await there.contents() == await here.contents()


async def test_a_checkpoint_that_somebody_kept_vouches_for_it(
    here: Place, there: Place, file: Path
) -> None:
    checkpoints = await audited(here.engine)
    await here.exports(file)
    arguments = ["restore", file, "--key", checkpoints[0].key]
    for kept in checkpoints:
        note = file.with_name(str(kept.size))
        note.write_text(kept.note, encoding="utf-8")
        arguments += ["--checkpoint", note]

    assert await there.runs(*arguments) == 0


async def test_the_root_is_told(
    here: Place, there: Place, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = (await audited(here.engine))[-1]
    await here.exports(file)
    assert await there.runs("restore", file) == 0
    told = f"main: 300 events of 12 streams restored, root {kept.note.splitlines()[2]}"
    assert told in capsys.readouterr().out
