"""What a soak showed as tables in Markdown."""

from collections.abc import Iterator

from benchmarks.harness.tables import Row, table
from benchmarks.soak.course import Outcome
from benchmarks.soak.faults import Struck
from benchmarks.soak.memory import Grown
from benchmarks.soak.promises import cut_by


def report(outcome: Outcome) -> Iterator[str]:
    yield "What was asked, and how often it was answered how:\n"
    counted = sorted(outcome.tally.statuses.items())
    yield from table(["", "status", "answers"], [[w, str(s), f"{n:,}"] for (w, s), n in counted])
    yield "\nWhat went wrong on purpose, and how long until all was as before:\n"
    struck = [_of_a_fault(outcome, each) for each in outcome.faults]
    yield from table(["", "after", "seconds", "not answered"], struck)
    yield "\nMemory of those who were there at the end, MiB: medians, by quarters of their lives:\n"
    head = ["", "seconds", "first", "second", "third", "last", "last to third"]
    yield from table(head, [_of_memory(each) for each in outcome.memory])


def _of_a_fault(outcome: Outcome, struck: Struck) -> Row:
    share, seconds = f"{struck.fault.share:.0%}", f"{struck.seconds:.1f}"
    return [struck.fault.name, share, seconds, str(cut_by(outcome, struck))]


def _of_memory(grown: Grown) -> Row:
    quarters = [f"{each:.1f}" for each in grown.quarters]
    return [grown.process, str(len(grown.samples)), *quarters, f"{grown.later_growth:+.1%}"]
