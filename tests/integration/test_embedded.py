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
def killed(tmp_path: Path) -> Path:
    """A data directory whose holder was killed while its servers ran."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    with holder.stdout as told:
        assert told.readline()
    holder.kill()
    holder.wait()
    return tmp_path


async def test_data_outlives_the_server(tmp_path: Path) -> None:
    with held(tmp_path) as directory:
        with embedded.postgres(directory) as postgres:
            await _ask(postgres.url, "create table kept as select 42 as answer")
        with embedded.postgres(directory) as postgres:
            assert await _ask(postgres.url, "select answer from kept") == 42


async def test_commits_are_durable(tmp_path: Path) -> None:
    with held(tmp_path) as directory, embedded.postgres(directory) as postgres:
        assert await _ask(postgres.url, "show fsync") == "on"
        assert await _ask(postgres.url, "show synchronous_commit") == "on"


async def test_no_address_of_the_network_is_listened_on(tmp_path: Path) -> None:
    with (
        held(tmp_path) as directory,
        embedded.postgres(directory) as postgres,
        embedded.redis(directory) as redis,
    ):
        for server in (postgres, redis):
            listening = psutil.Process(server.child.process.pid).net_connections("inet")
            assert listening == []


@pytest.mark.parametrize("name", ["a directory with spaces", "long" * 30])
async def test_any_path_will_do(tmp_path: Path, name: str) -> None:
    with (
        held(tmp_path / name) as directory,
        embedded.postgres(directory) as postgres,
        embedded.redis(directory) as redis,
    ):
        assert await _ask(postgres.url, "select current_database()") == "catalog"
        async with Redis.from_url(redis.url) as connection:
            assert await connection.ping()


def test_a_directory_has_one_holder(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(AlreadyRunning, match=str(os.getpid())), held(tmp_path):
        pass


def test_a_file_is_no_data_directory(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(UnusableDirectory), held(path):
        pass


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.data_directory.LEAST_FREE_BYTES", 1 << 62)
    with pytest.raises(UnusableDirectory, match="are free"), held(tmp_path):
        pass


async def test_a_killed_run_leaves_a_directory_that_starts(killed: Path) -> None:
    with held(killed) as directory, embedded.postgres(directory) as postgres:
        assert await _ask(postgres.url, "select 1") == 1
