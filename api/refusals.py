"""One table of refusals: the status and the name of each, and how OpenAPI tells of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api import errors
from commands import errors as refused
from events.errors import (
    AppendQueueFull,
    AppendUnconfirmed,
    DatabaseUnavailable,
    Refused,
    Undecodable,
    UnknownCatalog,
    UnknownVersion,
)
from projections.asking import NotParked, ParkedElsewhere
from queries.errors import (
    InvalidCursor,
    LogDamaged,
    NoCheckpoint,
    NotCovered,
    NumberTooLarge,
    QueryTooSlow,
    ReadTablesOutdated,
    TooManyQueries,
)

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[Refused], tuple[int, str]] = {
    errors.MalformedForm: (400, "malformed-form"),
    errors.MalformedJson: (400, "malformed-json"),
    errors.MalformedRequest: (400, "malformed-request"),
    errors.Unauthenticated: (401, "unauthenticated"),
    errors.InvalidCredentials: (401, "invalid-credentials"),
    errors.Forbidden: (403, "forbidden"),
    errors.NotFound: (404, "not-found"),
    errors.UnknownIntervention: (404, "unknown-intervention"),
    errors.UnknownClient: (404, "unknown-client"),
    errors.UnknownSession: (404, "unknown-session"),
    errors.UnknownUser: (404, "unknown-user"),
    refused.UnknownJob: (404, "unknown-job"),
    refused.UnknownProduct: (404, "unknown-product"),
    UnknownCatalog: (404, "unknown-catalog"),
    UnknownVersion: (404, "unknown-version"),
    NoCheckpoint: (404, "no-checkpoint"),
    NotCovered: (404, "not-covered"),
    errors.MethodNotAllowed: (405, "method-not-allowed"),
    errors.RequestTimeout: (408, "request-timeout"),
    errors.BeyondLog: (409, "beyond-log"),
    errors.CatalogExists: (409, "catalog-exists"),
    errors.UserExists: (409, "user-exists"),
    errors.LastAdministrator: (409, "last-administrator"),
    refused.InvalidTransition: (409, "invalid-transition"),
    refused.NotPublishable: (409, "not-publishable"),
    refused.ProductExists: (409, "product-exists"),
    refused.ProductIsArchived: (409, "product-archived"),
    NotParked: (409, "not-parked"),
    ParkedElsewhere: (409, "parked-elsewhere"),
    refused.ImportRunning: (409, "import-running"),
    refused.JobEnded: (409, "job-ended"),
    refused.RebuildRunning: (409, "rebuild-running"),
    refused.SkuTaken: (409, "sku-taken"),
    refused.TooManyImports: (409, "too-many-imports"),
    Undecodable: (409, "unreadable-stream"),
    refused.VersionConflict: (412, "version-conflict"),
    errors.BodyTooLarge: (413, "body-too-large"),
    errors.UnsupportedCoding: (415, "unsupported-coding"),
    errors.UnsupportedMediaType: (415, "unsupported-media-type"),
    errors.UnknownHost: (421, "unknown-host"),
    errors.InvalidInput: (422, "invalid-input"),
    InvalidCursor: (422, "invalid-cursor"),
    errors.NestedTooDeeply: (422, "nested-too-deeply"),
    NumberTooLarge: (422, "number-too-large"),
    refused.EmptyFeed: (422, "empty-feed"),
    refused.TooManyErrors: (422, "too-many-errors"),
    refused.UnreadableFeed: (422, "unreadable-feed"),
    refused.IdempotencyKeyReused: (422, "idempotency-key-reused"),
    refused.UnknownCurrency: (422, "unknown-currency"),
    errors.TooManyAttempts: (429, "too-many-attempts"),
    errors.TooManyRequests: (429, "too-many-requests"),
    errors.WriteQuotaExceeded: (429, "write-quota-exceeded"),
    errors.HeadersTooLarge: (431, "headers-too-large"),
    errors.InternalError: (500, "internal-error"),
    LogDamaged: (500, "log-damaged"),
    AppendQueueFull: (503, "append-queue-full"),
    AppendUnconfirmed: (503, "append-unconfirmed"),
    DatabaseUnavailable: (503, "database-unavailable"),
    errors.ProjectionBehind: (503, "projection-behind"),
    errors.StorageFull: (503, "storage-full"),
    QueryTooSlow: (503, "query-too-slow"),
    TooManyQueries: (503, "too-many-queries"),
    ReadTablesOutdated: (503, "read-tables-outdated"),
    errors.TookTooLong: (503, "took-too-long"),
    errors.TooManyConnections: (503, "too-many-connections"),
    errors.TooManyExports: (503, "too-many-exports"),
    errors.TooManyStreams: (503, "too-many-streams"),
    errors.TooManyUploads: (503, "too-many-uploads"),
}


def problem_type(refusal: type[Refused]) -> str:
    """The address of the page that explains it."""
    return f"/problems/{STATUS[refusal][1]}"


class InvalidField(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)

    place: Literal["body", "path", "query", "header", "cookie"] = Field(alias="in")
    pointer: str
    """A JSON Pointer (RFC 6901) into the body, or `/name` of a parameter."""
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457). Some types carry further members."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"additionalProperties": True},
        use_attribute_docstrings=True,
    )

    type: str
    """The address of a page that says what happened and what to do."""
    title: str
    status: int
    detail: str
    instance: str
    """The path that was asked for."""
    request_id: str
    """By which the service's logs find the request."""
    errors: list[InvalidField] = []


type Responses = dict[int | str, dict[str, Any]]


def header(pattern: str, *, required: bool = True) -> dict[str, Any]:
    """A response header in OpenAPI."""
    return {"required": required, "schema": {"type": "string", "pattern": pattern}}


_NO_STORE = {"Cache-Control": header("^no-store$")}
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
        "headers": _NO_STORE | _HEADERS.get(STATUS[refusals[0]][0], {}),
    }
