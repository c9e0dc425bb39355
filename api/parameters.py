"""Parameters of many operations; what an operation does not know, or knows once, is refused."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from api.errors import InvalidInput

PageCursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,8000}$")]
PARKED = "-parked"
"""Ends the ETag of a product that stands still: the one of its version is of the whole document."""
_INTEGER = re.compile("-?[0-9]+")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _written(given: object) -> object:
    """Python's own integers may also be written `1_000`, `+5` and ` 5.0`."""
    if isinstance(given, str) and not _INTEGER.fullmatch(given):
        raise ValueError("an integer is written in digits")
    return given


IN_DIGITS = BeforeValidator(_written)
"""For every integer parameter, behind its limits: before them it would hide them from OpenAPI."""
PageLimit = Annotated[int, Field(ge=1, le=200), IN_DIGITS]


def moment(text: str) -> datetime:
    if not _RFC_3339.fullmatch(text):
        raise ValueError("a moment is written as RFC 3339 has it: 2024-05-01T12:00:00Z")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this moment is out of range in UTC") from error


type Moment = Annotated[
    datetime,
    BeforeValidator(moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]

type Described = dict[str, Any]
"""A parameter, as OpenAPI has it."""

_DESCRIBED: dict[str, Sequence[Described]] = {}


async def _only_known(request: Request) -> None:
    if not request.query_params:
        return
    described = _described(request.scope["route"])
    given = Counter(name for name, _ in request.query_params.multi_items())
    errors = [
        {"in": "query", "pointer": f"/{name}", "message": message}
        for name, times in given.items()
        if (message := _objection(_schema(described, name), times))
    ]
    if errors:
        raise InvalidInput(errors=errors)


def _described(route: APIRoute) -> Sequence[Described]:
    """What may be in the query. The whole document would keep the first such request waiting."""
    if route.unique_id not in _DESCRIBED:
        document = get_openapi(title="", version="", routes=[route])
        [operation] = document["paths"][route.path_format].values()
        _DESCRIBED[route.unique_id] = [
            each | {"schema": without_null(each["schema"])}
            for each in operation.get("parameters", ())
            if each["in"] == "query"
        ]
    return _DESCRIBED[route.unique_id]


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is absent or a text, never null."""
    match schema:
        case {"anyOf": [dict(some), {"type": "null"}], **rest}:
            return some | rest
        case _:
            return schema


def _schema(described: Iterable[Described], name: str) -> dict[str, Any] | None:
    """An object's members are parameters of their own: `style: form`, `explode: true`."""
    for each in described:
        schema: dict[str, Any] = each["schema"]
        members = schema.get("patternProperties")
        if not members and each["name"] == name:
            return schema
        for pattern, member in (members or {}).items():
            if re.fullmatch(pattern, name):
                return cast("dict[str, Any]", member)
    return None


def _objection(schema: dict[str, Any] | None, times: int) -> str | None:
    if schema is None:
        return "this operation has no such parameter"
    if times > 1 and schema.get("type") != "array":
        return "this parameter is given once"
    return None


ONLY_KNOWN = [Depends(_only_known)]
"""For routes and routers: none is unknown, and only lists are given twice. Raises `InvalidInput`.
"""
