"""Feeds on their way to disk: how many a process takes in at a time, and what is left of each."""

import asyncio
import errno
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import structlog

from api.errors import StorageFull, TooManyUploads
from api.imports.spool import Spool, Upload
from api.places import Places
from events.errors import DatabaseUnavailable, Refused

PIECE_BYTES = 1_048_576
"""That are written at once, beside the event loop."""
RETRY_SECONDS = 60
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}

log = structlog.get_logger(__name__)


class Receiving:
    def __init__(self, directory: Path, *, limit: int) -> None:
        """In threads of their own: nobody else waits for a disk that hangs."""
        self._directory = directory
        self._places = Places(limit, TooManyUploads)
        self._threads = ThreadPoolExecutor(max(1, limit), thread_name_prefix="uploads")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def received(self, user: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[Upload]:
        """All of it, durably there; gone again if the block is refused.

        Where the block fails otherwise, nobody knows whether a job wants it: it is left to the
        worker. Raises `TooManyUploads` and `StorageFull`.
        """
        with self._places.taken(user):
            spool, upload = await self._kept(chunks)
            try:
                yield upload
            except DatabaseUnavailable:
                raise
            except Refused:
                await self._aside(spool.discard)
                raise

    async def _kept(self, chunks: AsyncIterator[bytes]) -> tuple[Spool, Upload]:
        with _room():
            spool = await self._aside(Spool, self._directory)
            try:
                async for piece in _pieces(chunks):
                    await self._aside(spool.write, piece)
                return spool, await self._aside(spool.keep)
            except BaseException:
                await self._aside(spool.discard)
                raise

    async def _aside[*Given, Made](self, work: Callable[[*Given], Made], *given: *Given) -> Made:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)


@contextmanager
def _room() -> Iterator[None]:
    """Raises `StorageFull`."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        log.error("upload_not_kept", error=repr(error))  # noqa: TRY400 -- no defect
        raise StorageFull(headers={"Retry-After": RETRY_SECONDS}) from error


async def _pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    piece = bytearray()
    async for chunk in chunks:
        piece += chunk
        if len(piece) >= PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)
