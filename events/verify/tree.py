"""The log's tree, grown event by event, against stored nodes and signed roots."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile

from events.database import Connection, statement
from events.frontier import PAGE, PAGE_BITS, Frontier, Node
from events.merkle import leaf_hash
from events.recorded import Recorded
from events.verify.disagreement import Disagreement, Positions
from events.verify.finding import Finding, Kind, positions
from events.verify.signed import Signed

_NODES = statement(__package__, "sql/read_nodes.sql")
_SIGNED = statement(__package__, "sql/read_newest_size.sql")


@dataclass(slots=True)
class Tree:
    """`agreed` events are as they were signed; from a gap on nothing more can be hashed."""

    catalog: str
    nodes: dict[tuple[int, int], bytes]
    """Hashes that are stored, by level and index: a 255th as many as there are events."""
    signed: int
    """Nodes are written up to here: the size of the newest signed checkpoint that is kept."""
    frontier: Frontier = field(default_factory=Frontier)
    agreed: int = 0
    broken: bool = False
    disagreement: Disagreement | None = None
    suspect: list[Positions] = field(default_factory=list)
    """Pages of leaves that are not as their stored hashes have them."""

    def grow(self, events: Sequence[Recorded], due: Iterable[Signed]) -> Iterator[Finding]:
        """Adds the next events, and compares with the checkpoints that fall due by then."""
        consecutive = [] if self.broken else _consecutive(events, self.frontier.size)
        self.broken = self.broken or len(consecutive) < len(events)
        digests = iter(consecutive)
        for each in sorted(due, key=lambda each: each.head.size):
            yield from self._extend(islice(digests, max(0, each.head.size - self.frontier.size)))
            yield from self._compare(each)
        yield from self._extend(digests)

    def end(self) -> Iterator[Finding]:
        """What is left to say, and what is stored of a tree that the log does not have."""
        yield from self._settle()
        if self.broken:
            return
        for (level, index), hash_ in self.nodes.items():
            node = Node(level, index, hash_)
            yield self._node_finding(node, "none, as there are no such events", hash_.hex())

    def _extend(self, digests: Iterable[bytes]) -> Iterator[Finding]:
        for node in self.frontier.extend(map(leaf_hash, digests)):
            stored = self.nodes.pop((node.level, node.index), None)
            last = (node.index + 1) << PAGE_BITS * node.level
            if stored != (node.hash if last <= self.signed else None):
                expected = f"{node.hash.hex()} once {last} events are signed"
                yield self._node_finding(node, expected, stored.hex() if stored else "none")
            if node.level == 1 and stored not in {None, node.hash}:
                self.suspect.append((last - PAGE + 1, last))

    def _compare(self, signed: Signed) -> Iterator[Finding]:
        root, reached, size = self.frontier.root, self.frontier.size, signed.head.size
        if reached < size:
            kind: Kind = "root" if self.broken else "tail"
            missing = f"no event at position {reached + 1}"
            yield from self._disagree(Disagreement(kind, signed, reached + 1, missing))
        elif root != signed.head.root:
            found = f"root {root.hex()}"
            yield from self._disagree(Disagreement("root", signed, self.agreed + 1, found))
        else:
            yield from self._settle()
            self.agreed = size

    def _disagree(self, with_: Disagreement) -> Iterator[Finding]:
        if self.disagreement and self.disagreement.kind == with_.kind:
            self.disagreement.joined(with_.signed)
        else:
            yield from self._settle()
            self.disagreement = with_

    def _settle(self) -> Iterator[Finding]:
        if self.disagreement:
            yield self.disagreement.finding(self.catalog, self.suspect)
            self.disagreement = None

    def _node_finding(self, node: Node, expected: str, found: str) -> Finding:
        leaves = 1 << PAGE_BITS * node.level
        place = {
            "level": node.level,
            "index": node.index,
            "position": positions(node.index * leaves + 1, (node.index + 1) * leaves),
        }
        return Finding(
            kind="tree-node", catalog=self.catalog, place=place, expected=expected, found=found
        )


def _consecutive(events: Sequence[Recorded], size: int) -> list[bytes]:
    """The digests of the events that follow `size` others without a gap."""
    numbered = enumerate(events, size + 1)
    return [event.digest for _, event in takewhile(lambda n: n[1].position == n[0], numbered)]


async def read_tree(connection: Connection, catalog: str) -> Tree:
    """What is stored of a catalog's tree, before any of its events has been added."""
    nodes = await connection.fetch(_NODES, catalog)
    signed = await connection.fetchval(_SIGNED, catalog)
    return Tree(catalog, {(level, index): hash_ for level, index, hash_ in nodes}, signed)
