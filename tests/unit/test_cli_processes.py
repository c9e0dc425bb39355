import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cli.errors import ServerFailed
from cli.processes import end_leftovers, running

TICKER = [sys.executable, "-c", "import time; print('on', flush=True); time.sleep(600)"]
PARENT = f"""
import sys, time
from pathlib import Path
from cli.processes import running

with running("ticker", {TICKER!r}, Path(sys.argv[1])) as child:
    while not child.log.read_text():
        time.sleep(0.01)
    print(child.process.pid, flush=True)
    time.sleep(600)
"""
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(SLEEP)
    yield process
    process.kill()
    process.wait()


def test_leftovers_are_ended(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    created = psutil.Process(sleeper.pid).create_time()
    (tmp_path / "children").write_text(f"{sleeper.pid} {created}\n")
    end_leftovers(tmp_path)
    assert sleeper.poll() is not None
    assert not (tmp_path / "children").exists()


def test_a_stranger_with_a_reused_number_is_left_alone(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    (tmp_path / "children").write_text(f"{sleeper.pid} 12345.0\n")
    end_leftovers(tmp_path)
    assert sleeper.poll() is None


@pytest.mark.parametrize("cut_off", ["7", "7 ", "7 17900.1.", "\0\0\0"])
def test_a_record_that_was_cut_off_hides_no_other(
    tmp_path: Path, sleeper: subprocess.Popen[bytes], cut_off: str
) -> None:
    created = psutil.Process(sleeper.pid).create_time()
    (tmp_path / "children").write_text(f"{sleeper.pid} {created}\n{cut_off}")
    end_leftovers(tmp_path)
    assert sleeper.poll() is not None


def test_a_child_ends_with_its_block(tmp_path: Path) -> None:
    with running("sleep", SLEEP, tmp_path) as child:
        child.check()
    assert child.process.returncode is not None


def test_an_ended_child_is_told_with_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('bye')"]
    with running("short", command, tmp_path) as child:
        child.process.wait()
        with pytest.raises(ServerFailed, match=r"logs/short\.log"):
            child.check()
    assert child.log.read_text() == "bye\n"


def test_a_child_dies_with_a_killed_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, tmp_path], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    with parent.stdout as told:
        child = psutil.Process(int(told.readline()))
    parent.kill()
    parent.wait()
    psutil.wait_procs([child], timeout=5)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
