"""What no schema can say, so that Schemathesis does not hold it against the service."""

import os
import re
from collections.abc import Mapping, MutableMapping
from random import choice
from typing import Any
from uuid import UUID, uuid4

import msgspec
import schemathesis

from tests.openapi_spares import VARIABLE, Spares

type Case = schemathesis.Case[Any]

SPARES = msgspec.json.decode(os.environ[VARIABLE], type=Spares)

UNQUOTED = re.compile("[0-9]*")
NAME = re.compile("[a-z0-9][a-z0-9._@-]{0,63}")
WORDLESS = re.compile(r"(?:[^\x00\w]|_){1,200}")
OUTERMOST = re.compile("0001-01-01|9999-12-31")
KEY = re.compile("[!-~]{1,255}")


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: Case) -> bool:
    """Any header may come along; an ETag's quotes get lost, and a SKU is checked as quoted.

    What a letter is in Unicode, that no currency comes twice, and that a moment may be out of range
    in UTC, no schema tells.
    """
    headers: Mapping[str, str] = case.headers or {}
    return (
        "x-schemathesis-unknown-property" not in headers
        and not UNQUOTED.fullmatch(headers.get("If-Match", '""'))
        and not re.search("[+:%]", str((case.path_parameters or {}).get("sku")))
        and not _prices_a_currency_twice(case.body)
        and not WORDLESS.fullmatch(str((case.query or {}).get("q", "")))
        and not any(OUTERMOST.match(str(each)) for each in (case.query or {}).values())
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
    """What is well-formed is what can be meant: a new key, a position that has been, a spare."""
    headers: MutableMapping[str, str] = case.headers or {}
    if KEY.fullmatch(headers.get("Idempotency-Key", "")):
        headers["Idempotency-Key"] = uuid4().hex
    position = headers.get("Catalog-Min-Position", "")
    if position.isdecimal() and int(position) < 2**63:
        headers["Catalog-Min-Position"] = "0"
    _aim(case.path_parameters or {})
    if isinstance(case.body, dict) and isinstance(case.body.get("token"), str):
        case.body["token"] = choice(SPARES.users).token
    return case


def _aim(path: MutableMapping[str, Any]) -> None:
    """At users, clients and sessions that were made for it, so that the tester stays."""
    spare = choice(SPARES.users)
    if _is_name(path.get("username")):
        path["username"] = spare.username
    if _is_name(path.get("client_id")):
        path["client_id"] = choice(SPARES.clients)
    if _is_uuid(path.get("session_id")):
        own = SPARES.own_sessions or [str(uuid4())]
        path["session_id"] = spare.session_id if "username" in path else choice(own)


def _is_name(given: object) -> bool:
    return isinstance(given, str) and NAME.fullmatch(given) is not None


def _is_uuid(given: object) -> bool:
    try:
        return isinstance(given, str) and UUID(given) is not None
    except ValueError:
        return False
