"""A body that is looked at before it is known who reads it."""

from asyncio import CancelledError

from starlette.types import Message, Receive


class Body:
    """All of it is heard here first, and can be received once more by others."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._heard: list[Message] = []
        self._ended: CancelledError | None = None

    async def whole(self) -> bytes | None:
        """None where its sender has gone, or the process has to end before it has come."""
        try:
            self._heard.append(await self._receive())
            while self._heard[-1].get("more_body"):
                self._heard.append(await self._receive())
        except CancelledError as ended:
            self._ended = ended
        if self._ended or self._heard[-1]["type"] != "http.request":
            return None
        return b"".join(message["body"] for message in self._heard)

    async def again(self) -> Message:
        """As `Receive`: what was heard, and then what comes. Raises what ended it."""
        if self._heard:
            return self._heard.pop(0)
        if self._ended:
            raise self._ended
        return await self._receive()
