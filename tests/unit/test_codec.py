import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from events.codec import SCHEMA_VERSIONS, Undecodable, decode, encode
from events.product import AttributesChanged, ProductEvent
from tests.product_events import changes, registrations

EVENTS = Path(__file__).parents[1] / "golden" / "events"
TYPES = {type_.__name__: type_ for type_ in SCHEMA_VERSIONS}


@dataclass(frozen=True, slots=True)
class Golden:
    """Stored data of one type and schema version, and the shape that it was written from."""

    type: str
    schema_version: int
    examples: list[str]
    shape: dict[str, Any]


def _golden(path: Path) -> Golden:
    type_, version = path.name.removesuffix(".json").split(".")
    content = json.loads(path.read_text(encoding="utf-8"))
    examples = [rfc8785.dumps(example).decode() for example in content["examples"]]
    return Golden(type_, int(version), examples, content["shape"])


GOLDEN = [_golden(path) for path in sorted(EVENTS.iterdir())]


def _shape(type_: type[ProductEvent]) -> dict[str, Any]:
    """Of the type's JSON Schema, what the stored form depends on."""
    schema = json.loads(msgspec.json.encode(msgspec.json.schema(type_)))
    return {
        name: {part: described[part] for part in ("properties", "required")}
        for name, described in schema["$defs"].items()
    }


def _names(golden: Golden) -> str:
    return f"{golden.type}.{golden.schema_version}"


def test_every_shape_that_is_written_has_a_golden_file() -> None:
    written = {(type_.__name__, version) for type_, version in SCHEMA_VERSIONS.items()}
    assert written <= {(golden.type, golden.schema_version) for golden in GOLDEN}


@pytest.mark.parametrize("golden", GOLDEN, ids=_names)
def test_every_shape_ever_written_can_be_read(golden: Golden) -> None:
    for example in golden.examples:
        assert type(decode(golden.type, golden.schema_version, example)) is TYPES[golden.type]


@pytest.mark.parametrize("golden", GOLDEN, ids=_names)
def test_a_stored_shape_does_not_change(golden: Golden) -> None:
    """A new shape is a new schema version, with a golden file and an upcast of its own."""
    if SCHEMA_VERSIONS[TYPES[golden.type]] != golden.schema_version:
        pytest.skip("an older shape is read, never written")
    assert _shape(TYPES[golden.type]) == golden.shape
    for example in golden.examples:
        event = decode(golden.type, golden.schema_version, example)
        assert encode(event).data == example


@given(registrations("LAMP-1") | changes)
def test_what_is_written_is_read_as_it_was(event: ProductEvent) -> None:
    stored = encode(event)
    read = decode(stored.type, stored.schema_version, stored.data)
    assert read == event
    assert encode(read) == stored


@given(st.floats(-(2**53), 2**53).filter(lambda number: not number.is_integer()))
def test_a_fraction_is_read_as_it_was(number: float) -> None:
    stored = encode(AttributesChanged(assigned={"watts": number}))
    read = decode(stored.type, stored.schema_version, stored.data)
    assert read == AttributesChanged(assigned={"watts": number})


@pytest.mark.parametrize(
    ("type_", "version", "data"),
    [
        ("ProductTeleported", 1, "{}"),
        ("ProductRenamed", 2, '{"name":"Sun"}'),
        ("ProductRenamed", 0, '{"name":"Sun"}'),
        ("ProductRenamed", 1, "{}"),
        ("ProductRenamed", 1, '{"name":1}'),
        ("ProductRenamed", 1, '{"name":'),
        ("ProductRenamed", 1, ""),
        ("PriceSet", 1, '{"amount":0.5,"currency":"EUR"}'),
        ("ProductRestored", 1, '{"status":"archived"}'),
    ],
)
def test_what_this_code_does_not_know_is_said_to_be_so(type_: str, version: int, data: str) -> None:
    with pytest.raises(Undecodable):
        decode(type_, version, data)
