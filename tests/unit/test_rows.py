"""What rows are made from, and that nothing else changes them."""

from copy import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.product import AttributesChanged, ProductEvent, ProductRegistered
from projections.document import apply
from projections.projection import ReadModel, of
from projections.read_models import READ_MODELS
from tests.given import MAIN
from tests.product_events import changes, registrations
from tests.stream import stream

lamp = ProductRegistered(sku="LAMP-1", name="Lamp", attributes={"dim": True, "sizes": (1, 2)})
changed = changes | st.sampled_from(
    [
        AttributesChanged(assigned={"dim": 1}),
        AttributesChanged(assigned={"sizes": (True, 2)}),
        AttributesChanged(assigned={"sizes": ("1", 2)}),
    ]
)


@pytest.mark.parametrize("model", READ_MODELS, ids=lambda model: model.table.name)
@given(registered=registrations("LAMP-1") | st.just(lamp), change=changed)
def test_rows_change_only_with_what_they_are_made_from(
    model: ReadModel, registered: ProductEvent, change: ProductEvent
) -> None:
    first, second = stream(registered, change)
    document = apply(None, first)
    before = of(document, first.occurred_at)
    after = of(apply(copy(document), second), second.occurred_at)
    if model.rows(MAIN, before) != model.rows(MAIN, after):
        assert model.source(before.document) != model.source(after.document)
