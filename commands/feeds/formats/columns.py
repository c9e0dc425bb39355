"""What the columns of CSV mean."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from commands.errors import UnreadableFeed
from commands.feeds.feed_product import is_unread
from commands.input import AttributeName
from events.money import minor_digits

ALIASES = {
    "sku": ("item", "item_number", "article", "article_number", "part_number", "product_code"),
    "name": ("title", "product_name"),
    "description": ("long_description", "product_description"),
    "brand": ("manufacturer", "vendor"),
    "category": ("category_path", "product_category"),
    "tags": ("keywords", "labels"),
    "status": (),
    "media": ("images", "image_urls"),
    "price": ("unit_price", "list_price"),
    "currency": ("currency_code", "price_currency"),
    "prices": (),
    "attributes": (),
}
"""Fields, and what else their columns are called; in any case, with spaces, dashes or underscores.

`price` is a decimal in the row's `currency`; `prices` and `attributes` are JSON.
"""
FIELDS = ", ".join((*ALIASES, "price.<CUR>", "attr.<name>"))
NAMED = 10
"""The most columns that a message names."""

_FIELD_OF = {name: field for field, names in ALIASES.items() for name in (field, *names)}
_PRICE = re.compile(r"price[._]\(?([a-z]{3})\)?", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"attr\.(.*)", re.IGNORECASE | re.DOTALL)

_attribute_name: TypeAdapter[str] = TypeAdapter(AttributeName)


@dataclass(frozen=True, slots=True)
class Column:
    index: int
    header: str
    """As the feed has it."""
    field: str
    """One of ALIASES, `price.<CUR>` or `attr.<name>`."""


def columns(headers: Sequence[str], mapping: Mapping[str, str]) -> list[Column]:
    """Those that say something. Raises `UnreadableFeed` for one of which nobody knows what."""
    mapped = _mapped(mapping)
    if absent := mapped.keys() - {_key(header) for header in headers}:
        raise UnreadableFeed(reason=f"there is no column {_list(absent)} to be mapped")
    found = {index: _meaning(header, mapped) for index, header in enumerate(headers)}
    if unknown := [headers[index] for index, field in found.items() if field is None]:
        raise UnreadableFeed(reason=_unknown(unknown))
    known = [Column(index, headers[index], field) for index, field in found.items() if field]
    _check(known)
    return known


def recognised(headers: Iterable[str], mapping: Mapping[str, str]) -> int:
    """How many of them mean something."""
    mapped = {_key(column): field for column, field in mapping.items()}
    return sum(bool(header) and _meaning(header, mapped) is not None for header in headers)


def _mapped(mapping: Mapping[str, str]) -> dict[str, str]:
    for column, field in mapping.items():
        if field and field_of(field) is None:
            raise UnreadableFeed(
                reason=f"{column!r} is mapped to {field!r}, and the fields are {FIELDS}"
            )
    return {_key(column): field_of(field) or "" for column, field in mapping.items()}


def _meaning(header: str, mapped: Mapping[str, str]) -> str | None:
    """Empty for one that is passed over, None for one that nobody knows."""
    key = _key(header)
    if key in mapped:
        return mapped[key]
    return "" if not key or is_unread(key) else field_of(header)


def field_of(name: str) -> str | None:
    name = name.strip()
    key = _key(name)
    if (price := _PRICE.fullmatch(key)) and minor_digits(price[1].upper()) is not None:
        return f"price.{price[1].upper()}"
    if attribute := _ATTRIBUTE.fullmatch(name):
        return f"attr.{attribute[1]}" if _is_attribute(attribute[1]) else None
    return _FIELD_OF.get(key)


def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.strip()).casefold()


def _is_attribute(name: str) -> bool:
    try:
        _attribute_name.validate_python(name)
    except ValidationError:
        return False
    return True


def _check(known: Iterable[Column]) -> None:
    first: dict[str, str] = {}
    for column in known:
        if column.field in first:
            both = _list([first[column.field], column.header])
            raise UnreadableFeed(reason=f"two columns say {column.field}: {both}")
        first[column.field] = column.header
    for whole, part in (("prices", "price"), ("attributes", "attr.")):
        if whole in first and any(field.startswith(part) for field in first.keys() - {whole}):
            raise UnreadableFeed(reason=f"{whole} are told by {first[whole]!r} and by others")
    for field in ("sku", "name"):
        if field not in first:
            others = ", ".join(ALIASES[field])
            raise UnreadableFeed(reason=f"no column says the {field} ({field}, {others}): map one")


def _unknown(headers: Sequence[str]) -> str:
    example = headers[0].strip()[:50]
    return (
        f"nobody knows what the column {_list(headers)} means: map it to a field, or to none to "
        f"leave it out ({example}=attr.name, {example}=); the fields are {FIELDS}"
    )


def _list(names: Iterable[str]) -> str:
    return ", ".join(_shown(iter(names)))


def _shown(names: Iterator[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        if number == NAMED:
            yield "…"
            return
        yield repr(name[:100])
