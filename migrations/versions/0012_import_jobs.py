"""Jobs that import feeds, and jobs that are cancelled."""

from alembic import op

from migrations.script import run_script

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_script(op.get_bind(), "0012_import_jobs.sql")
