"""How often events are folded."""

import pytest

from events.recorded import Fact
from projections.document import ProductDocument, apply
from queries.audit import way


@pytest.fixture
def folds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The position of each event that is applied, each time that it is."""
    positions: list[int] = []

    def counted(document: ProductDocument | None, fact: Fact) -> ProductDocument:
        positions.append(fact.position)
        return apply(document, fact)

    monkeypatch.setattr(way, "apply", counted)
    return positions
