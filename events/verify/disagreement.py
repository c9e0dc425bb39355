"""A signed checkpoint that the log does not agree with, and others for the same reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from events.verify.finding import Finding, Kind, counted, positions
from events.verify.signed import Signed

type Positions = tuple[int, int]
"""The first and the last."""


@dataclass(slots=True)
class Disagreement:
    """One change disagrees with every checkpoint from there on: it is one finding."""

    kind: Kind
    signed: Signed
    first: int
    found: str
    others: int = 0

    def joined(self, signed: Signed) -> None:
        """By a later checkpoint. Of a tail the largest is named: it says how much is missing."""
        self.others += 1
        if self.kind == "tail" and signed.head.size > self.signed.head.size:
            self.signed = signed

    def finding(self, catalog: str, suspect: Iterable[Positions]) -> Finding:
        """Its positions are those that are `suspect` for another reason too, if any is."""
        first, last = self._narrowed(suspect)
        place = {"position": positions(first, last), "checkpoint": self.signed.head.size}
        expected = f"root {self.signed.head.root.hex()} as signed in {self.signed.source}"
        more = f", and {counted(self.others, 'other checkpoint')} likewise" if self.others else ""
        found = self.found + more
        return Finding(kind=self.kind, catalog=catalog, place=place, expected=expected, found=found)

    def _narrowed(self, suspect: Iterable[Positions]) -> Positions:
        last = self.signed.head.size
        within = [(a, b) for a, b in suspect if a <= last and b >= self.first]
        if not within:
            return self.first, last
        return max(self.first, within[0][0]), min(last, within[-1][1])
