"""Requests for a token are counted by what came of them."""

from prometheus_client import REGISTRY

from api.settings import Settings
from tests.auth import Service

pytest_plugins = ("tests.auth_fixtures",)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"catalog_command_{name}", labels) or 0.0


def logins(grant: str, outcome: str) -> float:
    return counted("logins_total", grant=grant, outcome=outcome)


async def test_logins_are_counted_as_granted_or_by_why_they_were_refused(
    here: Service, settings: Settings
) -> None:
    granted, refused = logins("password", "granted"), logins("password", "invalid-credentials")
    throttled = logins("password", "too-many-attempts")

    assert (await here.log_in("ada")).status_code == 200
    for _ in range(settings.failed_logins_per_account):
        assert (await here.log_in("ada", "wrong")).status_code == 401
    assert (await here.log_in("ada")).status_code == 429

    assert logins("password", "granted") == granted + 1
    assert logins("password", "invalid-credentials") == refused + settings.failed_logins_per_account
    assert logins("password", "too-many-attempts") == throttled + 1


async def test_a_refresh_token_that_comes_twice_is_counted(here: Service) -> None:
    reused = counted("refresh_tokens_reused_total")
    refused = logins("refresh_token", "invalid-credentials")
    token = (await here.log_in("ada")).json()["refresh_token"]

    assert (await here.refresh(token)).status_code == 200
    assert counted("refresh_tokens_reused_total") == reused
    assert (await here.refresh(token)).status_code == 401

    assert counted("refresh_tokens_reused_total") == reused + 1
    assert logins("refresh_token", "invalid-credentials") == refused + 1
