"""Refusals that only HTTP knows. Those of the domain live where they are decided."""

from events.errors import Refused


class InvalidInput(Refused):
    """The request does not match the description of this operation; see `errors`."""


class MalformedJson(Refused):
    """The body is not a JSON document in UTF-8; look at its commas, quotes and encoding."""


class MalformedForm(Refused):
    """The body is not the form that its `Content-Type` says; have a library encode it."""


class UnsupportedMediaType(Refused):
    """The body has another `Content-Type` than this operation takes; see `accepted`."""


class BodyTooLarge(Refused):
    """The body is larger than this service accepts.

    Send less at once; operators set the limit by `CATALOG_BODY_LIMIT_BYTES`, and that of feeds by
    `CATALOG_UPLOAD_LIMIT_BYTES`.
    """


class NestedTooDeeply(Refused):
    """The JSON document has more arrays and objects within each other than this service reads.

    Send it flatter; operators set the limit by `CATALOG_JSON_DEPTH_LIMIT`.
    """


class UnsupportedCoding(Refused):
    """The body has a `Content-Encoding` that is not taken here; see `Accept-Encoding`."""


class MalformedRequest(Refused):
    """What was sent is no HTTP/1.1 request, or one that can be understood in several ways.

    Send it by a library; one `Host` and either `Content-Length` or `Transfer-Encoding` is enough.
    """


class HeadersTooLarge(Refused):
    """The request line and the header fields are larger, or more, than this service reads.

    Send fewer and shorter parameters, headers and cookies; operators set the limit of bytes by
    `CATALOG_HEADER_BYTES_LIMIT`.
    """


class RequestTimeout(Refused):
    """The request did not arrive in time; send it whole, and at once."""


class UnknownHost(Refused):
    """This service does not go by the name that the `Host` header gives it.

    Ask under the name that you were given; operators list all of them in `CATALOG_ALLOWED_HOSTS`.
    """


class TooManyConnections(Refused):
    """This process has as many connections as it may; retry, and keep fewer open."""


class TookTooLong(Refused):
    """No answer was found in time; what was to be written may or may not be.

    Ask again with the same `Idempotency-Key`, or read first.
    """


class NotFound(Refused):
    """There is nothing at this address."""


class MethodNotAllowed(Refused):
    """This address does not answer to that method; see the `Allow` header."""


class InternalError(Refused):
    """The service failed to answer; tell its operators the `request_id`, which its logs know."""


class Unauthenticated(Refused):
    """A valid access token is needed: `Authorization: Bearer …`, from `POST /v1/auth/token`."""


class InvalidCredentials(Refused):
    """The name and the password, the client's secret or the refresh token open no session."""


class TooManyAttempts(Refused):
    """Too many failed attempts; wait for the time that `Retry-After` tells."""


class TooManyRequests(Refused):
    """This user or machine client has sent as many requests as a minute allows.

    Wait for the seconds that `Retry-After` tells, then ask again.
    """


class WriteQuotaExceeded(Refused):
    """This catalog has taken as many writes as a minute allows; retry after `Retry-After`."""


class Forbidden(Refused):
    """The roles of this user or machine client do not allow that; an administrator grants them."""


class UserExists(Refused):
    """A user or a machine client of that name exists already; choose another name."""


class UnknownUser(Refused):
    """There is no such user."""


class UnknownClient(Refused):
    """There is no such machine client."""


class UnknownSession(Refused):
    """There is no such session, or it has ended."""


class UnknownIntervention(Refused):
    """There is no such intervention in this catalog."""


class CatalogExists(Refused):
    """A catalog with that key exists already; choose another."""


class LastAdministrator(Refused):
    """Nobody else administers all catalogs; make another administrator of `*` first."""


class ProjectionBehind(Refused):
    """The read side has not reached that position yet; ask again after `Retry-After` seconds."""


class BeyondLog(Refused):
    """The log ends before that position, at `head`: it has lost events; begin anew."""


class StorageFull(Refused):
    """There is no room for another upload at the moment; see `Retry-After`.

    Operators find where uploads lie by `CATALOG_UPLOADS_DIRECTORY`.
    """


class TooManyStreams(Refused):
    """This process has as many event streams open, or of yours, as it may: see `Retry-After`."""


class TooManyExports(Refused):
    """This process has as many exports under way, or of yours, as it may: see `Retry-After`."""


class TooManyUploads(Refused):
    """This process takes in as many feeds as it may, or as many of yours: see `Retry-After`."""


BODY_REFUSALS = (MalformedJson, BodyTooLarge, UnsupportedMediaType)
"""What an operation may answer that takes a JSON document."""

FORM_REFUSALS = (MalformedForm, BodyTooLarge, UnsupportedMediaType)
