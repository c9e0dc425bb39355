"""What the benchmark of costs tells of made-up figures."""

from dataclasses import replace

import pytest

from benchmarks.costing.catalog import Bytes
from benchmarks.costing.disk import summed
from benchmarks.costing.held import Held
from benchmarks.costing.plan import Plan
from benchmarks.costing.processes import Start
from benchmarks.costing.promises import promises
from benchmarks.costing.report import report
from benchmarks.costing.results import Memory, Results
from benchmarks.costing.watching import Sample

MB = 1_000_000
NOTHING = Held()
API = Sample(Held(131 * MB, 105 * MB, 98 * MB), NOTHING, Held(40 * MB, 15 * MB, 9 * MB), 2)
SUPERVISOR = replace(API, own=Held(60 * MB, 45 * MB, 40 * MB), others=Held(260 * MB, 210 * MB, 0))
BYTES = Bytes(
    event=420,
    stream=290,
    product=2_600,
    fed=200,
    change=1_250,
    appended=640,
    projected=3_090,
    remembered=900,
)
RESULTS = Results(
    bytes=BYTES,
    memory={
        "all": Memory(API, replace(API, own=Held(170 * MB, 150 * MB, 140 * MB), connections=14)),
        "several": Memory(SUPERVISOR, SUPERVISOR),
        "worker": Memory(API, API),
    },
    starts={"catalog up": [Start(8.0, 7.0), Start(10.0, 7.5), Start(9.0, 7.25)]},
)


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def told(begins: str) -> list[str]:
    [line] = [line for line in report(RESULTS) if line.startswith(f"| {begins}")]
    return cells(line)[1:]


def test_what_is_at_rest_stands_beside_the_highest_under_load() -> None:
    assert told("`catalog serve --side all`") == ["131, 105", "170, 150", "15 by 2", "15 by 14"]


def test_the_processes_of_a_supervisor_are_told_apart_from_it() -> None:
    assert told("`catalog serve --processes 2`")[0] == "60, 45"
    assert told("its processes, together")[0] == "260, 210"


def test_bytes_are_told_in_kilobytes() -> None:
    assert told("the log, an event") == ["0.42"]
    assert told("written ahead (WAL) to project it") == ["3.09"]


def test_starts_are_medians_with_their_spread() -> None:
    assert told("`catalog up`") == ["9.00 (8.00 … 10.00)", "7.25 (7.00 … 7.50)"]


def test_what_the_documents_say_is_kept() -> None:
    assert [each.what for each in promises(RESULTS) if not each.kept] == []


@pytest.mark.parametrize(("event", "kept"), [(494, True), (496, False)])
def test_a_tenth_more_is_tolerated_and_nothing_beyond(event: float, *, kept: bool) -> None:
    log, *_ = promises(replace(RESULTS, bytes=replace(BYTES, event=event)))
    assert (log.kept, log.measured) == (kept, f"{event / 1_000:.2f} kB")


def test_a_process_that_holds_more_than_it_should_is_told() -> None:
    greedy = replace(API, own=Held(resident=144 * MB))
    memory = {**RESULTS.memory, "worker": Memory(API, greedy)}
    *_, worker = promises(replace(RESULTS, memory=memory))
    assert (worker.kept, worker.measured) == (False, "144 MB")


def test_each_figure_has_its_own_highest() -> None:
    assert Held(3, 2, 1).highest(Held(1, 2, 3)) == Held(3, 2, 3)
    assert Held(3, 2, 1) + Held(1, 1, 1) == Held(4, 3, 2)
    most = API.highest(replace(SUPERVISOR, connections=1))
    assert (most.own, most.others, most.connections) == (API.own, SUPERVISOR.others, 2)


def test_tables_are_summed_by_what_they_grow_with() -> None:
    tables = [
        ("event_store", "events", 100),
        ("event_store", "tree_nodes", 20),
        ("event_store", "streams", 7),
        ("event_store", "claims", 3),
        ("event_store", "catalogs", 1_000),
        ("feeds", "products", 5),
        ("feeds", "failures", 1_000),
        ("read_1", "product_details", 50),
        ("read_1", "product_search", 40),
        ("read_1", "past_product_search", 30),
        ("access", "users", 1_000),
    ]
    assert summed(tables) == {"log": 120, "streams": 10, "feeds": 5, "read": 90, "past": 30}


def test_catalog_up_is_started_once_at_least() -> None:
    assert [Plan(starts=starts).ups for starts in (1, 2, 5)] == [1, 1, 4]
