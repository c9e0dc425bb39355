"""What ended processes counted is kept in one file, and nothing of what was so while they lived."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.mmap_dict import MmapedDict, mmap_key

from api.metrics_directory import VARIABLE, forget, prepared
from api.shared_metrics import Shared

REQUESTS = mmap_key("requests", "requests_total", [], [], "Requests")
IN_USE = mmap_key("in_use", "in_use", [], [], "Connections")


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return prepared()


def measured(directory: Path, pid: int, *, requests: float, in_use: float) -> None:
    for file, key, value in (("counter", REQUESTS, requests), ("gauge_livesum", IN_USE, in_use)):
        values = MmapedDict(str(directory / f"{file}_{pid}.db"))  # type: ignore[no-untyped-call]
        values.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
        values.close()  # type: ignore[no-untyped-call]


def scraped(directory: Path) -> list[str]:
    text = generate_latest(Shared(directory)).decode()
    return [line for line in text.splitlines() if not line.startswith(("#", "process_"))]


def test_a_directory_is_empty_when_it_is_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    measured(tmp_path, 1, requests=3, in_use=1)

    assert prepared() == {VARIABLE: str(tmp_path)}
    assert scraped(tmp_path) == []


def test_without_a_directory_one_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)

    assert scraped(Path(prepared()[VARIABLE])) == []


def test_the_ended_count_on(tmp_path: Path, environment: Mapping[str, str]) -> None:
    for pid in (1, 2, 3):
        measured(tmp_path, pid, requests=10**pid, in_use=pid)
    assert scraped(tmp_path) == ["requests_total 1110.0", "in_use 6.0"]

    forget(1, environment)
    forget(2, environment)

    assert scraped(tmp_path) == ["requests_total 1110.0", "in_use 3.0"]
    files = {each.name for each in tmp_path.glob("*.db")}
    assert files == {"counter_3.db", "gauge_livesum_3.db", "counter_ended.db"}


def test_an_id_that_comes_again_counts_on(tmp_path: Path, environment: Mapping[str, str]) -> None:
    measured(tmp_path, 1, requests=5, in_use=1)
    forget(1, environment)
    measured(tmp_path, 1, requests=2, in_use=1)

    assert scraped(tmp_path) == ["requests_total 7.0", "in_use 1.0"]


def test_who_measured_nothing_is_forgotten_as_well(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    forget(4, environment)

    assert scraped(tmp_path) == []
