"""Each promise of the soak is broken by what it is there to find."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from benchmarks.asking.http_client import Answer
from benchmarks.harness.telling import as_json
from benchmarks.soak.course import Outcome
from benchmarks.soak.faults import KILLED, WORKER_KILLED, Struck
from benchmarks.soak.judgement import Judgement
from benchmarks.soak.memory import Grown
from benchmarks.soak.oracle import Verdict
from benchmarks.soak.part import Plan, part
from benchmarks.soak.promises import promises
from benchmarks.soak.readers import Looked
from benchmarks.soak.tally import Failure, Tally
from benchmarks.soak.writes import Receipt, Write
from tests.measured import MACHINE

READ, UNAVAILABLE = ("read", 200), ("read", 503)
FAULTS = (Struck(KILLED, 10.0, 12.0), Struck(WORKER_KILLED, 20.0, 30.0))
VERDICT = Verdict(
    acknowledged=95,
    lost=0,
    repeated=0,
    refused=5,
    refused_and_written=0,
    in_doubt=3,
    unknown_with_key=0,
    unknown_without_key=0,
    products=10,
    read_otherwise=0,
)
LOOKED = Looked(products=10, processes=2, otherwise=[])
WELL = Judgement(VERDICT, LOOKED, verified=100, findings={})
FLAT = [Grown(name, [100.0] * 40) for name in ("worker", "supervisor", "API", "API")]


def test_what_holds_keeps_all() -> None:
    _breaks(_outcome())


def test_who_is_put_off_is_not_answered() -> None:
    answers = Counter({READ: 999, UNAVAILABLE: 1_000_000, ("log in", 429): 1_000})

    _breaks(_outcome(Tally(1_000, answers)), "requests answered")


def test_nobody_is_put_off_but_around_a_fault() -> None:
    meanwhile = [Failure("read", "took-too-long", at) for at in (10.0, 16.9, 20.0, 35.0)]
    late = Failure("read", "took-too-long", 17.1)

    _breaks(_outcome(_tally(unavailable=meanwhile)))
    _breaks(_outcome(_tally(unavailable=[*meanwhile, late])), "503 but")


def test_connections_are_cut_by_kills_alone() -> None:
    cut, later = (Failure("read", "ConnectionResetError", at) for at in (11.0, 21.0))

    _breaks(_outcome(_tally(failures=[cut])))
    _breaks(_outcome(_tally(failures=[cut, later])), "requests not answered")


@pytest.mark.parametrize(
    ("changes", "promise"),
    [
        ({"acknowledged": 0, "refused": 0}, "writes acknowledged"),
        ({"refused": 12}, "writes acknowledged"),
        ({"lost": 1}, "acknowledged writes lost"),
        ({"repeated": 1}, "writes appended more than once"),
        ({"refused_and_written": 1}, "refused writes in the log"),
        ({"unknown_with_key": 1}, "writes with a key"),
        ({"unknown_without_key": 2}, "writes without a key"),
        ({"products": 0}, "read tables"),
        ({"read_otherwise": 1}, "read tables"),
    ],
)
def test_each_fault_of_the_log_is_told(changes: dict[str, int], promise: str) -> None:
    judgement = replace(WELL, verdict=replace(VERDICT, **changes))

    _breaks(_outcome(judgement=judgement), promise)


@pytest.mark.parametrize(
    ("looked", "findings", "verified", "promise"),
    [
        (replace(LOOKED, products=0), {}, 100, "looks"),
        (replace(LOOKED, processes=1), {}, 100, "looks"),
        (replace(LOOKED, otherwise=["1: 404, not …"]), {}, 100, "looks"),
        (LOOKED, {"digest": 1}, 100, "findings"),
        (LOOKED, {}, 0, "findings"),
    ],
)
def test_what_readers_and_the_verifier_find_is_told(
    looked: Looked, findings: Mapping[str, int], verified: int, promise: str
) -> None:
    judgement = Judgement(VERDICT, looked, verified, findings)

    _breaks(_outcome(judgement=judgement), promise)


def test_an_answer_that_nobody_may_get_is_told() -> None:
    tally = Tally(1)
    tally.count("read", Answer(200, {}, b""), {200})
    tally.count("read", Answer(503, {"retry-after": "1"}, b""), {200})
    tally.count("read", Answer(503, {}, b""), {200})
    tally.count("read", Answer(500, {}, b""), {200})
    tally.count("read", Answer(404, {}, b""), {200})

    assert tally.wrong == {"read: 503": 1, "read: 500": 1}
    assert tally.unexpected == {"read: 404": 1}
    _breaks(_outcome(tally), "5xx", "503 but", "answers to something else")


def test_memory_that_grows_or_was_not_followed_is_told() -> None:
    climbing = Grown("worker", [100.0] * 20 + [111.0] * 20)

    _breaks(_outcome(memory=[climbing, *FLAT[2:]]), "processes whose", "memory of worker")
    assert climbing.quarters == [100.0, 100.0, 111.0, 111.0]
    assert climbing.later_growth == 0.0


def test_what_is_not_kept_fails_the_benchmark() -> None:
    lost = replace(WELL, verdict=replace(VERDICT, lost=1))

    assert part(MACHINE, Plan(), _outcome()).failed is None
    assert part(MACHINE, Plan(), _outcome(judgement=lost)).failed == (
        "not kept: acknowledged writes lost"
    )


def test_what_was_answered_struck_and_found_is_kept() -> None:
    cut = Failure("read", "ConnectionResetError", 11.0)

    told = part(MACHINE, Plan(), _outcome(_tally(failures=[cut])))

    kept = json.loads(json.dumps(as_json(told)))
    assert kept["answers"] == [{"what": "read", "status": 200, "answers": 1_000}]
    assert [each["not_answered"] for each in kept["faults"]] == [1, 0]
    assert kept["judgement"]["verdict"]["acknowledged"] == 95
    assert [each["process"] for each in kept["memory"]] == [each.process for each in FLAT]
    assert "17 answers a second" in told.how


RECEIPT = Receipt("lamp", 2, 7)
WRITTEN = Answer(200, {}, b'{"id": "lamp", "version": 2, "position": 7}')
REFUSED = Answer(412, {}, b"")
UNCONFIRMED, FULL = (
    Answer(
        503,
        {"content-type": "application/problem+json"},
        b'{"type": "/problems/%s"}' % problem.encode(),
    )
    for problem in ("append-unconfirmed", "append-queue-full")
)


@pytest.mark.parametrize(
    ("answers", "receipt", "refused", "in_doubt"),
    [
        ([WRITTEN], RECEIPT, False, False),
        ([REFUSED], None, True, False),
        ([FULL], None, True, False),
        ([FULL, WRITTEN], RECEIPT, False, False),
        ([UNCONFIRMED], None, False, True),
        ([None], None, False, True),
        ([UNCONFIRMED, FULL], None, False, True),
        ([None, UNCONFIRMED, WRITTEN], RECEIPT, False, True),
        ([UNCONFIRMED, REFUSED], None, True, True),
    ],
)
def test_a_write_is_unknown_until_somebody_tells(
    answers: list[Answer | None],
    receipt: Receipt | None,
    *,
    refused: bool,
    in_doubt: bool,
) -> None:
    write = Write(("PriceSet", "7"))

    *_, settled = [write.settle(each) for each in answers]

    assert (write.receipt, write.refused, write.was_in_doubt) == (receipt, refused, in_doubt)
    assert settled == (answers[-1] in (WRITTEN, REFUSED))
    assert write.is_unknown == (not receipt and not refused)


def _outcome(
    tally: Tally | None = None,
    judgement: Judgement | None = None,
    memory: Sequence[Grown] | None = None,
) -> Outcome:
    """All is well, but for what is given."""
    return Outcome(
        tally=tally or _tally(),
        faults=FAULTS,
        memory=FLAT if memory is None else memory,
        judgement=judgement or WELL,
        seconds=60.0,
    )


def _tally(*, unavailable: Sequence[Failure] = (), failures: Sequence[Failure] = ()) -> Tally:
    answers = Counter({READ: 1_000})
    return Tally(1_000, answers, unavailable=[*unavailable], failures=[*failures])


def _breaks(outcome: Outcome, *promised: str) -> None:
    """Those promises, by how they begin, and no other."""
    found = [each.what for each in promises(outcome) if not each.kept]
    assert len(found) == len(promised)
    assert all(what.startswith(start) for what, start in zip(found, promised, strict=True))
