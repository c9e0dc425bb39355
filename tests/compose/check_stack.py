"""`make test` leaves these out, since they build an image: `pytest tests/compose/check_*.py`."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.compose.stack import CommandError, Stack
from tests.observability import DASHBOARDS, METRIC, alerts, panels

APIS = ("command-api", "query-api")
APPLICATIONS = (*APIS, "worker")
SERVICES = (*APPLICATIONS, "postgres", "redis")


def register(commands: httpx.Client, sku: str) -> httpx.Response:
    body = {"sku": sku, "name": "Lamp", "prices": [{"currency": "USD", "amount": 1999}]}
    answer = commands.post("/products", json=body)
    assert answer.status_code == 201, answer.text
    return answer


def read(queries: httpx.Client, written: httpx.Response) -> httpx.Response:
    position = written.headers["Catalog-Position"]
    headers = {"Catalog-Min-Position": position, "Catalog-Wait": "10000"}
    answer = queries.get(f"/products/{written.json()['id']}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def eventually(holds: Callable[[], bool], *, seconds: float = 40) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_healthy_and_locked_down(stack: Stack, service: str) -> None:
    container = stack.container(service)
    host = container["HostConfig"]
    assert container["State"]["Health"]["Status"] == "healthy"
    assert container["Config"]["User"].split(":")[0] not in {"", "0", "root"}
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert host["Memory"]
    assert host["PidsLimit"]


@pytest.mark.parametrize("service", SERVICES)
def test_only_the_apis_are_published_and_only_here(stack: Stack, service: str) -> None:
    bindings = stack.container(service)["HostConfig"]["PortBindings"] or {}
    hosts = [binding["HostIp"] for bound in bindings.values() for binding in bound]
    assert hosts == (["127.0.0.1"] if service in APIS else [])


@pytest.mark.parametrize("service", APPLICATIONS)
def test_an_application_can_neither_write_its_files_nor_install_more(
    stack: Stack, service: str
) -> None:
    assert stack.inside(service, "id", "-u").strip() == "10001"
    for command in (
        ["touch", "/app/probe"],
        ["python", "-m", "pip"],
        ["python", "-m", "ensurepip"],
    ):
        with pytest.raises(CommandError, match=r"Read-only file system|No module named"):
            stack.inside(service, *command)


def test_what_commands_write_queries_read(commands: httpx.Client, queries: httpx.Client) -> None:
    written = register(commands, "LAMP-1")
    answer = read(queries, written)
    assert answer.json()["prices"][0]["decimal"] == "19.99"
    assert answer.headers["ETag"] == written.headers["ETag"]


def test_the_query_api_takes_no_commands(queries: httpx.Client) -> None:
    answer = queries.post("/products", json={"sku": "LAMP-2", "name": "Lamp"})
    assert answer.status_code in {404, 405}


def test_the_command_api_answers_no_queries(commands: httpx.Client) -> None:
    product = register(commands, "LAMP-3").json()["id"]
    assert commands.get(f"/products/{product}").status_code in {404, 405}


def test_a_killed_worker_catches_up(
    stack: Stack, commands: httpx.Client, queries: httpx.Client
) -> None:
    stack.compose("kill", "--signal", "SIGKILL", "worker")
    written = register(commands, "LAMP-4")
    stack.up("worker")
    read(queries, written)


def test_prometheus_finds_all_that_the_dashboards_show(
    stack: Stack, commands: httpx.Client, queries: httpx.Client
) -> None:
    something_of_everything(commands, queries)
    stack.up("prometheus")
    api = f"{stack.url('prometheus')}/api/v1"
    shown = {name for each in DASHBOARDS for name in METRIC.findall(expressions(each))}

    def unknown() -> set[str]:
        return shown - {*httpx.get(f"{api}/label/__name__/values").json()["data"]}

    assert shown
    assert eventually(lambda: not unknown(), seconds=100), unknown()
    targets = httpx.get(f"{api}/targets").json()["data"]["activeTargets"]
    assert {target["labels"]["job"]: target["health"] for target in targets} == dict.fromkeys(
        APPLICATIONS, "up"
    )


def something_of_everything(commands: httpx.Client, queries: httpx.Client) -> None:
    """A write that comes twice, a refusal, a product that is not there, an audit read, a feed."""
    body, key = {"sku": "LAMP-5", "name": "Lamp"}, {"Idempotency-Key": "lamp-5"}
    first, again = (commands.post("/products", json=body, headers=key) for _ in range(2))
    assert again.headers["Idempotent-Replayed"] == "true"
    assert commands.post("/products", json={}).status_code == 422
    assert queries.get("/products/by-sku/NO-SUCH").status_code == 404
    assert queries.get(f"/products/{first.json()['id']}/history").status_code == 200
    sent = commands.post(
        "/imports",
        params={"source": "stack"},
        content=b'{"sku": "LAMP-7", "name": "Lamp"}',
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert sent.status_code == 202, sent.text
    assert eventually(lambda: latest_import(commands) == ("succeeded", 1), seconds=60)


def latest_import(commands: httpx.Client) -> tuple[str, int]:
    """The worker reads what the API has received: they share a directory, and it may append."""
    [job] = commands.get("/imports", params={"limit": 1}).json()["items"]
    return job["state"], job["created"]


def expressions(dashboard: Path) -> str:
    return "\n".join(target["expr"] for panel in panels(dashboard) for target in panel["targets"])


def test_prometheus_watches_what_the_rules_say(stack: Stack) -> None:
    stack.up("prometheus")

    def loaded() -> dict[str, str]:
        found = httpx.get(f"{stack.url('prometheus')}/api/v1/rules").json()["data"]["groups"]
        return {rule["name"]: rule["health"] for group in found for rule in group["rules"]}

    wanted = dict.fromkeys((each.name for each in alerts()), "ok")
    assert eventually(lambda: loaded() == wanted), loaded()


def test_no_password_is_logged(stack: Stack) -> None:
    passwords = stack.compose(
        *("run", "--rm", "-T", "--no-deps", "--entrypoint", "sh", "secrets"),
        *("-c", "for file in /vault/*; do cat $file; echo; done"),
    ).split()
    logs = stack.compose("logs", "--no-color")
    assert len(passwords) > 5
    assert not [password for password in passwords if password in logs]


def test_replaced_passwords_take_effect_and_data_stays(
    stack: Stack, commands: httpx.Client, token: str
) -> None:
    written = register(commands, "LAMP-6")
    stack.compose("stop", *SERVICES)
    assert {stack.container(service)["State"]["ExitCode"] for service in SERVICES} == {0}
    replaced = ("owner", "command_api", "query_api", "worker", "redis")
    stack.compose("run", "--rm", "-T", "--no-deps", "secrets", *replaced)
    stack.up(*APPLICATIONS)
    with stack.client("query-api", token) as queries:
        read(queries, written)
