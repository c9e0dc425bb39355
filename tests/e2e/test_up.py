import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from benchmarks.harness.installation import free_port

pytest_plugins = ("tests.data_directory",)

SETTINGS = {name: value for name, value in os.environ.items() if not name.startswith("CATALOG_")}


@dataclass(frozen=True, slots=True)
class Up:
    process: subprocess.Popen[str]
    said: str

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        self.process.communicate(timeout=60)
        return self.process.returncode

    @property
    def family(self) -> dict[str, psutil.Process]:
        """The processes that it started, by what tells them apart."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # it ended just now
                found[_name(child)] = child
        return found


def _name(child: psutil.Process) -> str:
    command = child.cmdline()
    return command[-1] if "-m" in command else child.name()


def _ended(processes: Iterable[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(list(processes), timeout=60)
    return all(process.status() == psutil.STATUS_ZOMBIE for process in alive)


def _catalog(directory: Path, *arguments: str, under: Sequence[str] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*under, sys.executable, "-m", "cli", *arguments],
        env={**SETTINGS, "CATALOG_DATA_DIR": str(directory)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _free_ports() -> list[str]:
    """For the API and the worker, as options."""
    return ["--port", str(free_port()), "--worker-port", str(free_port())]


@contextmanager
def _up(directory: Path, *, under: Sequence[str] = ()) -> Iterator[Up]:
    process = _catalog(directory, "up", "--no-sample", *_free_ports(), under=under)
    assert process.stdout
    said: list[str] = []
    with process:
        try:
            while "curl -s -H" not in "".join(said[-1:]):
                said.append(process.stdout.readline())
                assert said[-1], said
            yield Up(process, "".join(said))
        finally:
            process.kill()


@pytest.fixture
def up(data_directory: Path) -> Iterator[Up]:
    with _up(data_directory) as started:
        yield started


def _paste(said: str) -> dict[str, object]:
    """What the commands print that `catalog up` tells its reader to try."""
    commands = said.partition("Try it")[2].partition("\n")[2]
    done = subprocess.run(["bash", "-c", commands], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def test_the_commands_that_it_shows_work(up: Up) -> None:
    assert "items" in _paste(up.said)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_process(up: Up, data_directory: Path, how: signal.Signals) -> None:
    family = up.family
    assert set(family) == {"postgres", "redis-server", "serve", "worker"}
    assert up.end(how) == 0
    assert _ended(family.values())
    log = (data_directory / "logs" / "postgres.log").read_text()
    assert log.rstrip().endswith("database system is shut down")


def test_under_nohup_it_outlives_its_terminal(data_directory: Path) -> None:
    with _up(data_directory, under=["nohup"]) as up:
        up.process.send_signal(signal.SIGHUP)
        ended, _ = psutil.wait_procs([up.family["serve"]], timeout=3)
        assert ended == []
        assert up.end(signal.SIGTERM) == 0


def test_a_second_start_is_told_about_the_first(up: Up, data_directory: Path) -> None:
    second = _catalog(data_directory, "up", *_free_ports())
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert f"Another `catalog up` (process {up.process.pid})" in said
    assert said.count("\n") == 1


def test_after_a_kill_it_starts_again_with_its_users(up: Up, data_directory: Path) -> None:
    password = re.search("PASSWORD='.+'", up.said)
    assert password
    family = list(up.family.values())
    up.process.kill()
    up.process.wait()
    with _up(data_directory) as again:
        assert _ended(family)
        assert "shown this once" not in again.said
        known = re.sub("PASSWORD='.+'", password[0], again.said)
        assert "items" in _paste(known)


def test_without_postgres_all_ends(up: Up) -> None:
    family = up.family
    family["postgres"].kill()
    said, _ = up.process.communicate(timeout=60)
    assert up.process.returncode == 1
    assert "postgres ended by SIGKILL: the end of" in said.splitlines()[-1]
    assert _ended(family.values())


def test_other_processes_that_die_are_started_again(up: Up) -> None:
    names = ("serve", "worker", "redis-server")
    before = up.family
    for name in names:
        before[name].kill()
    deadline = time.monotonic() + 20
    while not all(up.family.get(name, before[name]) != before[name] for name in names):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    _await_answer(up)
    assert "items" in _paste(up.said)


def _await_answer(up: Up) -> None:
    found = re.search(r"http://127.0.0.1:\d+", up.said)
    assert found
    deadline = time.monotonic() + 20
    while True:
        try:
            with urlopen(f"{found[0]}/health/ready") as answer:
                assert answer.status == 200
                return
        except URLError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_other_commands_find_what_it_started(up: Up, data_directory: Path) -> None:
    assert up.said
    said, _ = _catalog(data_directory, "users", "list", "--json").communicate(timeout=60)
    assert [user["username"] for user in json.loads(said)] == ["admin"]
