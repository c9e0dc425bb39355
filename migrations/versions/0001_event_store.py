"""The event store: the log, its append function, who may touch it."""

from alembic import op

from migrations.script import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_script(op.get_bind(), "0001_event_store.sql")
    run_script(op.get_bind(), "0001_canonical_event.sql")
    run_script(op.get_bind(), "0001_append.sql")
    run_script(op.get_bind(), "0001_privileges.sql")
    op.execute(
        "insert into event_store.catalogs (catalog_id, name, default_currency)"
        " values ('main', 'Main catalog', 'USD')"
    )
