"""A product's read document, as the bytes that are sent."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Document:
    version: int
    body: bytes
    parked: bool = False
    """Whether it stands still: the log has more of the product than could be applied."""
    forms: dict[str, bytes] = field(default_factory=dict, compare=False)
    """Other forms of the bytes by coding, as far as somebody has made one."""
