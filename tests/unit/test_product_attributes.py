import pytest

from commands.product.messages import ChangeAttributes, ReplaceAttributes
from events.product import AttributesChanged, AttributeValue, ProductRegistered
from tests.product import given, lamp


def bulb(**attributes: AttributeValue) -> ProductRegistered:
    return ProductRegistered(sku="BULB-1", name="Bulb", attributes=attributes)


def test_only_what_differs_is_told() -> None:
    given(lamp).when(ChangeAttributes(assign={"watts": 9, "color": "red"}, remove=("parts",))).then(
        AttributesChanged(assigned={"color": "red"})
    )


def test_an_attribute_is_taken_away() -> None:
    given(lamp).when(ChangeAttributes(remove=("watts",))).then(
        AttributesChanged(assigned={}, removed=("watts",))
    )


def test_replacing_takes_away_what_is_not_named() -> None:
    given(bulb(watts=9, color="red", socket="E27")).when(
        ReplaceAttributes(attributes={"watts": 10, "socket": "E27", "smart": True})
    ).then(AttributesChanged(assigned={"watts": 10, "smart": True}, removed=("color",)))


def test_replacing_with_the_same_in_another_order_changes_nothing() -> None:
    given(bulb(watts=9, color="red")).when(
        ReplaceAttributes(attributes={"color": "red", "watts": 9})
    ).then_nothing()


@pytest.mark.parametrize(
    ("is_now", "asked"),
    [
        (1, True),
        (True, 1),
        (0, False),
        (False, 0),
        (1, "1"),
        ((1, 0), (True, False)),
        ((1,), 1),
        ((1, 2), (2, 1)),
        ((1, 2), (1,)),
        ((), ""),
        (0.5, "0.5"),
    ],
)
def test_true_is_not_one(is_now: AttributeValue, asked: AttributeValue) -> None:
    given(bulb(smart=is_now)).when(ChangeAttributes(assign={"smart": asked})).then(
        AttributesChanged(assigned={"smart": asked})
    )


@pytest.mark.parametrize("value", [True, 1, 0.5, "1", (), (1, True, "x", 0.5)])
def test_the_same_value_changes_nothing(value: AttributeValue) -> None:
    given(bulb(smart=value)).when(ChangeAttributes(assign={"smart": value})).then_nothing()
