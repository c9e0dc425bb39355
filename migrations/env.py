"""Alembic's environment: always run by `migrations.run`, on a connection that it opened."""

from alembic import context

import api.auth.tables  # noqa: F401 -- as below
import commands.feeds.tables
import commands.tables  # noqa: F401 -- as below
import projections.tables  # noqa: F401 -- as below
import queries.tables  # noqa: F401 -- they add their tables to the models' metadata
from events.tables import Base

OURS = {"event_store", "access", "projections", "jobs", "feeds"}


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
