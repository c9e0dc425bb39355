"""What a command prints bit by bit: for people, or as NDJSON."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from cli.written import writing

WIDE = 160
"""Characters of a line that no terminal shows."""
NOTHING = "catalog: nothing of it is in that range, under those filters."


class Printer:
    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._console = Console(highlight=False, soft_wrap=True)
        self.is_terminal = self._console.is_terminal
        self.width = self._console.width if self.is_terminal else WIDE

    def lines(self, lines: Iterable[Text]) -> None:
        """Each in one piece, however long."""
        with writing():
            for line in lines:
                self._line(line)

    def document(self, document: object) -> None:
        with writing():
            typer.echo(msgspec.json.encode(document))

    def _line(self, line: Text) -> None:
        if self.is_terminal:
            self._console.print(line)
        else:
            typer.echo(line.plain.rstrip())


async def noted[T](items: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """Those items, closed at their end; that there is none is told on standard error."""
    nothing = True
    async with aclosing(items):
        async for item in items:
            nothing = False
            yield item
    if nothing:
        typer.echo(NOTHING, err=True)
