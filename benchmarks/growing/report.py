"""What growth costs as tables in Markdown, ratios first."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from benchmarks.growing.charts import charts
from benchmarks.growing.measurements import Measurements, Quantity
from benchmarks.harness.figures import Figure
from benchmarks.harness.tables import NONE, Row, table

RATIOS: Mapping[Quantity, str] = MappingProxyType(
    {"p50_ms": "one by one", "per_second": "many at once"}
)
FORMS: Mapping[Quantity, str] = MappingProxyType(
    {"p50_ms": ".2f", "p99_ms": ".2f", "per_second": ",.0f"}
)


def report(found: Measurements) -> Iterator[str]:
    least, *more = found.sizes()
    yield f"The time that each takes, times that in a log of {least:,} events:\n"
    yield from table(["", "", *(f"{events:,} events" for events in more)], _ratios(found, more))
    for name, chart in charts(found).items():
        yield f"\n![{chart.title}](benchmarks/{name}.svg)"
    yield "\nOne by one (p50, p99), and how many a second where many ask at once:\n"
    yield from table(["", "events", "p50, ms", "p99, ms", "a second"], list(_absolute(found)))


def _ratios(found: Measurements, more: Sequence[int]) -> list[Row]:
    return [
        [operation, asked, *(_cell(found.times(operation, quantity, each), ".2f") for each in more)]
        for operation in found.operations
        for quantity, asked in RATIOS.items()
        if found.curve(operation, quantity)
    ]


def _absolute(found: Measurements) -> Iterator[Row]:
    for operation in found.operations:
        for events in found.sizes(operation):
            figures = [
                _cell(found.figure(operation, quantity, events), form)
                for quantity, form in FORMS.items()
            ]
            yield [operation, f"{events:,}", *figures]


def _cell(measured: Figure | None, form: str) -> str:
    return f"{measured:{form}}" if measured else NONE
