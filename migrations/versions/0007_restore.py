"""The function that puts an exported log back, for the owner alone."""

from alembic import op

from migrations.script import run_script

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_script(op.get_bind(), "0007_restore.sql")
