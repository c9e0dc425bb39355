"""Who may do what: each decision leaves a count, and a line in the log unless another tells it."""

import logging
from collections.abc import Callable
from typing import Literal

import structlog
from fastapi.dependencies.models import Dependant
from starlette.types import Scope

from api.auth.roles import AccessRight, Principal
from api.auth.signing.tokens import Claims
from api.edge.observed import SIDE_OF_TAG
from api.measuring.metrics import SIDES, SideMetrics, of_process

type Reason = Literal[
    "no token",
    "invalid token",
    "session ended",
    "role missing",
    "catalog unknown to the caller",
]

CHATTY = logging.getLogger(__name__)
QUIET: set[AccessRight] = {"enter", "read"}
"""Granted, they are many: worth a line only to who asks for debugging."""

_ASKING: dict[Callable[..., object], AccessRight] = {}
_WANTED: dict[str, AccessRight] = {}
_COUNTS = {
    "read": SIDES["query"].decided["read", "allowed"],
    "write": SIDES["command"].decided["write", "allowed"],
}

log = structlog.get_logger(__name__)


def asking[C: Callable[..., object]](right: AccessRight) -> Callable[[C], C]:
    """Marks a dependency, or an operation itself, that lets through who has that right."""

    def mark(call: C) -> C:
        _ASKING[call] = right
        return call

    return mark


def wanted(scope: Scope) -> AccessRight:
    """The right that an operation takes; `enter` where any valid token will do."""
    route = scope["route"]
    if route.unique_id not in _WANTED:
        _WANTED[route.unique_id] = _first(route.dependant) or "enter"
    return _WANTED[route.unique_id]


def _first(dependant: Dependant) -> AccessRight | None:
    if dependant.call in _ASKING:
        return _ASKING[dependant.call]
    return next(filter(None, map(_first, dependant.dependencies)), None)


def permits(
    scope: Scope, caller: Principal, right: AccessRight, catalog: str | None = None
) -> bool:
    """Whether he has the right, in that catalog or, to `administer`, in all."""
    if caller.has(right, catalog):
        allowed(scope, caller, right, catalog)
        return True
    refused(scope, "role missing", right=right, caller=caller, catalog=catalog)
    return False


def allowed(
    scope: Scope, caller: Principal, right: AccessRight, catalog: str | None = None
) -> None:
    _side(scope).decided[right, "allowed"].inc()
    if right not in QUIET and not _is_told(scope, right):
        log.info("access_decided", **_line("allowed", right, caller, catalog))
    elif CHATTY.isEnabledFor(logging.DEBUG):
        log.debug("access_decided", **_line("allowed", right, caller, catalog))


def _is_told(scope: Scope, right: AccessRight) -> bool:
    """By the line of the request, which names who commands what, and the path its catalog."""
    return right == "write" and "commands" in scope["route"].tags


def allowed_directly(caller: Principal, right: Literal["read", "write"], catalog: str) -> None:
    """What takes so little time that a look for the count would be felt."""
    _COUNTS[right].inc()
    if CHATTY.isEnabledFor(logging.DEBUG):
        log.debug("access_decided", **_line("allowed", right, caller, catalog))


def refused(
    scope: Scope,
    reason: Reason,
    *,
    right: AccessRight | None = None,
    caller: Principal | Claims | None = None,
    catalog: str | None = None,
) -> None:
    """`right` is the one that the operation takes unless another is named."""
    right = right or wanted(scope)
    _side(scope).decided[right, "refused"].inc()
    log.warning("access_decided", reason=reason, **_line("refused", right, caller, catalog))


def _line(
    decision: str, right: AccessRight, caller: Principal | Claims | None, catalog: str | None
) -> dict[str, str | None]:
    who = {}
    if isinstance(caller, Principal):
        who = {"username": caller.username, "session_id": str(caller.session_id)}
    elif caller:
        who = {"username": caller.sub, "session_id": str(caller.sid)}
    where = {} if catalog is None else {"catalog": catalog}
    return {"decision": decision, "right": right, **who, **where}


def _side(scope: Scope) -> SideMetrics:
    """That of the operation; of one that both sides answer, that of the process."""
    for tag in scope["route"].tags:
        if tag in SIDE_OF_TAG:
            return SIDES[SIDE_OF_TAG[tag]]
    return of_process(scope["state"]["resources"].settings.side)
