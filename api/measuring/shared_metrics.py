"""What is scraped of a process: its own metrics, or those of all that share a port with it."""

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import REGISTRY, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from api.measuring.metrics_directory import VARIABLE, has_values, locked

_OF_A_LIVING = re.compile(r"gauge_live[a-z]+_(\d+)\.db")


def measured() -> Collector:
    """Of this process, or of all that have a part in the directory that the environment names.

    Counters are added up, gauges are as each of them says (`multiprocess_mode`).
    """
    directory = os.environ.get(VARIABLE)
    return Shared(Path(directory)) if directory else REGISTRY


class Shared(Collector):
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def collect(self) -> Iterator[Metric]:
        with locked(self._directory, fcntl.LOCK_SH):
            files = [str(each) for each in self._directory.glob("*.db") if has_values(each)]
            summed = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        yield from summed
        yield from _processes(self._living())

    def _living(self) -> list[str]:
        names = (_OF_A_LIVING.fullmatch(each.name) for each in self._directory.iterdir())
        return sorted({name[1] for name in names if name})


def _processes(pids: Iterable[str]) -> Iterable[Metric]:
    """Memory, processor time and open files of each, by its number (`pid`)."""
    families: dict[str, Metric] = {}
    for pid in pids:
        for metric in _process(pid):
            family = families.setdefault(
                metric.name, Metric(metric.name, metric.documentation, metric.type)
            )
            for sample in metric.samples:
                family.add_sample(sample.name, {"pid": pid}, sample.value)
    return families.values()


def _process(pid: str) -> Iterable[Metric]:
    """Nothing of one that is no more."""
    return ProcessCollector(pid=lambda: pid, registry=None).collect()
