"""One part after the other, none of which keeps the others from being measured."""

import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import monotonic

import typer

from benchmarks.harness.part import Part
from benchmarks.whole.lineup import Asked


@dataclass(frozen=True, slots=True)
class Measured:
    name: str
    seconds: float
    part: Part | None
    """None where it broke off."""
    broken: str | None
    """By what."""

    @property
    def failed(self) -> str | None:
        return self.broken or (self.part.failed if self.part else None)


def run(asked: Iterable[Asked]) -> Iterator[Measured]:
    for name, measure in asked:
        typer.echo(f"=== {name}", err=True)
        part, broken, began = None, None, monotonic()
        try:
            part = measure()
        except Exception as error:  # noqa: BLE001 -- whatever it stumbled over
            traceback.print_exception(error)
            broken = f"{type(error).__name__}: {error}"
        done = Measured(name, monotonic() - began, part, broken)
        typer.echo(f"=== {name}: {done.seconds:.0f} s {done.failed or ''}", err=True)
        yield done
