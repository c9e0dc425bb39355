"""Random streams of products: what Hypothesis draws from."""

from hypothesis import strategies as st

from events import product as facts
from events.product import AttributeValue, ProductEvent

_texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=8)
_maybe = st.none() | _texts
_categories = st.none() | st.sampled_from(["a", "a/b", "a-b", "ab/c"])
_tags = st.lists(st.sampled_from(["new", "sale", "blue"]), unique=True).map(tuple)
_currencies = st.sampled_from(["EUR", "JPY", "JOD"])
_scalars = _texts | st.integers(-9, 9) | st.booleans()
_values: st.SearchStrategy[AttributeValue] = _scalars | st.lists(_scalars, max_size=3).map(tuple)
_names = st.sampled_from(["color", "watts", "parts"])
_attributes = st.dictionaries(_names, _values)
_media = st.lists(
    st.builds(facts.Medium, url=st.just("https://example.org/1.png"), alt=_maybe), max_size=2
).map(tuple)

changes: st.SearchStrategy[ProductEvent] = st.one_of(
    st.builds(facts.ProductRenamed, name=_texts),
    st.builds(facts.ProductDescribed, description=_maybe),
    st.builds(facts.ProductBranded, brand=_maybe),
    st.builds(facts.ProductCategorised, category=_categories),
    st.builds(facts.ProductTagged, tags=_tags),
    st.builds(
        facts.AttributesChanged,
        assigned=_attributes,
        removed=st.lists(_names, max_size=1).map(tuple),
    ),
    st.builds(facts.MediaArranged, media=_media),
    st.builds(facts.PriceSet, currency=_currencies, amount=st.integers(0, 10_000)),
    st.builds(facts.PriceRemoved, currency=_currencies),
    st.builds(facts.ProductPublished),
    st.builds(facts.ProductUnpublished),
    st.builds(facts.ProductArchived, reason=_maybe),
    st.builds(facts.ProductRestored, status=st.sampled_from(["draft", "published"])),
)


def registrations(sku: str) -> st.SearchStrategy[ProductEvent]:
    return st.builds(
        facts.ProductRegistered,
        sku=st.just(sku),
        name=_texts,
        description=_maybe,
        brand=_maybe,
        category=_categories,
        tags=_tags,
        attributes=_attributes,
        media=_media,
    )


@st.composite
def logs(draw: st.DrawFn) -> list[tuple[int, ProductEvent]]:
    """Events of a few interleaved products, each with the number of its product."""
    numbers = draw(st.lists(st.integers(1, 4), min_size=1, max_size=25))
    seen: set[int] = set()
    log = []
    for number in numbers:
        event = draw(changes if number in seen else registrations(f"SKU-{number}"))
        seen.add(number)
        log.append((number, event))
    return log
