"""Whatever happened to a product: back to any version of it, and each step is one that was open."""

from collections.abc import Callable, Sequence

from hypothesis import given

from commands.errors import NotPublishable
from commands.product import messages, product
from commands.product.messages import ProductCommand, RevertProduct
from commands.product.state import Product, State
from events import product as facts
from events.errors import Refused
from events.product import ProductEvent
from tests.product_commands import histories


def states(asked: Sequence[ProductCommand]) -> list[Product]:
    """At each version; a command that is refused changes nothing."""
    state: State = product.initial
    found: list[Product] = []
    for command in asked:
        try:
            events = product.decide(command, state)
        except Refused:
            continue
        for event in events:
            state = product.evolve(state, event)
            assert isinstance(state, Product)
            found.append(state)
    return found


@given(histories)
def test_each_version_is_come_back_to(history: Sequence[ProductCommand]) -> None:
    *_, now = versions = states(history)
    for then in versions:
        try:
            events = product.decide(RevertProduct(to=then), now)
        except NotPublishable:
            assert lacks_the_same(then, now)
            continue
        back = product.fold(events, now)
        assert exactly(back) == exactly(then)
        assert product.decide(RevertProduct(to=then), back) == []


@given(histories)
def test_each_event_on_the_way_could_have_been_asked_for(
    history: Sequence[ProductCommand],
) -> None:
    *_, now = versions = states(history)
    for then in versions:
        state: State = now
        try:
            events = product.decide(RevertProduct(to=then), now)
        except NotPublishable:
            continue
        for event in events:
            assert product.decide(asking_for(event), state) == [event]
            state = product.evolve(state, event)


def exactly(state: State) -> str:
    """Where True is not 1; attributes and prices have no order."""
    assert isinstance(state, Product)
    fields = {name: getattr(state, name) for name in Product.__dataclass_fields__}
    unordered = {name: sorted(fields[name].items()) for name in ("attributes", "prices")}
    return repr(fields | unordered)


def lacks_the_same(then: Product, now: Product) -> bool:
    return not (then.name or now.name) or not (then.prices or now.prices)


def asking_for(event: ProductEvent) -> ProductCommand:
    match event:
        case facts.AttributesChanged():
            return messages.ChangeAttributes(assign=event.assigned, remove=event.removed)
        case facts.ProductRestored():
            return messages.RestoreProduct()
        case _:
            fields = {name: getattr(event, name) for name in event.__dataclass_fields__}
            return ASKED[type(event)](**fields)


ASKED: dict[type[ProductEvent], Callable[..., ProductCommand]] = {
    facts.ProductRenamed: messages.RenameProduct,
    facts.ProductDescribed: messages.DescribeProduct,
    facts.ProductBranded: messages.BrandProduct,
    facts.ProductCategorised: messages.CategoriseProduct,
    facts.ProductTagged: messages.TagProduct,
    facts.MediaArranged: messages.ArrangeMedia,
    facts.PriceSet: messages.SetPrice,
    facts.PriceRemoved: messages.RemovePrice,
    facts.ProductPublished: messages.PublishProduct,
    facts.ProductUnpublished: messages.UnpublishProduct,
    facts.ProductArchived: messages.ArchiveProduct,
}
