"""All operations that only auditors may call."""

from collections.abc import Iterable, Iterator
from itertools import chain

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.auditing import events
from api.auth.access import Auditor
from api.main import BOTH, ROUTERS
from tests.conversation import NOBODY

_AUDITED = {Auditor.__value__.__metadata__[0].dependency, events.audited}
_IN_PATH = {"catalog": "main", "product_id": NOBODY, "currency": "USD"}
_IN_QUERY = {
    "get_diff": "?from=1",
    "prove_consistency": "?from=1",
    "prove_inclusion": "?position=1",
}


def operations() -> dict[str, APIRoute]:
    """Of the whole API, by their ids."""
    routes = _routes(chain(BOTH, *ROUTERS.values()))
    return {each.operation_id or each.name: each for each in routes}


def audits() -> dict[str, str]:
    """The id of each, and what asks for it, with no more than it wants."""
    return {
        name: route.path_format.format_map(_IN_PATH) + _IN_QUERY.get(name, "")
        for name, route in operations().items()
        if _asks_for_auditors(route.dependant)
    }


def _routes(routers: Iterable[APIRouter]) -> Iterator[APIRoute]:
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield route
            elif included := getattr(route, "original_router", None):
                yield from _routes([included])


def _asks_for_auditors(dependant: Dependant) -> bool:
    return dependant.call in _AUDITED or any(map(_asks_for_auditors, dependant.dependencies))
