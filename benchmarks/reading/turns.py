"""Who is asked what: the questions of a plan, put to those who answer for one catalog."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from benchmarks.asking.asking import Asking, Target
from benchmarks.asking.python_client import ask_each
from benchmarks.asking.sources import Source
from benchmarks.material.feeds import Row
from benchmarks.reading.kinds import HOT, KINDS, UNCHANGED, Kind
from benchmarks.reading.lineup import Lineup
from benchmarks.reading.plan import Plan


@dataclass(frozen=True, slots=True)
class Turn:
    name: str
    asking: Asking
    source: Source | None = None
    """Where its products have to be found."""

    def rotated(self, share: float) -> Self:
        """Begun elsewhere in the targets: where one round does not come to an end, all do."""
        targets = self.asking.targets
        first = int(share * len(targets))
        return replace(
            self, asking=replace(self.asking, targets=[*targets[first:], *targets[:first]])
        )


async def turns(lineup: Lineup, asked_for: Sequence[Row], plan: Plan) -> list[Turn]:
    """Lists and searches have the words of the rows `asked_for`."""
    together = [
        Turn(name, _asking(lineup, kind, asked_for, plan.connections), kind.source)
        for name, kind in KINDS.items()
        if name in plan.together
    ]
    if UNCHANGED in plan.together:
        together.append(await _unchanged(lineup, plan.connections))
    alone = [each for each in together if each.name in plan.alone]
    return [
        *together,
        *(replace(each, asking=replace(each.asking, connections=1)) for each in alone),
    ]


async def _unchanged(lineup: Lineup, connections: int) -> Turn:
    """The hot products, as whoever has them asks again."""
    hot = KINDS[HOT]
    asking = _asking(lineup, hot, (), connections)
    tagged = [
        Target(each.target.path, each.answer.headers["etag"]) for each in await ask_each(asking)
    ]
    return Turn(UNCHANGED, replace(asking, targets=tagged), hot.source)


def _asking(lineup: Lineup, kind: Kind, rows: Sequence[Row], connections: int) -> Asking:
    return Asking(
        address=lineup.addresses[kind.contestant],
        targets=kind.questions(lineup.products, rows),
        headers={"Authorization": f"Bearer {lineup.token}"},
        connections=connections,
    )
