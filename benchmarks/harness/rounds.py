"""What was measured round by round, by what it is of."""

from collections.abc import Callable, Iterable, Mapping, Sequence


def rounds_of[Measured, Name](
    measured: Iterable[Measured], name: Callable[[Measured], Name]
) -> Mapping[Name, Sequence[Measured]]:
    """The rounds of each, names in the order in which they took turns."""
    found: dict[Name, list[Measured]] = {}
    for each in measured:
        found.setdefault(name(each), []).append(each)
    return found
