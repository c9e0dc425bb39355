"""The log as a Merkle tree: its nodes, its signed checkpoints, and the key that signs them."""

from alembic import op

from migrations.script import run_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_script(op.get_bind(), "0004_integrity.sql")
