"""What counts of pgbench's log, from made-up lines."""

import pytest

from benchmarks.appending.contestants.pgbench import counted

LINES = """\
0 1 900000 0 1790000000 100000
0 2 4000 0 1790000001 600000
1 1 2000 0 1790000001 700000
0 3 6000 0 1790000002 500000
1 2 8000 0 1790000002 600000
0 4 5000 0 1790000002 600001
""".splitlines()


def test_the_last_seconds_with_all_clients_count() -> None:
    load = counted(LINES, 1)

    assert load.per_second == 3
    assert load.latencies == pytest.approx([0.002, 0.006, 0.008])


def test_of_a_longer_time_more_counts() -> None:
    assert counted(LINES, 4).per_second == pytest.approx(5 / 4)


def test_who_logged_nothing_did_nothing() -> None:
    assert counted([], 1).per_second == 0
