from uuid import uuid4

import pytest

from api.auth.roles import RIGHTS, Principal, Right, Role


def holding(**roles: Role) -> Principal:
    return Principal("ada", uuid4(), {"*" if key == "all" else key: roles[key] for key in roles})


@pytest.mark.parametrize("role", ["viewer", "editor", "auditor", "admin"])
def test_every_role_reads(role: Role) -> None:
    assert holding(main=role).may("read", "main")


@pytest.mark.parametrize("right", ["read", "write", "audit", "operate"])
def test_a_role_ends_at_its_catalog(right: Right) -> None:
    principal = holding(main="admin")

    assert principal.may(right, "main")
    assert not principal.may(right, "outlet")
    assert not principal.knows("outlet")


def test_roles_of_one_and_of_all_catalogs_add_up() -> None:
    principal = holding(all="auditor", outlet="editor")

    assert principal.may("audit", "outlet")
    assert principal.may("write", "outlet")
    assert not principal.may("write", "main")


def test_only_an_administrator_operates() -> None:
    assert [role for role in RIGHTS if "operate" in RIGHTS[role]] == ["admin"]


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (holding(all="admin"), True),
        (holding(main="admin"), False),
        (holding(all="editor"), False),
        (holding(), False),
    ],
)
def test_who_administers_everything(principal: Principal, *, expected: bool) -> None:
    assert principal.administers_everything() is expected
