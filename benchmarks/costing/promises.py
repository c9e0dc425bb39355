"""What docs/operations.md says that things take, and a tenth more at most."""

from collections.abc import Iterator

from api.settings import Settings
from benchmarks.costing.held import MB
from benchmarks.costing.results import Results
from benchmarks.harness.shown import Shown

TOLERATED = 1.1
KB = 1_000
API_MB, WORKER_MB = 150, 130
REMEMBERED_BYTES: int = Settings.model_fields["process_cache_bytes"].default


def promises(results: Results) -> Iterator[Shown]:
    told = results.bytes
    yield _kilobytes("the log: 0.45 kB an event", 0.45, told.event)
    yield _kilobytes("streams and claims: 0.3 kB a product", 0.3, told.stream)
    yield _kilobytes("read tables: 2.7 kB a product", 2.7, told.product)
    yield _kilobytes("the past in the read tables: 1.3 kB a change", 1.3, told.change)
    yield _kilobytes("what feeds say: 0.2 kB a product", 0.2, told.fed)
    yield _kilobytes("Redis: 1 kB a product", 1, told.remembered)
    api = API_MB + REMEMBERED_BYTES / MB
    what = f"a process of the API: {API_MB} MB and what it remembers, {api:.0f} MB together"
    yield _megabytes(what, api, results.memory["all"].at_most.own.resident)
    worker = results.memory["worker"].at_most.own.resident
    yield _megabytes(f"a worker: {WORKER_MB} MB", WORKER_MB, worker)


def _kilobytes(what: str, promised: float, measured: float) -> Shown:
    return Shown(what, f"{measured / KB:.2f} kB", measured <= TOLERATED * promised * KB)


def _megabytes(what: str, promised: float, measured: float) -> Shown:
    return Shown(what, f"{measured / MB:.0f} MB", measured <= TOLERATED * promised * MB)
