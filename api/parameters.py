"""No parameter is overlooked: one that an operation does not know is refused."""

import re
from typing import Annotated

from fastapi import Depends, Request
from pydantic import BeforeValidator, Field, StringConstraints

from api.errors import InvalidInput

PageCursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,8000}$")]
PARKED = "-parked"
"""Ends the ETag of a product that stands still: the one of its version is of the whole document."""
_INTEGER = re.compile("-?[0-9]+")


def _written(given: object) -> object:
    """Python's own integers may also be written `1_000`, `+5` and ` 5.0`."""
    if isinstance(given, str) and not _INTEGER.fullmatch(given):
        raise ValueError("an integer is written in digits")
    return given


IN_DIGITS = BeforeValidator(_written)
"""For every integer parameter, behind its limits: before them it would hide them from OpenAPI."""
PageLimit = Annotated[int, Field(ge=1, le=200), IN_DIGITS]


async def _only_known(request: Request) -> None:
    if not request.query_params:
        return
    path = request.scope["route"].path_format
    operation = request.app.openapi()["paths"][path][request.method.lower()]
    known = {each["name"] for each in operation["parameters"] if each["in"] == "query"}
    if unknown := [name for name in request.query_params if name not in known]:
        raise InvalidInput(errors=[_unknown(name) for name in unknown])


def _unknown(name: str) -> dict[str, str]:
    message = "this operation has no such parameter"
    return {"in": "query", "pointer": f"/{name}", "message": message}


ONLY_KNOWN = [Depends(_only_known)]
"""For routes and routers. Raises `InvalidInput`."""
