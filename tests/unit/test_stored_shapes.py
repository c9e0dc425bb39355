"""Golden files keep every shape that was ever written readable, and the newest ones as they are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, make_dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
import rfc8785

from events.codec import SCHEMA_VERSIONS, decode, encode
from events.product import Medium

EVENTS = Path(__file__).parents[1] / "golden" / "events"
WRITTEN = {(type_.__name__, version): type_ for type_, version in SCHEMA_VERSIONS.items()}


@dataclass(frozen=True, slots=True)
class Golden:
    """Stored data of one type and schema version, and the shape that it was written from."""

    type: str
    schema_version: int
    examples: Sequence[str]
    shape: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.type}.{self.schema_version}"


def _golden(path: Path) -> Golden:
    type_, version = path.name.removesuffix(".json").split(".")
    content = json.loads(path.read_text(encoding="utf-8"))
    examples = [rfc8785.dumps(example).decode() for example in content["examples"]]
    return Golden(type_, int(version), examples, content["shape"])


GOLDEN = [_golden(path) for path in sorted(EVENTS.iterdir())]
NEWEST = [golden for golden in GOLDEN if (golden.type, golden.schema_version) in WRITTEN]


def shape(type_: type) -> dict[str, Any]:
    """Of the type's JSON Schema, what the stored form depends on: its own and its nested types'."""
    schema = json.loads(msgspec.json.encode(msgspec.json.schema(type_)))
    return {
        name: {part: described[part] for part in ("properties", "required")}
        for name, described in schema["$defs"].items()
    }


def advice(golden: Golden) -> str:
    return f"""
    {golden.type} would be stored in another shape than {golden}.json has it. Logs hold the old one
    for ever, so:
    - raise the type's version in SCHEMA_VERSIONS (events/codec.py);
    - leave {golden}.json and add {golden.type}.{golden.schema_version + 1}.json beside it;
    - add the step from {(golden.type, golden.schema_version)} to UPCASTS (events/upcasts.py).
    See docs/architecture.md, "A new shape of an event". The shape is now:
{json.dumps(_shape_written(golden), indent=2)}"""


def _shape_written(golden: Golden) -> dict[str, Any]:
    return shape(WRITTEN[golden.type, golden.schema_version])


def test_every_shape_that_is_written_has_a_golden_file() -> None:
    missing = WRITTEN.keys() - {(golden.type, golden.schema_version) for golden in GOLDEN}
    assert not missing, f"add tests/golden/events/<type>.<version>.json for {sorted(missing)}"


@pytest.mark.parametrize("golden", GOLDEN, ids=str)
def test_every_shape_ever_written_is_read_as_the_newest(golden: Golden) -> None:
    assert golden.examples
    for example in golden.examples:
        assert type(decode(golden.type, golden.schema_version, example)) in SCHEMA_VERSIONS


@pytest.mark.parametrize("golden", NEWEST, ids=str)
def test_a_stored_shape_does_not_change_without_a_new_version(golden: Golden) -> None:
    assert _shape_written(golden) == golden.shape, advice(golden)


@pytest.mark.parametrize("golden", NEWEST, ids=str)
def test_what_is_written_does_not_change_without_a_new_version(golden: Golden) -> None:
    for example in golden.examples:
        event = decode(golden.type, golden.schema_version, example)
        assert encode(event).data == example, advice(golden)


def test_the_advice_names_what_is_to_be_done() -> None:
    told = advice(Golden("PriceRemoved", 1, [], {}))
    for named in (
        "PriceRemoved.1.json",
        "PriceRemoved.2.json",
        "('PriceRemoved', 1)",
        '"currency"',
    ):
        assert named in told


def _like(name: str, *fields: Any) -> type:  # noqa: ANN401 -- as `make_dataclass` has them
    return make_dataclass(name, fields, frozen=True, kw_only=True)


Smaller: Any = _like("Medium", ("url", str))
SKU, TEXT, ATTRIBUTES = ("sku", str), ("text", str, "a"), ("attributes", dict[str, int])
STATUS, MEDIA = ("status", Literal["on", "off"]), ("media", tuple[Medium, ...], ())


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param([TEXT, ATTRIBUTES, STATUS, MEDIA], id="a field less"),
        pytest.param([SKU, TEXT, ATTRIBUTES, STATUS, MEDIA, ("x", int, 0)], id="a field more"),
        pytest.param([("SKU", str), TEXT, ATTRIBUTES, STATUS, MEDIA], id="a field's name"),
        pytest.param([("sku", int), TEXT, ATTRIBUTES, STATUS, MEDIA], id="a field's type"),
        pytest.param([("sku", str | None), TEXT, ATTRIBUTES, STATUS, MEDIA], id="null allowed"),
        pytest.param([("sku", str, ""), TEXT, ATTRIBUTES, STATUS, MEDIA], id="a default more"),
        pytest.param([SKU, ("text", str), ATTRIBUTES, STATUS, MEDIA], id="a default less"),
        pytest.param([SKU, ("text", str, "b"), ATTRIBUTES, STATUS, MEDIA], id="another default"),
        pytest.param(
            [SKU, TEXT, ("attributes", dict[str, int | bool]), STATUS, MEDIA], id="a map's values"
        ),
        pytest.param(
            [SKU, TEXT, ATTRIBUTES, ("status", Literal["on", "off", "dim"]), MEDIA], id="a word"
        ),
        pytest.param(
            [SKU, TEXT, ATTRIBUTES, STATUS, ("media", tuple[Smaller, ...], ())], id="a nested type"
        ),
    ],
)
def test_every_change_of_a_shape_is_noticed(changed: list[object]) -> None:
    before: list[object] = [SKU, TEXT, ATTRIBUTES, STATUS, MEDIA]
    assert shape(_like("Lit", *before)) == shape(_like("Lit", *before))
    assert shape(_like("Lit", *changed)) != shape(_like("Lit", *before))
