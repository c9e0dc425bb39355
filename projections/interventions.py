"""What an operator has done about a product that stands still, or that is shown wrongly.

Whoever asks only writes it down, with his name; the worker that holds the catalog carries it out,
in the order of asking, and writes down what came of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from uuid_utils.compat import uuid7

from events.database import Connection, statement
from projections.leases import Lease, advance
from projections.parking import find_parked
from projections.projector import Batch, refold

type Action = Literal["retry", "discard", "refold"]
type Outcome = Literal["done", "still-parked", "not-parked", "parked-elsewhere", "unknown-product"]

_COLUMNS = statement(__package__, "sql/intervention_columns.sql")
_REQUEST = statement(__package__, "sql/request_intervention.sql").format(columns=_COLUMNS)
_READ = statement(__package__, "sql/read_interventions.sql").format(columns=_COLUMNS)
_FIND = statement(__package__, "sql/find_intervention.sql").format(columns=_COLUMNS)
_FIND_WAITING = statement(__package__, "sql/find_waiting_intervention.sql").format(columns=_COLUMNS)
_READ_WAITING = statement(__package__, "sql/read_waiting_interventions.sql").format(
    columns=_COLUMNS
)
_FINISH = statement(__package__, "sql/finish_intervention.sql")
_DISCARD = statement(__package__, "sql/discard.sql")


@dataclass(frozen=True, slots=True)
class Intervention:
    """`retry`: fold a parked stream again. `discard`: do so without the event at `position`.

    `refold`: make all that is read of a product anew, parked or not.
    """

    id: UUID
    catalog: str
    product_id: UUID
    action: Action
    position: int | None
    actor: str
    correlation_id: str
    outcome: Outcome | None
    requested_at: datetime
    finished_at: datetime | None


async def request(
    connection: Connection,
    catalog: str,
    product: UUID,
    action: Action,
    *,
    actor: str,
    correlation_id: str,
    position: int | None = None,
) -> Intervention:
    """Who asks for what is waiting already gets what is waiting, with the name of the first.

    `position` is that of the event to discard, and given with no other action.
    """
    wanted = catalog, product, action, position
    row = None
    while row is None:
        row = await connection.fetchrow(_REQUEST, uuid7(), *wanted, actor, correlation_id)
        # Who waited may have been carried out between the two.
        row = row or await connection.fetchrow(_FIND_WAITING, *wanted)
    return Intervention(*row)


async def find(connection: Connection, catalog: str, intervention: UUID) -> Intervention | None:
    row = await connection.fetchrow(_FIND, catalog, intervention)
    return Intervention(*row) if row else None


async def read_all(connection: Connection, catalog: str, limit: int) -> list[Intervention]:
    """The newest first."""
    rows = await connection.fetch(_READ, catalog, limit)
    return [Intervention(*row) for row in rows]


async def read_waiting(connection: Connection, catalog: str, limit: int) -> Sequence[Intervention]:
    """Those that nobody has carried out yet, the oldest first."""
    rows = await connection.fetch(_READ_WAITING, catalog, limit)
    return [Intervention(*row) for row in rows]


async def carry_out(
    connection: Connection, lease: Lease, checkpoint: int, wanted: Intervention
) -> tuple[Batch, Outcome]:
    """What became of the product, which `finish` is to write down with it. Raises `LeaseLost`."""
    parked = await find_parked(connection, lease, wanted.product_id)
    if in_vain := _in_vain(wanted, parked):
        await advance(connection, lease, checkpoint, checkpoint)
        return Batch(checkpoint, checkpoint, (), ()), in_vain
    batch = await refold(connection, lease, checkpoint, wanted.product_id)
    if wanted.action == "discard":
        return await _without_the_fault(connection, lease, wanted, batch)
    return batch, _outcome(batch)


def _in_vain(wanted: Intervention, parked: int | None) -> Outcome | None:
    if wanted.action != "refold" and parked is None:
        return "not-parked"
    if wanted.action == "discard" and parked != wanted.position:
        return "parked-elsewhere"
    return None


async def _without_the_fault(
    connection: Connection, lease: Lease, wanted: Intervention, tried: Batch
) -> tuple[Batch, Outcome]:
    """Only what can't be applied now, either, is discarded: that can't be taken back."""
    if not tried.faults:
        return tried, "not-parked"
    if tried.faults[0].event.position != wanted.position:
        return tried, "parked-elsewhere"
    discarded = (lease.catalog, wanted.product_id, wanted.position, wanted.actor)
    await connection.execute(_DISCARD, *discarded)
    batch = await refold(connection, lease, tried.after, wanted.product_id)
    return batch, _outcome(batch)


def _outcome(batch: Batch) -> Outcome:
    if not batch.events:
        return "unknown-product"
    return "still-parked" if batch.faults else "done"


async def finish(connection: Connection, intervention: Intervention, outcome: Outcome) -> None:
    await connection.execute(_FINISH, intervention.id, outcome)
