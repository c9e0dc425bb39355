"""Errors as problem documents (RFC 9457): one table of refusals, one handler for all of them."""

from collections.abc import Mapping, Sequence
from http import HTTPMethod, HTTPStatus
from typing import Any, Literal
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api import errors
from commands import errors as refused
from commands.faults import Fault, faults, message, pointer
from events.errors import (
    AppendQueueFull,
    AppendUnconfirmed,
    DatabaseUnavailable,
    Refused,
    UnknownCatalog,
)
from queries.errors import InvalidCursor

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1
ACRONYMS = {"json": "JSON", "sku": "SKU"}

STATUS: dict[type[Refused], tuple[int, str]] = {
    errors.MalformedForm: (400, "malformed-form"),
    errors.MalformedJson: (400, "malformed-json"),
    errors.Unauthenticated: (401, "unauthenticated"),
    errors.InvalidCredentials: (401, "invalid-credentials"),
    errors.Forbidden: (403, "forbidden"),
    errors.NotFound: (404, "not-found"),
    errors.UnknownUser: (404, "unknown-user"),
    refused.UnknownProduct: (404, "unknown-product"),
    UnknownCatalog: (404, "unknown-catalog"),
    errors.MethodNotAllowed: (405, "method-not-allowed"),
    errors.CatalogExists: (409, "catalog-exists"),
    errors.UserExists: (409, "user-exists"),
    errors.LastAdministrator: (409, "last-administrator"),
    refused.InvalidTransition: (409, "invalid-transition"),
    refused.NotPublishable: (409, "not-publishable"),
    refused.ProductExists: (409, "product-exists"),
    refused.ProductIsArchived: (409, "product-archived"),
    refused.SkuTaken: (409, "sku-taken"),
    refused.VersionConflict: (412, "version-conflict"),
    errors.BodyTooLarge: (413, "body-too-large"),
    errors.UnsupportedMediaType: (415, "unsupported-media-type"),
    errors.InvalidInput: (422, "invalid-input"),
    InvalidCursor: (422, "invalid-cursor"),
    refused.IdempotencyKeyReused: (422, "idempotency-key-reused"),
    refused.UnknownCurrency: (422, "unknown-currency"),
    errors.TooManyAttempts: (429, "too-many-attempts"),
    errors.InternalError: (500, "internal-error"),
    AppendQueueFull: (503, "append-queue-full"),
    AppendUnconfirmed: (503, "append-unconfirmed"),
    DatabaseUnavailable: (503, "database-unavailable"),
    errors.ProjectionBehind: (503, "projection-behind"),
    refused.TooMuchContention: (503, "too-much-contention"),
}


class InvalidField(BaseModel):
    place: Literal["body", "path", "query", "header", "cookie"] = Field(alias="in")
    pointer: str
    """A JSON Pointer (RFC 6901) into the body, or `/name` of a parameter."""
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457). Some types carry further members."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"additionalProperties": True})

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[InvalidField] = []


type Responses = dict[int | str, dict[str, Any]]


def header(pattern: str, *, required: bool = True) -> dict[str, Any]:
    """A response header in OpenAPI."""
    return {"required": required, "schema": {"type": "string", "pattern": pattern}}


_RETRY_AFTER = {"Retry-After": header("^[0-9]+$")}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": header("^Bearer")},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}


def answers(status: int, headers: Mapping[str, str], *refusals: type[Refused]) -> Responses:
    """An operation's OpenAPI responses: its own headers, by pattern, and its refusals."""
    described = {name: header(pattern) for name, pattern in headers.items()}
    return {status: {"headers": described}} | may_refuse(*refusals)


def content(media_type: str) -> Responses:
    """A text that is no JSON."""
    return {200: {"content": {media_type: {"schema": {"type": "string"}}}}}


def may_refuse(*refusals: type[Refused]) -> Responses:
    """The OpenAPI responses of an operation that may answer with these refusals."""
    grouped: dict[int | str, list[type[Refused]]] = {}
    for refusal in refusals:
        grouped.setdefault(STATUS[refusal][0], []).append(refusal)
    return {status: _response(of) for status, of in grouped.items()}


