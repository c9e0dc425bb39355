"""Who has read what of the audit part, and when."""

from alembic import op

from migrations.script import run_script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_script(op.get_bind(), "0006_audit_reads.sql")
