"""What a product may look like when it comes in, over HTTP or in a feed, with every limit."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from commands.product.messages import (
    ArchiveProduct,
    ArrangeMedia,
    BrandProduct,
    CategoriseProduct,
    ChangeAttributes,
    DescribeProduct,
    ProductCommand,
    PublishProduct,
    RegisterProduct,
    RenameProduct,
    ReplaceAttributes,
    SetPrice,
    TagProduct,
)
from events import product as facts
from events.money import CURRENCIES, LARGEST_AMOUNT

NO_NUL = r"^[^\x00]*$"

SKU = "[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}"
is_sku = re.compile(SKU).fullmatch
type Sku = Annotated[str, StringConstraints(pattern=f"^{SKU}$")]
type Name = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_NUL)]
type Description = Annotated[str, StringConstraints(max_length=20_000, pattern=NO_NUL)]
type Brand = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
type Category = Annotated[
    str,
    StringConstraints(
        max_length=200, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*$"
    ),
]
type Tag = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_NUL)]
type AttributeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
type Url = Annotated[
    str, StringConstraints(max_length=2000, pattern=r"^https?://[^\x00-\x20\x7f]+$")
]
type Alt = Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)]
type Reason = Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)]
type CurrencyCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{3}$"),
    Field(json_schema_extra={"enum": list(CURRENCIES)}),
]


def _whole(value: object) -> object:
    """JSON knows one kind of number: 32.0 is an integer, as JSON Schema has it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
"""For every integer of a body."""

type Amount = Annotated[int, Field(ge=0, le=LARGEST_AMOUNT), WHOLE]

type Version = Annotated[int, Field(ge=1, le=2**31 - 1), WHOLE]
"""As many as PostgreSQL's `integer` counts."""


_EXACT = Field(ge=-LARGEST_AMOUNT, le=LARGEST_AMOUNT)


def _as_stored(value: float) -> float:
    """RFC 8785 writes 2.0 as 2, so it is 2 from the start."""
    return int(value) if value.is_integer() else value


type Scalar = (
    Annotated[str, StringConstraints(max_length=1000, pattern=NO_NUL)]
    | bool
    | Annotated[int, _EXACT]
    | Annotated[float, _EXACT, Field(allow_inf_nan=False), AfterValidator(_as_stored)]
)
type AttributeValue = Scalar | Annotated[list[Scalar], Field(max_length=100, fail_fast=True)]

MEMBERS = 200
"""The most that an object of a body or a row has; so many attributes has a product."""


def _few(value: object) -> object:
    """Counted first: Pydantic looks into every member before it counts them."""
    if isinstance(value, dict) and len(value) > MEMBERS:
        raise PydanticCustomError(
            "too_long",
            "An object has at most {most} members, not {found}",
            {"most": MEMBERS, "found": len(value)},
        )
    return value


FEW = BeforeValidator(_few)


def _distinct[T](items: list[T]) -> list[T]:
    return list(dict.fromkeys(items))


type Tags = Annotated[list[Tag], Field(max_length=100), AfterValidator(_distinct)]


class Input(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _of_few_members(cls, value: object) -> object:
        return _few(value)


PRICES = 50
"""The most that a product has."""
EMPTY_LIST: JsonDict = {"default": []}
EMPTY_OBJECT: JsonDict = {"default": {}}
"""What a schema says of defaults that are made: Pydantic copies one that is given with each row."""


class Money(Input):
    """An amount of integer minor units of an ISO 4217 currency."""

    currency: CurrencyCode
    amount: Amount


class Medium(Input):
    url: Url
    alt: Alt | None = None


class WholeProduct(Input):
    """A whole product, as its kinds have in common."""

    sku: Sku
    name: Name
    description: Description | None = None
    brand: Brand | None = None
    category: Category | None = None
    tags: Tags = Field(default_factory=list, json_schema_extra=EMPTY_LIST)
    attributes: Annotated[dict[AttributeName, AttributeValue], Field(max_length=MEMBERS), FEW] = (
        Field(default_factory=dict, json_schema_extra=EMPTY_OBJECT)
    )
    prices: Sequence[Money]
    media: Annotated[list[Medium], Field(max_length=100)] = Field(
        default_factory=list, json_schema_extra=EMPTY_LIST
    )
    status: Literal["draft", "published", "archived"] = "draft"

    @model_validator(mode="after")
    def _one_price_a_currency(self) -> Self:
        if len({price.currency for price in self.prices}) < len(self.prices):
            raise ValueError("a currency has one price")
        return self


class NewProduct(WholeProduct):
    """A whole product: the body that registers one, or a row of a feed."""

    prices: Annotated[list[Money], Field(max_length=PRICES)] = Field(
        default_factory=list, json_schema_extra=EMPTY_LIST
    )
    status: Literal["draft", "published"] = "draft"


class ProductPatch(Input):
    """A JSON Merge Patch (RFC 7396): absent means unchanged, null means none."""

    name: Name = Field(default_factory=str)
    description: Description | None = None
    brand: Brand | None = None
    category: Category | None = None
    tags: Tags | None = None
    attributes: (
        Annotated[dict[AttributeName, AttributeValue | None], Field(max_length=MEMBERS), FEW] | None
    ) = None
    media: Annotated[list[Medium], Field(max_length=100)] | None = None


def to_register(product: WholeProduct) -> list[ProductCommand]:
    """The commands that make a product of a new stream."""
    registration = RegisterProduct(
        sku=product.sku,
        name=product.name,
        description=product.description,
        brand=product.brand,
        category=product.category,
        tags=tuple(product.tags),
        attributes=stored_attributes(product.attributes),
        media=stored_media(product.media),
    )
    prices = [SetPrice(currency=price.currency, amount=price.amount) for price in product.prices]
    match product.status:
        case "draft":
            return [registration, *prices]
        case "published":
            return [registration, *prices, PublishProduct()]
        case "archived":
            return [registration, *prices, ArchiveProduct()]


def to_change(patch: ProductPatch) -> list[ProductCommand]:
    changes: dict[str, ProductCommand] = {
        "name": RenameProduct(name=patch.name),
        "description": DescribeProduct(description=patch.description),
        "brand": BrandProduct(brand=patch.brand),
        "category": CategoriseProduct(category=patch.category),
        "tags": TagProduct(tags=tuple(patch.tags or ())),
        "attributes": _merge(patch.attributes),
        "media": ArrangeMedia(media=stored_media(patch.media or [])),
    }
    return [command for field, command in changes.items() if field in patch.model_fields_set]


def _merge(attributes: dict[str, AttributeValue | None] | None) -> ProductCommand:
    if attributes is None:
        return ReplaceAttributes(attributes={})
    given = {name: value for name, value in attributes.items() if value is not None}
    removed = tuple(name for name, value in attributes.items() if value is None)
    return ChangeAttributes(assign=stored_attributes(given), remove=removed)


def stored_attributes(given: dict[str, AttributeValue]) -> facts.Attributes:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }


def stored_media(given: list[Medium]) -> tuple[facts.Medium, ...]:
    return tuple(facts.Medium(url=medium.url, alt=medium.alt) for medium in given)
