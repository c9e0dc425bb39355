"""Errors as problem documents (RFC 9457): one handler for all of them."""

from collections.abc import Sequence
from http import HTTPMethod, HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec
import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api import errors
from api.refusals import MEDIA_TYPE, STATUS, content, may_refuse, problem_type
from commands.faults import Fault, faults, message, pointer
from events.errors import Refused
from queries.errors import LogDamaged

RETRY_AFTER_SECONDS = 1
ACRONYMS = {"json": "JSON", "sku": "SKU"}

log = structlog.get_logger(__name__)


def problem(request: Request, refusal: Refused) -> Response:
    status, name = STATUS[type(refusal)]
    request.state.problem = name
    members = dict(refusal.members)
    headers = {key: str(value) for key, value in members.pop("headers", {}).items()}  # type: ignore[attr-defined]
    headers.setdefault("Cache-Control", "no-store")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    document = {
        "type": problem_type(type(refusal)),
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
    if isinstance(exc, LogDamaged):
        log.error("log_damaged", catalog=request.path_params["catalog"], **exc.members)
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
        case HTTPStatus.UNPROCESSABLE_ENTITY:
            return problem(request, errors.NestedTooDeeply())
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
    text = f"# {name}\n\nHTTP status {status} ({HTTPStatus(status).phrase}).\n\n{refusal.__doc__}\n"
    return Response(text, media_type="text/markdown; charset=utf-8")
