"""What a soak has to show, each with its measure."""

from collections.abc import Iterator, Sequence
from itertools import chain

from benchmarks.harness.shown import Shown
from benchmarks.soak.course import Outcome
from benchmarks.soak.faults import Struck
from benchmarks.soak.stage import PROCESSES
from benchmarks.soak.tally import Failure

FOLLOWED = PROCESSES + 2
"""The worker and the supervisor, too."""
GROWTH = 0.10
ACKNOWLEDGED, UNKNOWN = 0.9, 0.01
"""Of the writes that were asked for: at least, and without a key at most."""
CUT_SECONDS = 3.0
"""After a process is killed: who was connected to it hears of that."""
SETTLED_SECONDS = 5.0
"""After all is as before, until nobody is put off any more."""


def promises(outcome: Outcome) -> list[Shown]:
    groups = (of_answers, of_writes, of_what_is_kept, _of_memory)
    return list(chain.from_iterable(each(outcome) for each in groups))


def of_answers(outcome: Outcome) -> Iterator[Shown]:
    tally = outcome.tally
    wanted = f"requests answered, but with 503 or 429, at least {tally.wanted:,}"
    yield Shown(wanted, f"{tally.answered:,}", tally.answered >= tally.wanted)
    wrong = str(dict(tally.wrong) or 0)
    yield Shown("5xx other than 503 with Retry-After", wrong, not tally.wrong)
    late = [each for each in tally.unavailable if not _is_of_a_fault(outcome, each)]
    meanwhile = len(tally.unavailable) - len(late)
    what = f"503 but from a fault until {SETTLED_SECONDS:g} s after it"
    yield Shown(what, f"{len(late)}; {meanwhile:,} meanwhile{_samples(late)}", not late)
    unexpected = str(dict(tally.unexpected) or 0)
    yield Shown("answers to something else than was asked", unexpected, not tally.unexpected)
    cut = sum(cut_by(outcome, each) for each in outcome.faults if each.fault.cuts)
    others = [each for each in tally.failures if not _is_of_a_kill(outcome, each)]
    measured = f"{len(others)}; {cut} then{_samples(others)}"
    yield Shown("requests not answered, but when a process is killed", measured, not others)


def of_writes(outcome: Outcome) -> Iterator[Shown]:
    of = outcome.judgement.verdict
    enough = of.acknowledged >= max(1, ACKNOWLEDGED * of.asked)
    share = f"{of.acknowledged:,} of {of.asked:,}"
    yield Shown(f"writes acknowledged, at least {ACKNOWLEDGED:.0%}", share, enough)
    yield Shown("acknowledged writes lost", f"{of.lost} of {of.acknowledged:,}", not of.lost)
    yield Shown("writes appended more than once", str(of.repeated), not of.repeated)
    refused = f"{of.refused_and_written} of {of.refused:,}"
    yield Shown("refused writes in the log", refused, not of.refused_and_written)
    doubted = f"{of.unknown_with_key} of {of.in_doubt} that were at first"
    yield Shown("writes with a key that stay unknown", doubted, not of.unknown_with_key)
    few = of.unknown_without_key <= UNKNOWN * of.asked
    what = f"writes without a key that stay unknown, at most {UNKNOWN:.0%}"
    yield Shown(what, str(of.unknown_without_key), few)


def of_what_is_kept(outcome: Outcome) -> Iterator[Shown]:
    judgement = outcome.judgement
    of, looked = judgement.verdict, judgement.looked
    verified = judgement.verified > 0 and not judgement.findings
    measured = f"{dict(judgement.findings) or 0} in {judgement.verified:,} events"
    yield Shown("findings of `catalog verify`", measured, verified)
    read = f"{of.read_otherwise} of {of.products:,}"
    yield Shown("read tables not as the log", read, of.products > 0 and not of.read_otherwise)
    seen = f"{len(looked.otherwise)} at {looked.products:,}"
    well = looked.products > 0 and looked.processes == PROCESSES and not looked.otherwise
    what = f"looks at written products, not as the log, by each of {PROCESSES} processes"
    sample = "".join(f"; {each}" for each in looked.otherwise[:1])
    yield Shown(what, f"{seen} by {looked.processes}{sample}", well)


def _of_memory(outcome: Outcome) -> Iterator[Shown]:
    followed = len(outcome.memory)
    yield Shown(
        "processes whose memory was followed to the end", str(followed), followed == FOLLOWED
    )
    for each in outcome.memory:
        what = f"memory of {each.process} grows by less than {GROWTH:.0%}"
        yield Shown(what, f"{each.growth:+.1%}", each.growth < GROWTH)


def cut_by(outcome: Outcome, struck: Struck) -> int:
    return sum(struck.began <= each.at <= struck.ended for each in outcome.tally.failures)


def _is_of_a_fault(outcome: Outcome, failure: Failure) -> bool:
    return any(
        struck.began <= failure.at <= struck.ended + SETTLED_SECONDS for struck in outcome.faults
    )


def _is_of_a_kill(outcome: Outcome, failure: Failure) -> bool:
    return any(
        struck.began <= failure.at <= struck.began + CUT_SECONDS
        for struck in outcome.faults
        if struck.fault.cuts
    )


def _samples(failures: Sequence[Failure]) -> str:
    return "".join(f"; {each.what}: {each.why}" for each in failures[:3])
