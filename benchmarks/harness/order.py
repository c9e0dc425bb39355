"""Who comes after whom."""

from collections.abc import Sequence


def there_and_back[T](those: Sequence[T], turn: int) -> Sequence[T]:
    """In every second round backwards, so that nobody always comes after the same one."""
    return those[::-1] if turn % 2 else those
