"""How far a command has come, on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

type Advance = Callable[[int], None]


@contextmanager
def through(name: str, total: int, unit: str = "events") -> Iterator[Advance]:
    """A bar, but none for nothing at all; the function takes how many there were so far."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn(f"{{task.completed:,.0f}} {unit}, {{task.fields[rate]:,.0f}}/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=total, visible=total > 0, rate=0.0)

        def advance(done: int) -> None:
            elapsed = progress.tasks[task].elapsed or 1.0
            progress.update(task, completed=done, rate=done / elapsed)

        yield advance
