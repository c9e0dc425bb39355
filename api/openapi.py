"""The OpenAPI document, held to what the service really answers."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.about import ABOUT, CLIENT_SECRET, PARAMETERS
from api.errors import (
    BodyTooLarge,
    HeadersTooLarge,
    InternalError,
    InvalidInput,
    MalformedRequest,
    NestedTooDeeply,
    RequestTimeout,
    TookTooLong,
    TooManyConnections,
    TooManyRequests,
    UnknownHost,
    UnsupportedCoding,
)
from api.parameters import without_null
from api.rates.limits import RATE_HEADERS
from api.refusals import STATUS, Problem, header, may_refuse
from api.shared_responses import share
from events.errors import Refused

_EVERYWHERE = (
    HeadersTooLarge,
    InternalError,
    MalformedRequest,
    RequestTimeout,
    TookTooLong,
    TooManyConnections,
    TooManyRequests,
    UnknownHost,
)
_OF_BODIES = (BodyTooLarge, NestedTooDeeply, UnsupportedCoding)
_REPLACED = {"HTTPValidationError", "ValidationError"}
_METHODS = {"get", "put", "post", "delete", "patch"}
_RATE_HEADERS = {name: {"$ref": f"#/components/headers/{name}"} for name in RATE_HEADERS}
_HEADERS = {"X-Request-ID": header("^[A-Za-z0-9._:-]{1,128}$")}
_REQUEST_ID = {
    "name": "X-Request-ID",
    "in": "header",
    "schema": {"type": "string"},
    "description": "Names this request in logs and events; one is made when it is not well-formed",
}


_SPELT = {"i": "I", "sku": "SKU"}


def describe(app: FastAPI) -> None:
    """Make the document say of each operation what the middleware and the handlers do."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=ABOUT, routes=app.routes
    )
    components = document.setdefault("components", {})
    components["headers"] = RATE_HEADERS
    schemas = components.setdefault("schemas", {})
    for name in _REPLACED:
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    for operation in _operations(document):
        _complete(operation)
        if operation["operationId"] == "issue_token":
            operation["security"] = [{}, {"ClientSecret": []}]
            components["securitySchemes"]["ClientSecret"] = CLIENT_SECRET
    everywhere = {STATUS[refusal][1] for refusal in _EVERYWHERE}
    components["responses"] = share(_operations(document), everywhere)
    _close(document)
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from (operation for method, operation in path.items() if method in _METHODS)


def _complete(operation: dict[str, Any]) -> None:
    operation["summary"] = _summary(operation["operationId"])
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        schema = parameter["schema"] = without_null(parameter["schema"])
        said = schema.get("description") or PARAMETERS.get(parameter["name"])
        parameter.setdefault("description", said)
    parameters.append(_REQUEST_ID)
    responses = operation["responses"]
    refusals = (InvalidInput,) if _is_fastapis(responses) else ()
    responses |= {str(status): said for status, said in may_refuse(*refusals).items()}
    _refuse(responses, *_EVERYWHERE, *(_OF_BODIES if "requestBody" in operation else ()))
    counts = _names(responses, *STATUS[TooManyRequests])
    for response in responses.values():
        response["headers"] = response.get("headers", {}) | _HEADERS
        if counts:
            response["headers"] |= _RATE_HEADERS


def _summary(operation_id: str) -> str:
    first, *others = (_SPELT.get(word, word) for word in operation_id.split("_"))
    return " ".join([first.capitalize(), *others])


def _refuse(responses: dict[str, Any], *refusals: type[Refused]) -> None:
    """Beside what an operation refuses by itself."""
    new = [each for each in refusals if not _names(responses, *STATUS[each])]
    for status, said in may_refuse(*new).items():
        known = responses.setdefault(str(status), said)
        if known is not said:
            known["description"] += "\n\n" + said["description"]
            known["content"] |= said["content"]


def _names(responses: dict[str, Any], status: int, problem: str) -> bool:
    return f"`{problem}`" in responses.get(str(status), {}).get("description", "")


def _close(node: object) -> None:
    """A map whose names have a pattern has no other names."""
    match node:
        case dict():
            if "patternProperties" in node:
                node["additionalProperties"] = False
            for each in node.values():
                _close(each)
        case list():
            for each in node:
                _close(each)
        case _:
            pass


def _is_fastapis(responses: dict[str, Any]) -> bool:
    """Whether 422 is described by FastAPI's own schema, and not by one of ours."""
    return "HTTPValidationError" in str(responses.get("422"))
