"""Alembic's environment: always run by `migrations.run`, on a connection that it opened."""

from alembic import context

from api.auth import tables as access_tables
from events.tables import Base
from projections import tables as projections_tables

OURS = {"event_store", "access", "projections"}


def _ours(name: str | None, type_: str, _parents: object) -> bool:
    return type_ != "schema" or name in OURS


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_schemas=True,
    include_name=_ours,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
