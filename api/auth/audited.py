"""Whoever reads the audit part leaves a trace, before he has his answer (ADR 16)."""

from string import punctuation
from urllib.parse import quote

from fastapi import Request

from api.auth import audit_reads
from api.auth.audit_reads import AuditRead
from api.auth.confirming import confirmed
from api.auth.roles import Principal
from api.errors import Forbidden
from api.resources import of

PATH_LIMIT = 1_000
QUERY_LIMIT = 4_000
CUT = "…"
"""Ends what was longer than its limit."""


async def auditing(request: Request, caller: Principal, catalog: str) -> Principal:
    """Let through who may audit the catalog, and record in the primary what he asks.

    For operations that are part of the audit whatever they are asked there is `Auditor`
    (`api/auth/access.py`); others call this when they are asked for the past. Raises Forbidden,
    Unauthenticated, and DatabaseUnavailable where that can't be recorded.
    """
    held = await of(request)
    auditor = await confirmed(caller, held.gate)
    if not auditor.may("audit", catalog):
        raise Forbidden
    await audit_reads.record(held.engine, _read(request, auditor.username, catalog))
    return auditor


def _read(request: Request, actor: str, catalog: str) -> AuditRead:
    scope = request.scope
    return AuditRead(
        catalog=catalog,
        actor=actor,
        operation=scope["route"].unique_id,
        path=_as_sent(scope["raw_path"], PATH_LIMIT),
        query=_as_sent(scope["query_string"], QUERY_LIMIT),
        correlation_id=request.state.request_id,
        client=request.client.host if request.client else None,
    )


def _as_sent(part: bytes, limit: int) -> str:
    """As printable ASCII: any other byte is spelled out by a percent sign (RFC 3986, 2.1)."""
    text = quote(part, safe=punctuation)
    return text if len(text) <= limit else text[: limit - 1] + CUT
