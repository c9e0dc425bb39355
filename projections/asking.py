"""An operator asks for an intervention; `projections/interventions.py` has a worker carry it out.

What is seen to be in vain is refused at once. By the time of the worker's turn all may have
changed, so that it looks again.
"""

from uuid import UUID

from events.database import Connection, statement
from events.errors import Refused
from projections.interventions import Action, Intervention, request

_FIND_STANDING = statement(__package__, "sql/find_standing.sql")


class NotParked(Refused):
    """This product does not stand still: there is nothing to retry and nothing to discard."""


class ParkedElsewhere(Refused):
    """This product stands still before another event than that one; see `position`."""


async def ask(
    connection: Connection,
    catalog: str,
    product: UUID,
    action: Action,
    *,
    actor: str,
    correlation_id: str,
    position: int | None = None,
) -> Intervention | None:
    """The intervention that waits for a worker; None where the log has no such product.

    It may have been waiting already, because somebody asked for the same.

    `position` is that of the event to discard, and given with no other action.
    Raises `NotParked` and `ParkedElsewhere`.
    """
    standing = await connection.fetchrow(_FIND_STANDING, catalog, product)
    if standing is None:
        return None
    if action != "refold":
        _refuse_in_vain(standing["position"], position)
    return await request(
        connection,
        catalog,
        product,
        action,
        actor=actor,
        correlation_id=correlation_id,
        position=position,
    )


def _refuse_in_vain(parked: int | None, wanted: int | None) -> None:
    if parked is None:
        raise NotParked
    if wanted not in {None, parked}:
        raise ParkedElsewhere(position=parked)
