"""Which curves are drawn together."""

from collections.abc import Mapping, Sequence

from benchmarks.asking.questions import LIST, SEARCH
from benchmarks.growing.catalogs import LAG, REBUILD
from benchmarks.growing.curves import Chart, Curve
from benchmarks.growing.logs import APPEND, STREAM
from benchmarks.growing.measurements import Measurements, Quantity
from benchmarks.growing.questions import COLD, HOT, WRITE

ASKED = (WRITE, HOT, COLD, LIST, SEARCH)
LOG = (APPEND, STREAM)


def charts(found: Measurements) -> Mapping[str, Chart]:
    """By the names of their files; what was not measured is not drawn."""
    all_of_them = {
        "growth-latency": Chart(
            "Latency, one request at a time",
            "milliseconds (p50)",
            _curves(found, "p50_ms", (*ASKED, LAG)),
        ),
        "growth-throughput": Chart(
            "Throughput, many requests at once",
            "a second",
            _curves(found, "per_second", (*ASKED, REBUILD)),
        ),
        "growth-log": Chart(
            "The log alone, one append or read at a time",
            "milliseconds",
            [
                *_curves(found, "p50_ms", LOG, ", p50"),
                *_curves(found, "p99_ms", LOG, ", p99"),
            ],
        ),
    }
    return {name: chart for name, chart in all_of_them.items() if chart.curves}


def _curves(
    found: Measurements, quantity: Quantity, operations: Sequence[str], suffix: str = ""
) -> list[Curve]:
    curves = {each: found.curve(each, quantity) for each in operations}
    return [Curve(each + suffix, points) for each, points in curves.items() if points]
