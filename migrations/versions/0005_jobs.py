"""Jobs: what was asked of the workers, and how far they have come with it."""

from alembic import op

from migrations.script import run_script

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_script(op.get_bind(), "0005_jobs.sql")
