"""Which answers a cache may keep."""

import pytest
from pydantic import SecretStr, ValidationError

from api.reading.caching import PRIVATE, Caching
from api.settings import Settings

URL = SecretStr("postgresql://localhost/catalog")
REDIS = SecretStr("redis://localhost")


def settings(**given: object) -> Settings:
    return Settings(database_url=URL, redis_url=REDIS, **given)  # type: ignore[arg-type]


def of(catalog: str, **given: object) -> str:
    told = settings(**given)
    caching = Caching(told.public_catalogs, max_age_seconds=told.public_max_age_seconds)
    return caching.of(catalog)[b"cache-control"].decode()


def test_nobody_else_keeps_anything_by_default() -> None:
    assert of("main") == PRIVATE[b"cache-control"].decode() == "private, no-cache"
    assert PRIVATE[b"vary"] == b"Authorization, Accept-Encoding"


def test_of_public_catalogs_anybody_may_keep_answers() -> None:
    assert of("main", public_catalogs=" outlet, main,") == "public, max-age=60"
    assert of("other", public_catalogs="outlet,main") == "private, no-cache"
    assert of("main", public_catalogs="*", public_max_age_seconds=5) == "public, max-age=5"


def test_a_public_answer_is_the_same_for_every_caller_but_not_for_every_position() -> None:
    assert Caching(["*"], max_age_seconds=1).of("main")[b"vary"] == (
        b"Accept-Encoding, Catalog-Min-Position"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_catalogs", "Main"),
        ("public_catalogs", "main outlet"),
        ("public_catalogs", "ma*"),
        ("public_max_age_seconds", -1),
    ],
)
def test_what_is_no_name_or_age_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        settings(**{name: value})
