"""What ended processes counted is kept in one file, and nothing of what was so while they lived."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.mmap_dict import MmapedDict, mmap_key

from api.measuring.metrics_directory import VARIABLE, forget, prepared
from api.measuring.shared_metrics import Shared

REQUESTS = mmap_key("requests", "requests_total", [], [], "Requests")
IN_USE = mmap_key("in_use", "in_use", [], [], "Connections")


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mapping[str, str]]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with prepared() as made:
        yield made


@pytest.fixture
def directory(environment: Mapping[str, str]) -> Path:
    return Path(environment[VARIABLE])


def measured(directory: Path, pid: int, *, requests: float, in_use: float) -> None:
    for file, key, value in (("counter", REQUESTS, requests), ("gauge_livesum", IN_USE, in_use)):
        values = MmapedDict(str(directory / f"{file}_{pid}.db"))  # type: ignore[no-untyped-call]
        values.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
        values.close()  # type: ignore[no-untyped-call]


def scraped(directory: Path) -> list[str]:
    text = generate_latest(Shared(directory)).decode()
    return [line for line in text.splitlines() if not line.startswith(("#", "process_"))]


def test_what_a_killed_one_left_is_removed(tmp_path: Path, directory: Path) -> None:
    left, begun = tmp_path / "catalog-metrics-left", tmp_path / "catalog-metrics-begun"
    shutil.copytree(directory, left)
    begun.mkdir()

    with prepared() as other:
        assert set(tmp_path.iterdir()) == {directory, begun, Path(other[VARIABLE])}

    assert set(tmp_path.iterdir()) == {directory, begun}


def test_the_ended_count_on(directory: Path, environment: Mapping[str, str]) -> None:
    for pid in (1, 2, 3):
        measured(directory, pid, requests=10**pid, in_use=pid)
    assert scraped(directory) == ["requests_total 1110.0", "in_use 6.0"]

    forget(1, environment)
    forget(2, environment)

    assert scraped(directory) == ["requests_total 1110.0", "in_use 3.0"]
    files = {each.name for each in directory.glob("*.db")}
    assert files == {"counter_3.db", "gauge_livesum_3.db", "counter_ended.db"}


def test_an_id_that_comes_again_counts_on(directory: Path, environment: Mapping[str, str]) -> None:
    measured(directory, 1, requests=5, in_use=1)
    forget(1, environment)
    measured(directory, 1, requests=2, in_use=1)

    assert scraped(directory) == ["requests_total 7.0", "in_use 1.0"]


def test_who_measured_nothing_is_forgotten_as_well(
    directory: Path, environment: Mapping[str, str]
) -> None:
    forget(4, environment)

    assert scraped(directory) == []


def test_who_was_killed_before_it_measured_spoils_nothing(
    directory: Path, environment: Mapping[str, str]
) -> None:
    measured(directory, 1, requests=5, in_use=1)
    for kind in ("counter", "histogram", "gauge_livesum"):
        (directory / f"{kind}_2.db").touch()
    assert scraped(directory) == ["requests_total 5.0", "in_use 1.0"]

    forget(2, environment)

    assert scraped(directory) == ["requests_total 5.0", "in_use 1.0"]
    assert not list(directory.glob("*_2.db"))
