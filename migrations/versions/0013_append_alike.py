"""What is the same for all appends of a call is sent once."""

from alembic import op

from migrations.script import run_script

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_script(op.get_bind(), "0013_append_alike.sql")
