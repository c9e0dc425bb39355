"""What keeps a database from being migrated."""

from events.errors import Explained


class MigrationBlocked(Explained):
    """Others hold locks that the migration needs; end long transactions, and migrate again."""
