"""The trace context of events."""

from alembic import op

from migrations.script import run_script

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_script(op.get_bind(), "0010_traces.sql")
