"""What a soak showed as tables in Markdown, promises first."""

from collections.abc import Iterator, Sequence

from benchmarks.append_report import table
from benchmarks.shown import Shown, promised
from benchmarks.soak.course import Outcome
from benchmarks.soak.faults import Struck
from benchmarks.soak.stage import PROCESSES
from benchmarks.soak.tally import Failure

FOLLOWED = PROCESSES + 2
"""The worker and the supervisor, too."""
GROWTH = 0.10
AROUND_SECONDS = 3.0
"""After a process is killed: who was connected to it hears of that."""


def report(outcome: Outcome) -> Iterator[str]:
    yield "What was promised:\n"
    yield from promised(promises(outcome))
    yield "\nWhat was asked, and how often it was answered how:\n"
    counted = sorted(outcome.tally.statuses.items())
    yield from table(["", "status", "answers"], [[w, str(s), f"{n:,}"] for (w, s), n in counted])
    yield "\nWhat went wrong on purpose, and how long until all was as before:\n"
    struck = [
        [
            each.fault.name,
            f"{each.fault.share:.0%}",
            f"{each.seconds:.1f}",
            str(_cut(outcome, each)),
        ]
        for each in outcome.faults
    ]
    yield from table(["", "after", "seconds", "not answered"], struck)
    yield "\nMemory of those who were there at the end, MiB:\n"
    memory = [
        [each.process, str(len(each.samples)), f"{each.warm:.1f}", f"{each.end:.1f}"]
        for each in outcome.memory
    ]
    yield from table(["", "seconds", "warm", "at the end"], memory)


def promises(outcome: Outcome) -> list[Shown]:
    return [*of_answers(outcome), *of_writes(outcome), *_of_memory(outcome)]


def of_answers(outcome: Outcome) -> Iterator[Shown]:
    tally = outcome.tally
    wanted = f"requests answered, at least {tally.wanted:,}"
    yield Shown(wanted, f"{tally.answered:,}", tally.answered >= tally.wanted)
    put_off = sum(n for (_, status), n in tally.statuses.items() if status == 503)  # noqa: PLR2004
    wrong = f"{dict(tally.wrong) or 0}; {put_off:,} of 503"
    yield Shown("5xx other than 503 with Retry-After", wrong, not tally.wrong)
    unexpected = str(dict(tally.unexpected) or 0)
    yield Shown("answers to something else than was asked", unexpected, not tally.unexpected)
    cut = sum(_cut(outcome, each) for each in outcome.faults if each.fault.cuts)
    others = [each for each in tally.failures if not _is_of_a_kill(outcome, each)]
    measured = f"{len(others)}; {cut} then{_samples(others)}"
    yield Shown("requests not answered, but when a process is killed", measured, not others)


def of_writes(outcome: Outcome) -> Iterator[Shown]:
    of = outcome.verdict
    yield Shown("acknowledged writes lost", f"{of.lost} of {of.acknowledged:,}", not of.lost)
    yield Shown("writes appended more than once", str(of.repeated), not of.repeated)
    refused = f"{of.refused_and_written} of {of.refused:,}"
    yield Shown("refused writes in the log", refused, not of.refused_and_written)
    read = f"{of.read_otherwise} of {of.products:,}"
    yield Shown("products not read as the log has them", read, not of.read_otherwise)


def _of_memory(outcome: Outcome) -> Iterator[Shown]:
    followed = len(outcome.memory)
    yield Shown(
        "processes whose memory was followed to the end", str(followed), followed == FOLLOWED
    )
    for each in outcome.memory:
        what = f"memory of {each.process} grows by less than {GROWTH:.0%}"
        yield Shown(what, f"{each.growth:+.1%}", each.growth < GROWTH)


def _is_of_a_kill(outcome: Outcome, failure: Failure) -> bool:
    return any(each.fault.cuts and _is_of(each, failure) for each in outcome.faults)


def _is_of(struck: Struck, failure: Failure) -> bool:
    return struck.began <= failure.at <= struck.began + AROUND_SECONDS


def _cut(outcome: Outcome, struck: Struck) -> int:
    return sum(struck.began <= each.at <= struck.ended for each in outcome.tally.failures)


def _samples(failures: Sequence[Failure]) -> str:
    return "".join(f"; {each.what}: {each.why}" for each in failures[:3])
