"""The oracle finds each fault in a history that was forged to have it."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from events.codec import Encoded, encode
from events.product import ProductBranded, ProductRenamed
from tests.torture.history import (
    Acknowledged,
    Answer,
    Entry,
    Heard,
    History,
    Refused,
    Unanswered,
    Write,
)
from tests.torture.oracle import violations
from tests.torture.verdict import Fault, report

LAMP, DESK = UUID(int=1), UUID(int=2)
REUSED = Refused("idempotency-key-reused")


def name(text: str) -> Encoded:
    return encode(ProductRenamed(name=text))


def brand(text: str) -> Encoded:
    return encode(ProductBranded(brand=text))


def entry(position: int, stream: UUID, version: int, fact: Encoded) -> Entry:
    return Entry(position=position, stream=stream, version=version, fact=fact, digest=b"")


def at(stream: UUID, version: int, position: int, *, replayed: bool = False) -> Acknowledged:
    return Acknowledged(stream, version, position, replayed)


LOG = (
    entry(1, LAMP, 1, name("a")),
    entry(2, LAMP, 2, brand("a")),
    entry(3, DESK, 1, name("b")),
    entry(4, LAMP, 3, name("c")),
    entry(5, DESK, 2, name("d")),
)


def honest() -> History:
    """Two events at once, a lost answer, a claim that moved, a key asked again, one refused."""
    writes = [
        Write(
            facts=(name("a"), brand("a")), claims={"X": True}, answers=[Answer(at(LAMP, 2, 2), 0)]
        ),
        Write(facts=(name("b"),), stream=DESK, answers=[Answer(Unanswered("gone"), 2)]),
        Write(facts=(name("c"),), stream=LAMP, claims={"X": False}, expected=2),
        Write(facts=(name("d"),), stream=DESK, claims={"X": True}, key="k"),
        Write(facts=(name("e"),), stream=LAMP, key="k", answers=[Answer(REUSED, 5)]),
        Write(facts=(name("f"),), stream=LAMP, answers=[Answer(Unanswered("gone"), 5)]),
    ]
    writes[0].answers = [Answer(at(LAMP, 2, 2), 0)]
    writes[2].answers = [Answer(at(LAMP, 3, 4), 3)]
    writes[3].answers = [Answer(at(DESK, 2, 5), 4), Answer(at(DESK, 2, 5, replayed=True), 5)]
    return History(
        writes=writes,
        log=LOG,
        tails=[LOG, LOG],
        head=5,
        versions={LAMP: 3, DESK: 2},
        claims={"X": DESK},
    )


def found(history: History) -> set[Fault]:
    return {violation.fault for violation in violations(history)}


def with_log(*log: Entry) -> History:
    """Consistent otherwise, as far as it can be."""
    versions = {stream: sum(each.stream == stream for each in log) for stream in (LAMP, DESK)}
    return replace(honest(), log=log, tails=[log], head=len(log), versions=versions)


def with_answers(write: int, *heard: tuple[Heard, int]) -> History:
    history = honest()
    history.writes[write].answers = [Answer(*each) for each in heard]
    return history


def with_write(write: int, **changed: object) -> History:
    history = honest()
    for field, value in changed.items():
        setattr(history.writes[write], field, value)
    return history


def with_tail(*met: Entry) -> History:
    return replace(honest(), tails=[LOG, met])


def shared_key() -> History:
    history = honest()
    history.writes[2].key = "k"
    return history


def stolen_claim() -> History:
    history = honest()
    history.writes[2].claims = {}
    return replace(history, claims={"X": LAMP})


def test_an_honest_history_is_blameless() -> None:
    assert violations(honest()) == []


FORGERIES: list[tuple[Fault, Callable[[], History]]] = [
    (Fault.LOST, lambda: with_log(*LOG[:4])),
    (Fault.DOUBLED, lambda: with_log(*LOG, entry(6, DESK, 3, name("b")))),
    (Fault.TORN, lambda: with_log(LOG[0])),
    (Fault.TORN, lambda: with_log(LOG[0], replace(LOG[1], stream=DESK, version=1))),
    (Fault.TORN, lambda: with_log(LOG[0], LOG[2], replace(LOG[1], position=3))),
    (Fault.MISPLACED, lambda: with_answers(0, (at(LAMP, 1, 1), 0))),
    (Fault.MISPLACED, lambda: with_answers(0, (at(DESK, 2, 2), 0))),
    (Fault.MISPLACED, lambda: with_write(1, stream=LAMP)),
    (Fault.UNWANTED, lambda: with_answers(1, (Refused("version-conflict"), 2))),
    (Fault.UNKNOWN, lambda: with_log(*LOG, entry(6, DESK, 3, name("z")))),
    (Fault.UNEXPECTED_VERSION, lambda: with_write(2, expected=1)),
    (Fault.EARLY, lambda: with_answers(2, (at(LAMP, 3, 4), 4))),
    (Fault.CONFIRMED_TWICE, lambda: with_answers(2, *[(at(LAMP, 3, 4), 3)] * 2)),
    (Fault.NOT_REPLAYED, lambda: with_answers(3, (at(DESK, 2, 5), 4), (REUSED, 5))),
    (Fault.NOT_REPLAYED, lambda: with_answers(3, (at(DESK, 2, 5), 4), (at(DESK, 2, 5), 5))),
    (Fault.KEY_SHARED, shared_key),
    (Fault.KEY_WITHOUT_EFFECT, lambda: with_write(4, key="l")),
    (Fault.POSITION_GAP, lambda: with_log(*LOG[:4], replace(LOG[4], position=6))),
    (Fault.POSITION_GAP, lambda: with_log(*LOG[:3], LOG[4], LOG[3])),
    (Fault.VERSION_GAP, lambda: with_log(*LOG[:4], replace(LOG[4], version=3))),
    (Fault.WRONG_HEAD, lambda: replace(honest(), head=6)),
    (Fault.WRONG_STREAM_VERSION, lambda: replace(honest(), versions={LAMP: 3, DESK: 3})),
    (Fault.WRONG_STREAM_VERSION, lambda: replace(honest(), versions={LAMP: 3})),
    (Fault.MISSED, lambda: with_tail(*LOG[:4])),
    (Fault.MISSED, lambda: with_tail(*LOG[:2], *LOG[3:])),
    (Fault.REPEATED, lambda: with_tail(*LOG, LOG[2])),
    (Fault.REPEATED, lambda: with_tail(*LOG, LOG[4])),
    (Fault.REORDERED, lambda: with_tail(*LOG[:3], LOG[4], LOG[3])),
    (Fault.REWRITTEN, lambda: with_tail(*LOG[:4], replace(LOG[4], digest=b"other"))),
    (Fault.REWRITTEN, lambda: with_tail(*LOG, entry(6, LAMP, 4, name("f")))),
    (Fault.CLAIM_STOLEN, stolen_claim),
    (Fault.CLAIM_LOST, lambda: replace(honest(), claims={})),
    (Fault.CLAIM_KEPT, lambda: replace(honest(), claims={"X": LAMP})),
    (Fault.CLAIM_KEPT, lambda: replace(honest(), claims={"X": DESK, "Y": LAMP})),
]


@pytest.mark.parametrize(("fault", "forged"), FORGERIES)
def test_a_forgery_is_found(fault: Fault, forged: Callable[[], History]) -> None:
    assert fault in found(forged())


def test_there_is_a_forgery_of_each_fault() -> None:
    assert {fault for fault, _ in FORGERIES} == set(Fault)


def test_a_report_counts_faults_and_shows_some() -> None:
    told = report(violations(with_log()))
    assert "LOST: 3\n  Write(" in told


@pytest.mark.parametrize(
    "fair",
    [
        lambda: with_answers(1, (Unanswered("gone"), 2), (at(DESK, 1, 3, replayed=True), 3)),
        lambda: with_answers(3, (Refused("version-conflict"), 3), (at(DESK, 2, 5), 4)),
        lambda: with_answers(3, (Unanswered("gone"), 3), (Unanswered("gone"), 5)),
        lambda: with_answers(3, (at(DESK, 2, 5, replayed=True), 3), (at(DESK, 2, 5), 3)),
        lambda: with_answers(5, (Refused("version-conflict"), 5)),
    ],
)
def test_what_may_happen_to_a_writer_is_no_fault(fair: Callable[[], History]) -> None:
    assert found(fair()) == set()