def _response(refusals: Sequence[type[Refused]]) -> dict[str, Any]:
    described = (f"`{STATUS[refusal][1]}`: {refusal.__doc__}" for refusal in refusals)
    return {
        "description": "\n\n".join(described),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        "headers": _HEADERS.get(STATUS[refusals[0]][0], {}),
    }


def problem(request: Request, refusal: Refused) -> Response:
    status, name = STATUS[type(refusal)]
    members = dict(refusal.members)
    headers = {key: str(value) for key, value in members.pop("headers", {}).items()}  # type: ignore[attr-defined]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    document = {
        "type": f"/problems/{name}",
        "title": _title(name),
        "status": status,
        "detail": str(refusal),
        "instance": quote(request.url.path),
        "request_id": request.scope.get("state", {}).get("request_id", ""),
        **members,
    }
    return Response(msgspec.json.encode(document), status, headers, MEDIA_TYPE)


def _title(name: str) -> str:
    words = [ACRONYMS.get(word, word) for word in name.split("-")]
    return " ".join([words[0].title() if words[0].islower() else words[0], *words[1:]])


def install(app: FastAPI) -> None:
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _refused(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, Refused)  # noqa: S101 -- Starlette's handlers are typed for any error
    return problem(request, exc)


async def _invalid(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, RequestValidationError)  # noqa: S101
    found = exc.errors()
    if accepted := _other_type_than(request, exc.body):
        return problem(request, errors.UnsupportedMediaType(accepted=accepted))
    if any(error["type"] == "json_invalid" for error in found):
        return problem(request, errors.MalformedJson())
    return problem(request, errors.InvalidInput(errors=_fields(found, exc.body)))


def _other_type_than(request: Request, body: object) -> str | None:
    """The type that was wanted, when the body is there but could not be read as that."""
    given = request.headers.get("content-type", "")
    match body:
        case bytes():
            return "application/json"
        case FormData() if given and "form" not in given:
            return "application/x-www-form-urlencoded"
        case _:
            return None


def _fields(found: Sequence[dict[str, Any]], body: object) -> list[Fault]:
    in_body = [error | {"loc": error["loc"][1:]} for error in found if error["loc"][0] == "body"]
    elsewhere = [error for error in found if error["loc"][0] != "body"]
    fields = [{"in": "body", **fault} for fault in faults(in_body, body)]
    for error in elsewhere:
        place = {"in": error["loc"][0], "pointer": pointer(error["loc"][1:])}
        field = place | {"message": message(error)}
        if field not in fields:
            fields.append(field)
    return fields


async def _http(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)  # noqa: S101
    match exc.status_code:
        case HTTPStatus.METHOD_NOT_ALLOWED:
            headers = {"Allow": ", ".join(_allowed(request))}
            return problem(request, errors.MethodNotAllowed(headers=headers))
        case HTTPStatus.BAD_REQUEST if "form" in request.headers.get("content-type", ""):
            return problem(request, errors.MalformedForm())
        case HTTPStatus.BAD_REQUEST:
            return problem(request, errors.MalformedJson())
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return problem(request, errors.BodyTooLarge())
        case _:
            return problem(request, errors.NotFound())


def _allowed(request: Request) -> list[str]:
    """What any route at this address answers to; the framework's answer knows of one route."""
    found = [
        method.value
        for method in HTTPMethod
        if any(
            route.matches({**request.scope, "method": method.value})[0] is Match.FULL
            for route in request.app.routes
        )
    ]
    return [*found, "HEAD"] if "GET" in found and "HEAD" not in found else found


router = APIRouter(tags=["problems"])


@router.get(
    "/problems/{name}",
    operation_id="explain_problem",
    response_class=Response,
    responses=may_refuse(errors.NotFound) | content("text/markdown"),
)
async def explain(name: str) -> Response:
    """What a problem's `type` means and what to do about it."""
    described = {known: (status, refusal) for refusal, (status, known) in STATUS.items()}
    if name not in described:
        raise errors.NotFound
    status, refusal = described[name]
    text = f"# {name} ({status} {HTTPStatus(status).phrase})\n\n{refusal.__doc__}\n"
    return Response(text, media_type="text/markdown; charset=utf-8")
