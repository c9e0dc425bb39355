"""Users, their roles and sessions, and the keys that sign access tokens."""

from alembic import op

from migrations.script import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_script(op.get_bind(), "0002_access.sql")
