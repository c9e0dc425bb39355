"""Old events as new ones: pure steps from a stored shape to the next, until the newest.

A shape that was ever written stays readable: whoever raises a schema version or renames a type
adds the step that leads away from the old one (docs/architecture.md, "A new shape of an event").
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

type Shape = tuple[str, int]
"""A stored type's name and its schema version."""
type Data = dict[str, Any]
type Upcast = tuple[Shape, Callable[[Data], Data]]
"""The next shape, and stored data of the old one in that shape."""
type Upcasts = Mapping[Shape, Upcast]

UPCASTS: Upcasts = {}


def lift(upcasts: Upcasts, shape: Shape, data: Data) -> tuple[Shape, Data]:
    """The data in the shape that the steps from `shape` lead to."""
    while shape in upcasts:
        shape, step = upcasts[shape]
        data = step(data)
    return shape, data


def check(upcasts: Upcasts, written: Collection[Shape]) -> None:
    """Raise `ValueError` for a shape that does not lead to one of those that are `written` now."""
    if beyond := upcasts.keys() & written:
        raise ValueError(f"steps lead away from what is written now: {sorted(beyond)}")
    known = {*written, *upcasts}
    for shape in known | {(name, older) for name, latest in known for older in range(1, latest)}:
        if _end(upcasts, shape) not in written:
            raise ValueError(f"no steps lead from {shape} to what is written now")


def _end(upcasts: Upcasts, shape: Shape) -> Shape:
    """Where the steps from `shape` end, or any shape of the circle that they go in."""
    for _ in upcasts:
        shape, _step = upcasts.get(shape, (shape, None))
    return shape
