"""Machine clients, and where a session was opened."""

from alembic import op

from migrations.script import run_script

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_script(op.get_bind(), "0009_clients.sql")
