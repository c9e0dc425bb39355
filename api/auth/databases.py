"""The databases that know of sessions, keys and catalogs: where one fails the next is asked."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from events.circuit import Away, Circuit, Told
from events.errors import DatabaseUnavailable

ANSWER_SECONDS = 2.0
"""The longest that one of them is waited for."""


class Databases:
    """The primary, whose word counts, and what follows it; who is away is left alone by all."""

    def __init__(
        self, engines: dict[str, AsyncEngine], told: Callable[[str], Told] | None = None
    ) -> None:
        """`engines` by the names under which logs and `told` know them, the primary first."""
        self._ways = [
            (
                engine,
                Circuit(
                    name,
                    faults=(DatabaseUnavailable,),
                    deadline_seconds=ANSWER_SECONDS,
                    told=told(name) if told else lambda _: None,
                ),
            )
            for name, engine in engines.items()
        ]

    def is_primary(self, engine: AsyncEngine) -> bool:
        return engine is self._ways[0][0]

    async def answer[T](self, read: Callable[[AsyncEngine], Awaitable[T]]) -> T:
        """What `read` has from the first that answers. Raises DatabaseUnavailable."""
        for engine, circuit in self._ways:
            try:
                async with circuit.asked():
                    return await read(engine)
            except Away:
                continue
        raise DatabaseUnavailable
