"""Whoever reads the audit part leaves a trace, before he has his answer (ADR 16)."""

from string import punctuation
from typing import Literal
from urllib.parse import quote

from fastapi import Request

from api.auth.audit_reads import AuditRead
from api.auth.decisions import permits
from api.auth.roles import Principal
from api.auth.staying.confirming import confirmed
from api.auth.tables import LONGEST
from api.errors import Forbidden, InvalidInput
from api.resources import of


async def auditing(
    request: Request, caller: Principal, catalog: str, *, following: int | None = None
) -> Principal:
    """Let through who may audit the catalog, and record in the primary what he asks.

    For operations that are part of the audit whatever they are asked there is `Auditor`
    (`api/auth/access.py`); others call this when they are asked for the past, or to follow the log
    behind a position. Raises Forbidden, Unauthenticated, InvalidInput for what is too long to be
    recorded, and DatabaseUnavailable or TooManyQueries where it can't be.
    """
    held = await of(request)
    auditor = await confirmed(caller, request)
    if not permits(request.scope, auditor, "audit", catalog):
        raise Forbidden
    await held.audit_reads.record(_read(request, auditor.username, catalog, following))
    return auditor


def _read(request: Request, actor: str, catalog: str, following: int | None) -> AuditRead:
    scope = request.scope
    return AuditRead(
        catalog=catalog,
        actor=actor,
        operation=scope["route"].unique_id,
        path=_as_sent("path", scope["raw_path"]),
        query=_as_sent("query", scope["query_string"]),
        correlation_id=request.state.request_id,
        client=request.client.host if request.client else None,
        following=following,
    )


def _as_sent(place: Literal["path", "query"], sent: bytes) -> str:
    """As printable ASCII: any other byte is spelled out by a percent sign (RFC 3986, 2.1).

    Raises InvalidInput: who is answered is recorded whole.
    """
    text = quote(sent, safe=punctuation)
    if len(text) > LONGEST[place]:
        message = f"of the audit part it has at most {LONGEST[place]} characters, encoded"
        raise InvalidInput(errors=[{"in": place, "pointer": "", "message": message}])
    return text
