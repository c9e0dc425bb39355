"""What feeds should do to a catalog, in plain Python: each row by itself, one after the other."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from commands.feeds.report import Counts, Effect, Mode


@dataclass(frozen=True, slots=True)
class ToldRow:
    """Without a name it is refused; without a SKU nobody knows of which product, too."""

    sku: str | None
    name: str
    archived: bool

    def line(self) -> str:
        row = {"name": self.name} | ({"sku": self.sku} if self.sku else {})
        return json.dumps(row | ({"status": "archived"} if self.archived else {}))


@dataclass(frozen=True, slots=True)
class ToldFeed:
    source: str
    mode: Mode
    rows: Sequence[ToldRow]
    dry_run: bool


@dataclass(slots=True)
class Thing:
    name: str
    story: list[str]
    """Its events."""
    archived_by: str | None = None
    """The source whose sync did it, while nothing else has happened since."""

    @property
    def is_archived(self) -> bool:
        return self.story[-1] == "archived"

    def happens(self, *events: str) -> None:
        self.story += events
        self.archived_by = None

    def archives(self, source: str | None = None) -> bool:
        """Whether there was something to do."""
        if self.is_archived:
            return False
        self.happens("archived")
        self.archived_by = source
        return True

    def restores(self) -> None:
        if self.is_archived:
            self.happens("restored")

    def renames(self, name: str) -> bool:
        """Whether there was something to do."""
        if name == self.name:
            return False
        self.happens(f"renamed {name}")
        self.name = name
        return True


@dataclass(slots=True)
class CatalogModel:
    things: dict[str, Thing] = field(default_factory=dict)
    offered: dict[str, set[str]] = field(default_factory=dict)
    """SKUs by source."""

    @property
    def stories(self) -> dict[str, list[str]]:
        return {sku: thing.story for sku, thing in self.things.items()}

    def imports(self, feed: ToldFeed) -> tuple[Counts, list[int]]:
        """What becomes of the rows, and the lines of those that fail."""
        counts, failed, seen = Counts(rows=len(feed.rows)), list[int](), set[str]()
        for line, row in enumerate(feed.rows, 1):
            effect = None if row.sku in seen else self._effect(feed.source, row)
            if effect:
                counts.count(effect)
            else:
                failed.append(line)
            if row.sku:
                seen.add(row.sku)
        counts.failed = len(failed)
        counts.unidentified = sum(row.sku is None for row in feed.rows)
        if feed.mode == "sync" and not counts.unidentified and counts.failed < counts.rows:
            counts.archived = self._misses(feed.source, seen)
        return counts, failed

    def _effect(self, source: str, row: ToldRow) -> Effect | None:
        """None where the row is refused."""
        if not row.sku or not row.name:
            return None
        thing = self.things.get(row.sku)
        effect = self._follows(source, thing, row) if thing else self._begins(row.sku, row)
        if effect:
            self.offered.setdefault(source, set()).add(row.sku)
        return effect

    def _begins(self, sku: str, row: ToldRow) -> Effect:
        self.things[sku] = Thing(row.name, [f"registered {row.name}"])
        if row.archived:
            self.things[sku].archives()
        return "created"

    def _follows(self, source: str, thing: Thing, row: ToldRow) -> Effect | None:
        if thing.is_archived and row.archived:
            return self._stays(source, thing, row)
        if thing.is_archived:
            return self._returns(thing, row)
        differs = [thing.renames(row.name), row.archived and thing.archives()]
        return "changed" if any(differs) else "unchanged"

    def _stays(self, source: str, thing: Thing, row: ToldRow) -> Effect | None:
        if row.name != thing.name:
            return None
        if thing.archived_by == source:
            thing.archived_by = None
        return "unchanged"

    def _returns(self, thing: Thing, row: ToldRow) -> Effect | None:
        if thing.archived_by is None:
            return None
        thing.restores()
        thing.renames(row.name)
        return "restored"

    def _misses(self, source: str, seen: set[str]) -> int:
        """How many products are archived."""
        missing = self.offered.get(source, set()) - seen
        elsewhere = [skus for other, skus in self.offered.items() if other != source]
        self.offered[source] = self.offered.get(source, set()) - missing
        alone = [sku for sku in missing if not any(sku in skus for skus in elsewhere)]
        return sum(self.things[sku].archives(source) for sku in alone)
