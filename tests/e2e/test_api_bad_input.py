"""What nobody should send: each gets the right status and a problem document that tells where."""

from collections.abc import AsyncIterator

import pytest

from tests.conversation import LAMP, NOBODY, PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)

HUGE = b"1" + b"0" * 5_000


@pytest.mark.parametrize(
    "body",
    [
        b'{"sku":',
        b'{"sku":"A","name":"n"} x',
        b'{"sku":"A","name":"\x00"}',
        b'{"sku":"A","name":"\xff\xfe"}',
        b'{"sku":"A","name":"n","attributes":{"a":' + HUGE + b"}}",
    ],
    ids=["cut", "trailing", "nul", "not utf-8", "5000 digits"],
)
async def test_what_is_no_json_is_refused(anna: Caller, body: bytes) -> None:
    (await anna.asks("POST", PRODUCTS, content=body)).refused(400, "malformed-json")


def price(amount: str, currency: str = "USD") -> str:
    return f'{{"sku":"A","name":"n","prices":[{{"currency":"{currency}","amount":{amount}}}]}}'


def attribute(value: str) -> str:
    return f'{{"sku":"A","name":"n","attributes":{{"a":{value}}}}}'


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ("", ""),
        ("null", ""),
        ("[]", ""),
        ("{}", "/sku"),
        ('{"sku":"A"}', "/name"),
        ('{"sku":"A","name":"n","colour":1}', "/colour"),
        ('{"sku":1,"name":"n"}', "/sku"),
        ('{"sku":"A","name":""}', "/name"),
        ('{"sku":"A","name":"n","tags":"x"}', "/tags"),
        ('{"sku":"A","name":"a\\u0000b"}', "/name"),
        ('{"sku":"A","name":"\\ud800"}', "/name"),
        ('{"sku":"A","name":"n","\\ud800":1}', ""),
        ('{"sku":"A","name":"n","a/~\\u0000":1}', "/a~1~0\x00"),
        ('{"sku":"A","name":"n","media":[{"url":"http://a/\\udfff"}]}', "/media/0/url"),
        (attribute('"\\u0000"'), "/attributes/a"),
        (attribute('"\\udfff"'), "/attributes/a"),
        (attribute("NaN"), "/attributes/a"),
        (attribute("-Infinity"), "/attributes/a"),
        (attribute("1e400"), "/attributes/a"),
        (attribute("[" * 30 + "]" * 30), "/attributes/a"),
        (price("1.5"), "/prices/0/amount"),
        (price("-1"), "/prices/0/amount"),
        (price("9007199254740992"), "/prices/0/amount"),
        (price("1e400"), "/prices/0/amount"),
        (price("NaN"), "/prices/0/amount"),
        (price('"1"'), "/prices/0/amount"),
        (price("true"), "/prices/0/amount"),
        (price("1", "usd"), "/prices/0/currency"),
    ],
)
async def test_an_invalid_field_is_pointed_at(anna: Caller, body: str, pointer: str) -> None:
    answer = await anna.asks("POST", PRODUCTS, content=body.encode())

    errors = answer.refused(422, "invalid-input")["errors"]
    assert pointer in {error["pointer"] for error in errors}
    assert all(error["in"] == "body" and error["message"] for error in errors)


@pytest.mark.parametrize("currency", ["ZZZ", "XAU"])
async def test_an_unknown_currency_is_named(anna: Caller, currency: str) -> None:
    registering = await anna.asks("POST", PRODUCTS, content=price("1", currency).encode())
    assert registering.refused(422, "unknown-currency")["currency"] == currency

    for method, path in (
        ("PUT", f"{PRODUCTS}/{NOBODY}/prices/{currency}"),
        ("DELETE", f"{PRODUCTS}/{NOBODY}/prices/{currency}"),
        ("GET", f"{PRODUCTS}?currency={currency}"),
    ):
        answer = await anna.asks(method, path, json={"amount": 1} if method == "PUT" else None)
        answer.refused(422, "unknown-currency")


async def test_of_a_key_that_comes_twice_the_last_counts(anna: Caller) -> None:
    body = b'{"sku":"A","name":"first","name":"last"}'
    receipt = (await anna.asks("POST", PRODUCTS, content=body)).gives(201).body

    changed = await anna.asks("PATCH", f"{PRODUCTS}/{receipt['id']}", json={"name": "last"})

    assert changed.gives(200).body["version"] == receipt["version"]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application", "application/x-www-form-urlencoded", "*/*"]
)
async def test_a_body_says_that_it_is_json(anna: Caller, content_type: str) -> None:
    headers = {"Content-Type": content_type}

    answer = await anna.asks("POST", PRODUCTS, content=b'{"sku":"A","name":"n"}', headers=headers)

    assert answer.refused(415, "unsupported-media-type")["accepted"] == "application/json"


async def test_a_body_without_a_type_is_not_guessed(anna: Caller) -> None:
    sent = {"Authorization": f"Bearer {anna.token}"}
    response = await anna.http.post(PRODUCTS, content=b'{"sku":"A","name":"n"}', headers=sent)

    assert response.status_code == 415


async def test_a_token_is_asked_for_with_a_form(anna: Caller) -> None:
    grant = {"grant_type": "password", "username": "anna", "password": "a secret"}

    in_json = await anna.posts("/v1/auth/token", grant)

    problem = in_json.refused(415, "unsupported-media-type")
    assert problem["accepted"] == "application/x-www-form-urlencoded"
    broken = {"Content-Type": "multipart/form-data"}
    cut = await anna.asks("POST", "/v1/auth/token", content=b"--x\r\n", headers=broken)
    cut.refused(400, "malformed-form")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    unknown = b"grant_type=magic&username=anna&password=hunter2-hunter2"
    answer = await anna.asks("POST", "/v1/auth/token", content=unknown, headers=kind)
    answer.refused(422, "invalid-input")
    assert "hunter2" not in answer.response.text


async def test_a_body_is_bounded_whether_its_length_is_told_or_not(anna: Caller) -> None:
    name = "a" * 1_100_000
    (await anna.posts(PRODUCTS, LAMP | {"name": name})).refused(413, "body-too-large")

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"a" * 65_536

    headers = {"Authorization": f"Bearer {anna.token}", "Content-Type": "application/json"}
    response = await anna.http.post(PRODUCTS, content=chunks(), headers=headers)
    assert response.status_code == 413
    assert response.json()["type"] == "/problems/body-too-large"
