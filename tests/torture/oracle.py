"""Judges a history: every promise of the log that it shows to be broken."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from tests.torture.history import Acknowledged, Answer, Entry, History, Refused, Unanswered, Write
from tests.torture.verdict import Fault, Violation

type Places = Mapping[Write, Sequence[Entry]]


def violations(history: History) -> list[Violation]:
    places = _places(history)
    return [
        *_numbering(history),
        *_strangers(history),
        *(found for write in history.writes for found in _written(write, places[write])),
        *_keys(history.writes, places),
        *(found for tail in history.tails for found in _tail(tail, history.log)),
        *_claims(history, places),
    ]


def _places(history: History) -> Places:
    asked = {fact: write for write in history.writes for fact in write.facts}
    places: dict[Write, list[Entry]] = {write: [] for write in history.writes}
    for entry in history.log:
        if entry.fact in asked:
            places[asked[entry.fact]].append(entry)
    return places


def _strangers(history: History) -> Iterator[Violation]:
    asked = {fact for write in history.writes for fact in write.facts}
    for entry in history.log:
        if entry.fact not in asked:
            yield Violation(Fault.UNKNOWN, entry)


def _numbering(history: History) -> Iterator[Violation]:
    reached: Counter[UUID] = Counter()
    for position, entry in enumerate(history.log, 1):
        if entry.position != position:
            yield Violation(Fault.POSITION_GAP, entry)
        reached[entry.stream] += 1
        if entry.version != reached[entry.stream]:
            yield Violation(Fault.VERSION_GAP, entry)
    if history.head != len(history.log):
        yield Violation(Fault.WRONG_HEAD, history.head)
    if history.versions != reached:
        yield Violation(Fault.WRONG_STREAM_VERSION, history.versions)


def _written(write: Write, found: Sequence[Entry]) -> Iterator[Violation]:
    if not found:
        if any(isinstance(answer.heard, Acknowledged) for answer in write.answers):
            yield Violation(Fault.LOST, write)
        return
    if any(count > 1 for count in Counter(entry.fact for entry in found).values()):
        yield Violation(Fault.DOUBLED, write)
    elif tuple(entry.fact for entry in found) != write.facts or not _together(found):
        yield Violation(Fault.TORN, write)
    if all(isinstance(answer.heard, Refused) for answer in write.answers):
        yield Violation(Fault.UNWANTED, write)
    if write.stream not in {None, found[0].stream}:
        yield Violation(Fault.MISPLACED, write)
    if write.expected not in {None, found[0].version - 1}:
        yield Violation(Fault.UNEXPECTED_VERSION, write)
    yield from _answered(write, found)


def _together(entries: Sequence[Entry]) -> bool:
    first = entries[0]
    return all(
        (entry.stream, entry.position, entry.version)
        == (first.stream, first.position + offset, first.version + offset)
        for offset, entry in enumerate(entries)
    )


def _answered(write: Write, found: Sequence[Entry]) -> Iterator[Violation]:
    place = (found[-1].stream, found[-1].version, found[-1].position)
    new = 0
    for answer in write.answers:
        heard = answer.heard
        if isinstance(heard, Acknowledged):
            if (heard.stream, heard.version, heard.position) != place:
                yield Violation(Fault.MISPLACED, write)
            if not heard.replayed and found[0].position <= answer.head:
                yield Violation(Fault.EARLY, write)
            new += not heard.replayed
        if write.key and not _replayed(answer, found[-1].position):
            yield Violation(Fault.NOT_REPLAYED, write)
    if new > 1:
        yield Violation(Fault.CONFIRMED_TWICE, write)


def _replayed(answer: Answer, written_at: int) -> bool:
    match answer.heard:
        case Unanswered() | Acknowledged(replayed=True):
            return True
        case _:
            return answer.head < written_at


def _keys(writes: Sequence[Write], places: Places) -> Iterator[Violation]:
    effects = Counter(write.key for write in writes if write.key and places[write])
    for key, count in effects.items():
        if count > 1:
            yield Violation(Fault.KEY_SHARED, key)
    reused = Refused("idempotency-key-reused")
    for write in writes:
        others = effects[write.key or ""] - bool(places[write])
        if not others and any(answer.heard == reused for answer in write.answers):
            yield Violation(Fault.KEY_WITHOUT_EFFECT, write)


def _tail(met: Sequence[Entry], log: Sequence[Entry]) -> Iterator[Violation]:
    there, seen, last = {entry.position: entry for entry in log}, set[int](), 0
    for entry in met:
        if entry.position in seen:
            yield Violation(Fault.REPEATED, entry)
        elif entry.position < last:
            yield Violation(Fault.REORDERED, entry)
        elif there.get(entry.position) != entry:
            yield Violation(Fault.REWRITTEN, entry)
        seen.add(entry.position)
        last = entry.position
    for position in there.keys() - seen:
        yield Violation(Fault.MISSED, there[position])


def _claims(history: History, places: Places) -> Iterator[Violation]:
    held: dict[str, UUID] = {}
    written = (write for write in history.writes if places[write])
    for write in sorted(written, key=lambda write: places[write][0].position):
        yield from _moved(held, write, places[write][0].stream)
    for value in held.keys() - history.claims.keys():
        yield Violation(Fault.CLAIM_LOST, value)
    for value, holder in history.claims.items():
        if held.get(value) != holder:
            yield Violation(Fault.CLAIM_KEPT, value)


def _moved(held: dict[str, UUID], write: Write, stream: UUID) -> Iterator[Violation]:
    for value, taken in write.claims.items():
        if taken and held.setdefault(value, stream) != stream:
            yield Violation(Fault.CLAIM_STOLEN, write)
        elif not taken and held.get(value) == stream:
            del held[value]
