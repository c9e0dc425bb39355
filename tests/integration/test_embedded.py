import os
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from cli import embedded
from cli.data_directory import held
from cli.errors import AlreadyRunning, UnusableDirectory
from events.database import create_engine

pytest_plugins = ("tests.data_directory",)

HOLDER = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from cli import embedded
    from cli.data_directory import held

    with held(Path(sys.argv[1])) as directory, embedded.postgres(directory) as postgres:
        with embedded.redis(directory) as redis:
            print(postgres.child.process.pid, redis.child.process.pid, flush=True)
            time.sleep(600)
""")


async def _ask(url: str, question: str) -> object:
    engine = create_engine(url, pool_size=2, application="catalog-tests")
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(question))
            return result.scalar() if result.returns_rows else None
    finally:
        await engine.dispose()


@pytest.fixture
def killed(data_directory: Path) -> Path:
    """A data directory whose holder was killed while its servers ran."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, data_directory], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    with holder.stdout as told:
        assert told.readline()
    holder.kill()
    holder.wait()
    return data_directory


async def test_data_outlives_the_server(data_directory: Path) -> None:
    with held(data_directory) as directory:
        with embedded.postgres(directory) as postgres:
            await _ask(postgres.url, "create table kept as select 42 as answer")
        with embedded.postgres(directory) as postgres:
            assert await _ask(postgres.url, "select answer from kept") == 42


async def test_commits_are_durable(data_directory: Path) -> None:
    with held(data_directory) as directory, embedded.postgres(directory) as postgres:
        assert await _ask(postgres.url, "show fsync") == "on"
        assert await _ask(postgres.url, "show synchronous_commit") == "on"


async def test_no_address_of_the_network_is_listened_on(data_directory: Path) -> None:
    with (
        held(data_directory) as directory,
        embedded.postgres(directory) as postgres,
        embedded.redis(directory) as redis,
    ):
        for server in (postgres, redis):
            listening = psutil.Process(server.child.process.pid).net_connections("inet")
            assert listening == []


@pytest.mark.parametrize("name", ["a directory with spaces", "long" * 30])
async def test_any_path_will_do(data_directory: Path, name: str) -> None:
    with (
        held(data_directory / name) as directory,
        embedded.postgres(directory) as postgres,
        embedded.redis(directory) as redis,
    ):
        assert await _ask(postgres.url, "select current_database()") == "catalog"
        async with Redis.from_url(redis.url) as connection:
            assert await connection.ping()


def test_a_directory_has_one_holder(data_directory: Path) -> None:
    with (
        held(data_directory),
        pytest.raises(AlreadyRunning, match=str(os.getpid())),
        held(data_directory),
    ):
        pass


def test_what_a_killed_holder_told_is_forgotten(data_directory: Path) -> None:
    told = data_directory / "servers.env"
    told.write_text("CATALOG_DATABASE_URL=postgresql://gone\n")
    with held(data_directory):
        assert not told.exists()


def test_a_file_is_no_data_directory(data_directory: Path) -> None:
    path = data_directory / "file"
    path.touch()
    with pytest.raises(UnusableDirectory), held(path):
        pass


def test_a_full_disk_is_told(data_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.data_directory.LEAST_FREE_BYTES", 1 << 62)
    with pytest.raises(UnusableDirectory, match="are free"), held(data_directory):
        pass


async def test_a_killed_run_leaves_a_directory_that_starts(killed: Path) -> None:
    with held(killed) as directory, embedded.postgres(directory) as postgres:
        assert await _ask(postgres.url, "select 1") == 1
