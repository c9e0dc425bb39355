"""Commands as they may come in: what Hypothesis draws from."""

from hypothesis import strategies as st

from commands.product import messages
from commands.product.messages import ProductCommand
from events.product import AttributeValue, Medium, Scalar

_texts = st.sampled_from(["", "Lamp", "Lampe", "\u2028", "💡"])
_maybe = st.none() | _texts
_tags = st.lists(st.sampled_from(["new", "sale"]), unique=True).map(tuple)
_scalars: st.SearchStrategy[Scalar] = st.sampled_from([0, 1, 2, 0.5, True, False, "1", ""])
_values: st.SearchStrategy[AttributeValue] = _scalars | st.lists(_scalars, max_size=2).map(tuple)
_names = ["color", "watts", "parts"]
_attributes = st.dictionaries(st.sampled_from(_names), _values)
_media = st.lists(
    st.builds(Medium, url=st.sampled_from(["https://a.test/1", "https://a.test/2"]), alt=_maybe),
    max_size=2,
).map(tuple)
_currencies = st.sampled_from(["EUR", "JPY", "JOD", "XAU"])
_amounts = st.integers(0, 3)

_registrations = st.builds(
    messages.RegisterProduct,
    sku=st.sampled_from(["LAMP-1", "LAMP-2"]),
    name=_texts,
    description=_maybe,
    brand=_maybe,
    category=_maybe,
    tags=_tags,
    attributes=_attributes,
    media=_media,
)


@st.composite
def _attribute_changes(draw: st.DrawFn) -> messages.ChangeAttributes:
    """No name is both given a value and taken away."""
    assign = draw(_attributes)
    others = [name for name in _names if name not in assign]
    remove = draw(st.lists(st.sampled_from(others), unique=True)) if others else []
    return messages.ChangeAttributes(assign=assign, remove=tuple(remove))


commands: st.SearchStrategy[ProductCommand] = st.one_of(
    _registrations,
    st.builds(messages.RenameProduct, name=_texts),
    st.builds(messages.DescribeProduct, description=_maybe),
    st.builds(messages.BrandProduct, brand=_maybe),
    st.builds(messages.CategoriseProduct, category=_maybe),
    st.builds(messages.TagProduct, tags=_tags),
    _attribute_changes(),
    st.builds(messages.ReplaceAttributes, attributes=_attributes),
    st.builds(messages.ArrangeMedia, media=_media),
    st.builds(messages.SetPrice, currency=_currencies, amount=_amounts),
    st.builds(messages.RemovePrice, currency=_currencies),
    st.builds(messages.ReplacePrices, prices=st.dictionaries(_currencies, _amounts)),
    st.just(messages.PublishProduct()),
    st.just(messages.UnpublishProduct()),
    st.builds(messages.ArchiveProduct, reason=_maybe),
    st.just(messages.RestoreProduct()),
)
histories = st.tuples(_registrations, st.lists(commands, max_size=12)).map(
    lambda drawn: [drawn[0], *drawn[1]]
)
"""Commands for a new stream, some of which are refused."""
