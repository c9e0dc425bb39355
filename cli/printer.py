"""What a command prints bit by bit: for people, or as NDJSON."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec
import typer
from rich.console import Console
from rich.text import Text

WIDE = 160
"""Characters of a line that no terminal shows."""
NOBODY_READS = 141
"""As a shell tells of a program that SIGPIPE ended."""


class Printer:
    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._console = Console(highlight=False, soft_wrap=True)
        self.is_terminal = self._console.is_terminal
        self.width = self._console.width if self.is_terminal else WIDE

    def lines(self, lines: Iterable[Text]) -> None:
        """Each in one piece, however long."""
        with _printing():
            for line in lines:
                self._line(line)

    def document(self, document: object) -> None:
        with _printing():
            typer.echo(msgspec.json.encode(document))

    def _line(self, line: Text) -> None:
        if self.is_terminal:
            self._console.print(line)
        else:
            typer.echo(line.plain.rstrip())


@contextmanager
def _printing() -> Iterator[None]:
    """Where nobody reads any more, as behind `| head`, a command ends without a word.

    Within a connection a broken pipe would pass for the database's.
    """
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(NOBODY_READS) from None
