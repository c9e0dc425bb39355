"""The states of the streams that a process commanded last."""

from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

from commands.loaded import Loaded

HOT_STREAMS = 10_000


@dataclass(slots=True)
class HotStreams:
    """At most `limit` states, the least recently used of which gives way.

    What is known here may be old: another process may have appended since. So it is good for
    nothing but an append that expects its version.
    """

    limit: int = HOT_STREAMS
    _loaded: OrderedDict[tuple[str, UUID], Loaded] = field(default_factory=OrderedDict)

    def known(self, catalog: str, stream: UUID) -> Loaded | None:
        loaded = self._loaded.get((catalog, stream))
        if loaded is not None:
            self._loaded.move_to_end((catalog, stream))
        return loaded

    def learn(self, catalog: str, stream: UUID, loaded: Loaded) -> None:
        self._loaded[catalog, stream] = loaded
        self._loaded.move_to_end((catalog, stream))
        if len(self._loaded) > self.limit:
            self._loaded.popitem(last=False)

    def forget(self, catalog: str, stream: UUID) -> None:
        self._loaded.pop((catalog, stream), None)
