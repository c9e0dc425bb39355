"""What may be found wrong with a log, or with what is kept about it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

type Kind = Literal[
    "digest",
    "form",
    "gap",
    "version",
    "time",
    "unreadable",
    "limits",
    "head",
    "stream",
    "claim",
    "receipt",
    "snapshot",
    "tree-node",
    "guard",
    "key",
    "signature",
    "root",
    "tail",
]
"""`docs/auditing.md` says what each of them means."""

WARNINGS: frozenset[Kind] = frozenset({"unreadable", "limits"})
"""Nobody need have tampered: another version of the service may have written it."""

ANY = "*"
"""In place of a catalog, where a finding is of no single one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`place` names positions, streams, claims and the like; the rest is said in words."""

    kind: Kind
    catalog: str
    place: Mapping[str, object] = field(default_factory=dict)
    expected: str
    found: str

    @property
    def is_warning(self) -> bool:
        return self.kind in WARNINGS

    def __str__(self) -> str:
        place = "".join(f", {name} {value}" for name, value in self.place.items())
        return f"{self.kind}: {self.catalog}{place}: expected {self.expected}, found {self.found}"

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def positions(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
