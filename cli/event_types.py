"""Types of events, as they are typed."""

from collections.abc import Sequence

import typer

from cli.harmless import harmless
from events.codec import EVENT_TYPES


def wanted(types: Sequence[str] | None) -> tuple[str, ...]:
    """With a warning for each that is not written now: a log may have it from another release."""
    for each in types or ():
        if each not in EVENT_TYPES:
            known = f"is no event that this release writes: {', '.join(EVENT_TYPES)}"
            typer.echo(f"catalog: {harmless(each)} {known}.", err=True)
    return tuple(types or ())
