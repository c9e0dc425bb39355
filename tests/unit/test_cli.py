import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_group

from cli.address import Address
from cli.errors import PortTaken
from cli.main import app
from tests.command import Catalog, catalog_command

NOWHERE = "postgresql://nobody:secret@127.0.0.1:1/nothing"


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Catalog:
    """The command in an empty directory, without any setting."""
    monkeypatch.chdir(tmp_path)
    for name in ("CATALOG_DATABASE_URL", "CATALOG_REDIS_URL", "CATALOG_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    return catalog_command(monkeypatch)


@pytest.fixture
def port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def _commands(group: TyperGroup, *path: str) -> Iterator[str]:
    for name, command in group.commands.items():
        yield " ".join([*path, name])
        if isinstance(command, TyperGroup):
            yield from _commands(command, *path, name)


@pytest.mark.parametrize("command", [*_commands(get_group(app))])
def test_every_command_explains_itself(
    catalog: Catalog, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert catalog(*command.split(), "--help") == 0
    assert f"{command} [OPTIONS]" in capsys.readouterr().out


def test_an_unknown_option_is_a_usage_error(catalog: Catalog) -> None:
    assert catalog("serve", "--sides") == 2


def test_a_missing_setting_is_named_on_one_line(
    catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    assert catalog("worker") == 1
    told = capsys.readouterr().err
    assert told.startswith("catalog: CATALOG_DATABASE_URL is not set; ")
    assert told.count("\n") == 1


def test_an_unreachable_database_is_told_without_its_password(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CATALOG_DATABASE_URL", NOWHERE)
    assert catalog("migrate") == 1
    assert capsys.readouterr().err == (
        "catalog: PostgreSQL can't be reached: check CATALOG_DATABASE_URL, and that it runs.\n"
    )


def test_what_a_failure_says_commands_no_terminal(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CATALOG_DATABASE_URL", NOWHERE)
    assert catalog("verify", "--key", "\x1b[2J\n" + "k" * 10_000) == 3
    [told] = capsys.readouterr().err.splitlines()
    assert told.isprintable()
    assert told.startswith(r"catalog: \x1b[2J\nkkk")
    assert told.endswith("is no verifier key: <name>+<8 hex digits>+<base64>.")
    assert len(told) < 1_000


@pytest.mark.parametrize("url", [None, NOWHERE, "nonsense"])
def test_a_verification_that_could_not_look_is_no_finding(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, url: str | None
) -> None:
    if url:
        monkeypatch.setenv("CATALOG_DATABASE_URL", url)
    assert catalog("verify") == 3


def test_a_taken_port_is_told_before_anything_starts(
    catalog: Catalog, capsys: pytest.CaptureFixture[str], tmp_path: Path, port: int
) -> None:
    assert catalog("up", "--port", str(port)) == 1
    assert "choose another with --port" in capsys.readouterr().err
    assert not (tmp_path / ".catalog" / "postgres").exists()


def test_a_host_that_does_not_exist_is_told() -> None:
    with pytest.raises(PortTaken, match="no such host"):
        Address("host.invalid.", 1).refuse_taken("--port")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
    ],
)
def test_an_address_is_shown_as_it_is_reached(host: str, url: str) -> None:
    assert Address(host, 80).url == url
