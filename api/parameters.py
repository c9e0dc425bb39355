"""No parameter is overlooked: one that an operation does not know is refused."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import Field, StringConstraints

from api.errors import InvalidInput

PageCursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,8000}$")]
PageLimit = Annotated[int, Field(ge=1, le=200)]


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
