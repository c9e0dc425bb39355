"""How to ask for each operation of the API, so that whoever may gets what he wants.

In paths and bodies a name in braces is something that `tests/stage.py` provides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.auth import PASSWORD
from tests.conversation import LAMP

CATALOG = "/v1/catalogs/{catalog}"
PRODUCTS = f"{CATALOG}/products"
PRODUCT = f"{PRODUCTS}/{{product}}"
NEW = f"{PRODUCTS}/{{draft}}"
PROJECTIONS = f"{CATALOG}/projections"


@dataclass(frozen=True, slots=True)
class Ask:
    method: str
    path: str
    gives: int = 200
    json: object = None
    form: Mapping[str, str] | None = None
    accept: str = "*/*"


OPERATIONS: dict[str, Ask] = {
    "is_alive": Ask("GET", "/health/live"),
    "is_ready": Ask("GET", "/health/ready"),
    "get_health": Ask("GET", "/health"),
    "get_metrics": Ask("GET", "/metrics"),
    "explain_problem": Ask("GET", "/problems/forbidden"),
    "public_keys": Ask("GET", "/.well-known/jwks.json"),
    "issue_token": Ask(
        "POST",
        "/v1/auth/token",
        form={"grant_type": "password", "username": "viewer", "password": PASSWORD},
    ),
    "revoke_token": Ask("POST", "/v1/auth/revoke", 204, form={"token": "{own_token}"}),
    "who_am_i": Ask("GET", "/v1/me"),
    "list_own_sessions": Ask("GET", "/v1/me/sessions"),
    "end_other_sessions": Ask("DELETE", "/v1/me/sessions", 204),
    "end_own_session": Ask("DELETE", "/v1/me/sessions/{own_session}", 204),
    "add_user": Ask(
        "POST",
        "/v1/users",
        201,
        json={"username": "{name}", "password": "green lamps at night", "roles": {}},
    ),
    "list_users": Ask("GET", "/v1/users"),
    "change_user": Ask("PATCH", "/v1/users/{user}", json={"roles": {"main": "viewer"}}),
    "remove_user": Ask("DELETE", "/v1/users/{user}", 204),
    "list_sessions": Ask("GET", "/v1/users/{user}/sessions"),
    "end_sessions": Ask("DELETE", "/v1/users/{user}/sessions", 204),
    "end_session": Ask("DELETE", "/v1/users/{session}", 204),
    "add_client": Ask("POST", "/v1/clients", 201, json={"client_id": "{name}", "roles": {}}),
    "list_clients": Ask("GET", "/v1/clients"),
    "change_client": Ask("PATCH", "/v1/clients/{client}", json={"roles": {"main": "viewer"}}),
    "renew_client_secret": Ask("POST", "/v1/clients/{client}/secret"),
    "remove_client": Ask("DELETE", "/v1/clients/{client}", 204),
    "open_catalog": Ask(
        "POST",
        "/v1/catalogs",
        201,
        json={"key": "{name}", "name": "Another", "default_currency": "EUR"},
    ),
    "list_catalogs": Ask("GET", "/v1/catalogs"),
    "get_catalog": Ask("GET", CATALOG),
    "get_categories": Ask("GET", f"{CATALOG}/categories"),
    "list_products": Ask("GET", PRODUCTS),
    "list_products@past": Ask("GET", f"{PRODUCTS}?as_of=2020-01-01T00:00:00Z"),
    "export_products": Ask("GET", f"{CATALOG}/export"),
    "export_products@past": Ask("GET", f"{CATALOG}/export?as_of=2020-01-01T00:00:00Z"),
    "get_product": Ask("GET", PRODUCT),
    "get_product@past": Ask("GET", f"{PRODUCT}?version=1"),
    "get_product_by_sku": Ask("GET", f"{PRODUCTS}/by-sku/{LAMP['sku']}"),
    "get_product_by_sku@past": Ask("GET", f"{PRODUCTS}/by-sku/{LAMP['sku']}?version=1"),
    "get_price_history": Ask("GET", f"{PRODUCT}/prices/USD/history"),
    "get_lowest_price": Ask("GET", f"{PRODUCT}/prices/USD/lowest"),
    "get_history": Ask("GET", f"{PRODUCT}/history"),
    "get_diff": Ask("GET", f"{PRODUCT}/diff?from=1"),
    "get_events": Ask("GET", f"{CATALOG}/events"),
    "get_events@stream": Ask("GET", f"{CATALOG}/events", accept="text/event-stream"),
    "get_checkpoint": Ask("GET", f"{CATALOG}/audit/checkpoint"),
    "prove_inclusion": Ask("GET", f"{CATALOG}/audit/proof/inclusion?position=1"),
    "prove_consistency": Ask("GET", f"{CATALOG}/audit/proof/consistency?from=1&to=2"),
    "list_audit_reads": Ask("GET", f"{CATALOG}/audit/reads"),
    "register_product": Ask("POST", PRODUCTS, 201, json={"sku": "{name}", "name": "Lamp"}),
    "change_product": Ask("PATCH", PRODUCT, json={"name": "{name}"}),
    "set_price": Ask("PUT", f"{NEW}/prices/EUR", json={"amount": 1}),
    "remove_price": Ask("DELETE", f"{NEW}/prices/USD"),
    "publish_product": Ask("POST", f"{NEW}/publish"),
    "unpublish_product": Ask("POST", f"{PRODUCTS}/{{published}}/unpublish"),
    "archive_product": Ask("POST", f"{NEW}/archive", json={"reason": "recall"}),
    "restore_product": Ask("POST", f"{NEW}/restore"),
    "revert_product": Ask("POST", f"{PRODUCT}/revert", json={"to_version": 1}),
    "get_projections": Ask("GET", PROJECTIONS),
    "rebuild_projections": Ask("POST", f"{PROJECTIONS}/rebuild", 202),
    "rebuild_projections@anyway": Ask(
        "POST", f"{PROJECTIONS}/rebuild", 202, json={"accept_differences": True}
    ),
    "get_job": Ask("GET", "/v1/jobs/{job}"),
    "get_job@import": Ask("GET", "/v1/jobs/{import}"),
    "get_job@stream": Ask("GET", "/v1/jobs/{import}", accept="text/event-stream"),
    "cancel_job": Ask("POST", "/v1/jobs/{unfinished}/cancel", 202),
    "get_import_errors": Ask("GET", "/v1/jobs/{import}/errors"),
    "import_feed": Ask(
        "POST", f"{CATALOG}/imports?source={{name}}", 202, json=[{"sku": "A", "name": "A"}]
    ),
    "list_imports": Ask("GET", f"{CATALOG}/imports"),
    "list_interventions": Ask("GET", f"{PROJECTIONS}/interventions"),
    "get_intervention": Ask("GET", f"{PROJECTIONS}/interventions/{{intervention}}"),
    "refold_product": Ask("POST", f"{PROJECTIONS}/products/{{product}}/refold", 202),
    "retry_product": Ask("POST", f"{PROJECTIONS}/parked/{{parked}}/retry", 202),
    "discard_event": Ask(
        "POST",
        f"{PROJECTIONS}/parked/{{parked}}/discard",
        202,
        json={"position": "{parked_position}"},
    ),
}


def operation_id(asked: str) -> str:
    """Of an entry, which may be one of several for an operation."""
    return asked.partition("@")[0]
