"""What growth tells, of made-up figures."""

from collections.abc import Iterator

from benchmarks.growing.charts import charts
from benchmarks.growing.logs import APPEND
from benchmarks.growing.measurements import Measurement, Measurements, Place
from benchmarks.growing.plan import Plan
from benchmarks.growing.promises import promises
from benchmarks.growing.questions import COLD, HOT
from benchmarks.growing.report import report
from tests.measured import broken

SHORT, LONG = 10_000, 10_000_000


def appends(longer: float) -> Iterator[Measurement]:
    """In three rounds, in the long log so many times as long as in the short one."""
    for n, slow in enumerate((1.0, 2.0, 4.0)):
        for events, times in ((SHORT, slow), (LONG, slow * longer)):
            yield from Place(events, n).latency(APPEND, times, 3 * times)
            yield Place(events, n).throughput(APPEND, 12_000 / times)


def test_ratios_are_those_of_each_round() -> None:
    found = Measurements([*appends(longer=1.2)])

    for quantity in ("p50_ms", "per_second"):
        times = found.times(APPEND, quantity, LONG)
        assert times
        assert f"{times:.2f}" == "1.20 (1.20 … 1.20)"


def test_an_append_to_the_longest_log_is_held_against_one_to_the_shortest() -> None:
    kept, missed = (promises(Measurements([*appends(longer)])) for longer in (1.25, 1.26))

    assert broken(kept) == []
    assert broken(missed) == [
        "10,000,000 events: an append costs at most 1.25 times that at 10,000"
    ]


def test_one_log_alone_promises_nothing() -> None:
    found = [each for each in appends(1) if each.events == SHORT]

    assert [*promises(Measurements(found))] == []


def test_what_was_not_measured_of_a_length_is_left_out() -> None:
    hot = Place(SHORT, 0).latency(HOT, 0.4, 1.1)

    lines = [*report(Measurements([*appends(1.2), *hot]))]

    assert "| read, from memory | one by one   | -                  |" in lines
    assert any(line.startswith("| append            | many at once | 1.20") for line in lines)
    assert not any("read, from memory" in line and "many at once" in line for line in lines)
    assert "![Latency, one request at a time](benchmarks/growth-latency.svg)" in "\n".join(lines)


def test_curves_have_a_point_for_each_length() -> None:
    drawn = charts(Measurements([*appends(1.2), *Place(SHORT, 0).latency(HOT, 0.4, 1.1)]))

    assert {curve.label: [*curve.points] for curve in drawn["growth-log"].curves} == {
        "append, p50": [SHORT, LONG],
        "append, p99": [SHORT, LONG],
    }
    assert [curve.label for curve in drawn["growth-latency"].curves] == [HOT]
    assert "growth-throughput" not in drawn


def test_logs_of_more_than_a_million_events_are_not_projected() -> None:
    assert Plan(events=[LONG, SHORT]).logs == [SHORT, LONG]
    assert Plan(events=[LONG, SHORT]).catalogs == [SHORT]


def test_requests_that_failed_are_counted_and_no_curve() -> None:
    failed = [Place(SHORT, n).failed(HOT, requests) for n, requests in enumerate((0, 2, 3))]
    found = Measurements([*appends(1.2), *failed])

    assert found.failed == 5
    assert HOT not in [curve.label for chart in charts(found).values() for curve in chart.curves]


def test_products_that_were_found_elsewhere_are_told_and_no_curve() -> None:
    shares = [Place(SHORT, 0).found(HOT, 0.5), Place(SHORT, 1).found(COLD, 0.49)]
    found = Measurements([*appends(1.2), *shares])

    assert found.elsewhere == [COLD]
    assert COLD not in [curve.label for chart in charts(found).values() for curve in chart.curves]
