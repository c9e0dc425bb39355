"""Refusals that only HTTP knows. Those of the domain live where they are decided."""

from events.errors import Refused


class InvalidInput(Refused):
    """The request does not match the description of this operation; see `errors`."""


class MalformedJson(Refused):
    """The body is not a JSON document in UTF-8."""


class MalformedForm(Refused):
    """The body is not a form as its `Content-Type` says."""


class UnsupportedMediaType(Refused):
    """The body has another `Content-Type` than this operation takes; see `accepted`."""


class BodyTooLarge(Refused):
    """The body is larger than this service accepts; send less at once."""


class NotFound(Refused):
    """There is nothing at this address."""


class MethodNotAllowed(Refused):
    """This address does not answer to that method; see the `Allow` header."""


class InternalError(Refused):
    """The service failed to answer; the `request_id` finds the reason in its logs."""


class Unauthenticated(Refused):
    """A valid access token is needed: `Authorization: Bearer …`, from `POST /v1/auth/token`."""


class InvalidCredentials(Refused):
    """The user name and the password, or the refresh token, do not open a session."""


class TooManyAttempts(Refused):
    """Too many failed attempts; wait for the time that `Retry-After` tells."""


class Forbidden(Refused):
    """The roles of this user do not allow that."""


class UserExists(Refused):
    """A user of that name exists already."""


class UnknownUser(Refused):
    """There is no such user."""


class UnknownIntervention(Refused):
    """There is no such intervention in this catalog."""


class CatalogExists(Refused):
    """A catalog with that key exists already."""


class LastAdministrator(Refused):
    """Nobody else administers all catalogs; make another administrator of `*` first."""


class ProjectionBehind(Refused):
    """The read side has not reached that position yet; ask again after `Retry-After` seconds."""


class BeyondLog(Refused):
    """The log ends before that position, at `head`: it has lost events; begin anew."""


class TooManyStreams(Refused):
    """This process has as many event streams open, or of yours, as it may: see `Retry-After`."""


BODY_REFUSALS = (MalformedJson, BodyTooLarge, UnsupportedMediaType)
"""What an operation may answer that takes a JSON document."""

FORM_REFUSALS = (MalformedForm, BodyTooLarge, UnsupportedMediaType)
