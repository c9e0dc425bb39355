"""Metrics of processes that share a port: any of them tells of all.

Each keeps its own in files of one directory, as prometheus_client has it
(https://prometheus.github.io/client_python/multiprocess/); whoever is scraped adds them up. The
directory is named in the environment before prometheus_client is imported.
"""

import atexit
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import mkdtemp

from prometheus_client import REGISTRY, CollectorRegistry, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
_OF_A_LIVING = re.compile(r"gauge_live[a-z]+_(\d+)\.db")


def prepared() -> dict[str, str]:
    """The environment of processes that are to share their metrics, with an empty directory.

    It is the one that the environment names, or else lasts as long as this process.
    """
    directory = os.environ.get(DIRECTORY)
    if directory is None:
        directory = mkdtemp(prefix="catalog-metrics-")
        atexit.register(shutil.rmtree, directory, ignore_errors=True)
    for left in Path(directory).glob("*.db"):
        left.unlink()
    return {DIRECTORY: directory}


def forget(pid: int, environment: dict[str, str]) -> None:
    """A process has ended: what it counted still counts, what was so while it lived does not."""
    mark_process_dead(pid, environment[DIRECTORY])  # type: ignore[no-untyped-call]


def registry() -> CollectorRegistry:
    """What a scrape is to show: of this process, or of all that share a directory with it."""
    directory = os.environ.get(DIRECTORY)
    if directory is None:
        return REGISTRY
    shared = CollectorRegistry(auto_describe=False)
    MultiProcessCollector(shared, directory)  # type: ignore[no-untyped-call]
    shared.register(Processes(Path(directory)))
    return shared


class Processes(Collector):
    """Memory, processor time and open files of each process, by its number (`pid`)."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        for pid in self._living():
            for metric in _process(pid):
                family = families.setdefault(
                    metric.name, Metric(metric.name, metric.documentation, metric.type)
                )
                for sample in metric.samples:
                    family.add_sample(sample.name, {"pid": pid}, sample.value)
        yield from families.values()

    def _living(self) -> list[str]:
        names = (_OF_A_LIVING.fullmatch(each.name) for each in self._directory.iterdir())
        return sorted({name[1] for name in names if name})


def _process(pid: str) -> Iterable[Metric]:
    """Nothing of one that is no more."""
    return ProcessCollector(pid=lambda: pid, registry=None).collect()
