"""How far a command has come through a log, on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

type Advance = Callable[[int], None]


@contextmanager
def through_log(name: str, head: int) -> Iterator[Advance]:
    """A bar, but none for a log without events; the function takes the position reached."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f} events, {task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=head, visible=head > 0, rate=0.0)

        def advance(position: int) -> None:
            elapsed = progress.tasks[task].elapsed or 1.0
            progress.update(task, completed=position, rate=position / elapsed)

        yield advance
