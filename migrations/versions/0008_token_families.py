"""Families of refresh tokens, and when a key begins to sign."""

from alembic import op

from migrations.script import run_script

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_script(op.get_bind(), "0008_token_families.sql")
