"""Which events somebody asks for: the parameters that all questions about the log share."""

from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field, StringConstraints

from api.parameters import Moment
from commands.input import NO_NUL
from events.codec import EVENT_TYPES
from events.selection import Selection

MOST_TYPES = 50
type EventType = Annotated[str, StringConstraints(pattern="^[A-Za-z]{1,64}$")]


async def _selected(
    types: Annotated[
        list[EventType],
        Query(
            alias="type",
            max_length=MOST_TYPES,
            description="Repeated, events of any of them. Written now are"
            f" {', '.join(f'`{name}`' for name in EVENT_TYPES)}; a log may have others, of other"
            " releases",
        ),
    ] = [],  # noqa: B006 -- FastAPI takes it for the value that is not given
    actor: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=255,
            pattern=NO_NUL,
            description="The user, or what else appended it, by its whole name",
        ),
    ] = None,
    since: Annotated[
        Moment | None, Field(description="That occurred at this moment or later")
    ] = None,
    until: Annotated[Moment | None, Field(description="That occurred before it")] = None,
) -> Selection:
    return Selection(types=tuple(types), actor=actor, since=since, until=until)


type Selected = Annotated[Selection, Depends(_selected)]
"""Of every product, unless its operation says whose."""
