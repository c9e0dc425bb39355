"""A client's id and secret, by HTTP Basic (RFC 7617) or in the form, as RFC 6749, 2.3.1 has it."""

import re
from base64 import b64decode
from typing import NamedTuple
from urllib.parse import unquote_plus

import structlog
from fastapi.security.utils import get_authorization_scheme_param

from api.auth.messages import USERNAME, ClientGrant
from api.errors import InvalidCredentials, InvalidInput

CHALLENGE = {"WWW-Authenticate": 'Bearer, Basic realm="catalog"'}

log = structlog.get_logger(__name__)


class Given(NamedTuple):
    client_id: str
    client_secret: str


def given(grant: ClientGrant, authorization: str | None, address: str) -> Given:
    """Raises InvalidCredentials where one is missing or malformed, InvalidInput for two secrets."""
    scheme, parameter = get_authorization_scheme_param(authorization)
    found = _decoded(parameter) if scheme.lower() == "basic" else _in_form(grant)
    if found and scheme.lower() == "basic" and grant.client_secret:
        message = "the secret is sent by HTTP Basic or in the form, not by both"
        raise InvalidInput(errors=[{"in": "body", "pointer": "/client_secret", "message": message}])
    if found is None or grant.client_id not in (None, found.client_id):
        origin = {"username": grant.client_id, "address": address}
        log.warning("token_refused", **origin, reason="no client's id and secret")
        raise InvalidCredentials(headers=CHALLENGE)
    return found


def _in_form(grant: ClientGrant) -> Given | None:
    if grant.client_id is None or grant.client_secret is None:
        return None
    return Given(grant.client_id, grant.client_secret)


def _decoded(parameter: str) -> Given | None:
    try:
        client_id, _, secret = b64decode(parameter, validate=True).decode("ascii").partition(":")
    except ValueError:
        return None
    found = Given(unquote_plus(client_id), unquote_plus(secret))
    return found if re.fullmatch(USERNAME, found.client_id) else None
