"""The files that feeds come in."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, gettempdir

from cli.feeds.endings import NoRoom
from cli.lines import STANDARD_INPUT, opened


@dataclass(frozen=True, slots=True)
class FeedFile:
    path: Path
    name: str
    """As it is spoken of."""


@contextmanager
def feed_files(paths: Sequence[Path]) -> Iterator[list[FeedFile]]:
    """A feed is read twice: what comes once, as pipes do, is kept in a file until the end.

    Raises `NoRoom`.
    """
    with ExitStack() as kept:
        streams = dict.fromkeys(path for path in paths if _comes_once(path))
        spooled = {path: kept.enter_context(_spooled(path)) for path in streams}
        yield [spooled.get(path, FeedFile(path, str(path))) for path in paths]


def _comes_once(path: Path) -> bool:
    return path == STANDARD_INPUT or (path.exists() and not (path.is_file() or path.is_dir()))


@contextmanager
def _spooled(path: Path) -> Iterator[FeedFile]:
    name = "standard input" if path == STANDARD_INPUT else str(path)
    with NamedTemporaryFile(prefix="catalog-import-") as spool:
        with opened(path) as stream:
            try:
                shutil.copyfileobj(stream, spool)
                spool.flush()
            except OSError as error:
                raise NoRoom(name, gettempdir(), error.strerror) from error
        yield FeedFile(Path(spool.name), name)
