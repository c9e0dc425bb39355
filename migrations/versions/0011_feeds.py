"""The runs of imports, and what feeds are known to offer."""

from alembic import op

from migrations.script import run_script

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_script(op.get_bind(), "0011_feeds.sql")
