"""A product's read document, as the bytes that are sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    version: int
    body: bytes
    parked: bool = False
    """Whether it stands still: the log has more of the product than could be applied."""
