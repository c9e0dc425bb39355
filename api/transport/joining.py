"""The head of an answer and its body in one write: a system call for both, and often one packet."""

import asyncio


class Joining(asyncio.WriteTransport):
    """What one answer is written to.

    The head waits for what is written next, until the loop's next turn: an answer that lasts may
    have nothing to say for long after it. A `100 Continue` is taken for the head, and goes alone.
    """

    __slots__ = ("_head", "_is_begun", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._head: bytes | None = None
        self._is_begun = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._head is not None:
            head, self._head = self._head, None
            self._transport.writelines((head, data) if data else (head,))
        elif self._is_begun:
            self._transport.write(data)
        else:
            self._is_begun, self._head = True, bytes(data)
            asyncio.get_running_loop().call_soon(self._send_head)

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        self._send_head()
        self._transport.close()

    def _send_head(self) -> None:
        """Unless it has gone with a body, or nobody is there any more."""
        if self._head is not None and not self._transport.is_closing():
            head, self._head = self._head, None
            self._transport.write(head)
