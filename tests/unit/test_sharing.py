"""Which worker a catalog falls to, without anybody agreeing on it."""

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import permutations

import pytest

from api.settings import Settings
from projections.sharing import worker_of
from workers.projecting import ANNOUNCE_SECONDS

CATALOGS = [f"seller-{number}" for number in range(600)]
WORKERS = ("host-1:11", "host-1:12", "host-2:11", "host-3:7")
TAKEN_OVER_SECONDS = 5.0


def shares(workers: Collection[str]) -> Mapping[str, str]:
    return {catalog: worker_of(catalog, workers) for catalog in CATALOGS}


def test_all_workers_say_the_same_in_whatever_order_they_heard_of_each_other() -> None:
    first, *others = (shares(each) for each in permutations(WORKERS))
    assert all(each == first for each in others)
    assert shares(frozenset(WORKERS)) == first


def test_who_is_alone_has_all() -> None:
    assert set(shares(WORKERS[:1]).values()) == {WORKERS[0]}


def test_each_has_about_as_many_as_the_others() -> None:
    fair = len(CATALOGS) / len(WORKERS)
    counted = Counter(shares(WORKERS).values())
    assert all(0.7 * fair < counted[worker] < 1.3 * fair for worker in WORKERS)


@pytest.mark.parametrize("worker", WORKERS)
def test_who_comes_or_goes_moves_no_other_s_catalogs(worker: str) -> None:
    with_it, without = shares(WORKERS), shares([each for each in WORKERS if each != worker])
    assert worker in with_it.values()
    moved = [catalog for catalog in CATALOGS if with_it[catalog] != without[catalog]]
    assert moved == [catalog for catalog in CATALOGS if with_it[catalog] == worker]


def test_a_dead_worker_s_catalogs_are_free_in_time() -> None:
    """Its leases and its last word run out together; then the others have to hear of that."""
    fields = Settings.model_fields
    lease, poll = fields["lease_seconds"].default, fields["poll_seconds"].default
    assert lease + max(ANNOUNCE_SECONDS, poll) + poll < TAKEN_OVER_SECONDS
