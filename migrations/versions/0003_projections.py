"""Generations of read tables, and how far each catalog's log has been applied to them."""

from alembic import op

from migrations.script import run_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_script(op.get_bind(), "0003_projections.sql")
    run_script(op.get_bind(), "0003_search.sql")
