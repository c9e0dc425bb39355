"""What no schema can say, so that Schemathesis does not hold it against the service."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any
from uuid import uuid4

import schemathesis

type Case = schemathesis.Case[Any]

UNQUOTED = re.compile("[0-9]*")
KEY = re.compile("[!-~]{1,255}")


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: Case) -> bool:
    """Any header may come along; an ETag's quotes get lost, and a SKU is checked as quoted."""
    headers: Mapping[str, str] = case.headers or {}
    return (
        "x-schemathesis-unknown-property" not in headers
        and not UNQUOTED.fullmatch(headers.get("If-Match", '""'))
        and not re.search("[+:%]", str((case.path_parameters or {}).get("sku")))
        and not _prices_a_currency_twice(case.body)
    )


def _prices_a_currency_twice(body: object) -> bool:
    match body:
        case {"prices": [*prices]}:
            currencies = [price["currency"] for price in prices if _has_currency(price)]
            return len({*currencies}) < len(currencies)
        case _:
            return False


def _has_currency(price: Any) -> bool:  # noqa: ANN401 -- whatever was generated
    return isinstance(price, dict) and isinstance(price.get("currency"), str)


@schemathesis.hook
def map_case(_context: schemathesis.HookContext, case: Case) -> Case:
    """A well-formed key is new for each request, and a position one that has been."""
    headers: MutableMapping[str, str] = case.headers or {}
    if KEY.fullmatch(headers.get("Idempotency-Key", "")):
        headers["Idempotency-Key"] = uuid4().hex
    position = headers.get("Catalog-Min-Position", "")
    if position.isdecimal() and int(position) < 2**63:
        headers["Catalog-Min-Position"] = "0"
    return case
