"""The log's tree, grown event by event, against stored nodes and signed roots."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from events.database import Connection, statement
from events.frontier import PAGE_BITS, Frontier, Node
from events.merkle import leaf_hash
from events.verify.finding import Finding, Kind, positions
from events.verify.signed import Signed

_NODES = statement(__package__, "sql/read_nodes.sql")

type Nodes = dict[tuple[int, int], bytes]
"""Hashes by level and index: a 255th as many as there are events."""


async def read_nodes(connection: Connection, catalog: str) -> Nodes:
    rows = await connection.fetch(_NODES, catalog)
    return {(level, index): hash_ for level, index, hash_ in rows}


@dataclass(slots=True)
class Tree:
    """`agreed` events are as they were signed; from a gap on nothing more can be hashed."""

    catalog: str
    nodes: Nodes
    signed: int
    """Nodes are written up to here: the size of the newest signed checkpoint that is kept."""
    frontier: Frontier = field(default_factory=Frontier)
    agreed: int = 0
    broken: bool = False

    def grow(self, digests: Sequence[bytes], signed: Sequence[Signed]) -> Iterator[Finding]:
        """Adds the next events; `signed` are checkpoints in order, of sizes that this reaches."""
        done, start = 0, self.frontier.size
        for each in signed:
            done, before = max(done, each.head.size - start), done
            yield from self._extend(digests[before:done])
            yield from self._compare(each)
        yield from self._extend(digests[done:])

    def end(self) -> Iterator[Finding]:
        """What is stored of a tree that the log does not have, or no longer."""
        if self.broken:
            return
        for (level, index), hash_ in self.nodes.items():
            node = Node(level, index, hash_)
            yield self._node_finding(node, "none, as there are no such events", hash_.hex())

    def unreachable(self, signed: Signed) -> Finding:
        """A checkpoint of more events than the log has, or than can be hashed."""
        first, last = self.frontier.size + 1, signed.head.size
        kind: Kind = "root" if self.broken else "tail"
        found = f"no event at position {first}"
        return self._finding(kind, first, last, _said(signed), found)

    def _extend(self, digests: Sequence[bytes]) -> Iterator[Finding]:
        for node in self.frontier.extend(map(leaf_hash, digests)):
            stored = self.nodes.pop((node.level, node.index), None)
            last = (node.index + 1) << PAGE_BITS * node.level
            if stored != node.hash and (stored or last <= self.signed):
                yield self._node_finding(node, node.hash.hex(), stored.hex() if stored else "none")

    def _compare(self, signed: Signed) -> Iterator[Finding]:
        root, size = self.frontier.root, self.frontier.size
        if root != signed.head.root:
            yield self._finding("root", self.agreed + 1, size, _said(signed), f"root {root.hex()}")
        elif self.agreed < size:
            self.agreed = size

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

    def _finding(self, kind: Kind, first: int, last: int, expected: str, found: str) -> Finding:
        place = {"position": positions(first, last), "checkpoint": last}
        return Finding(kind=kind, catalog=self.catalog, place=place, expected=expected, found=found)


def _said(signed: Signed) -> str:
    return f"root {signed.head.root.hex()} as signed in {signed.source}"
