"""PostgreSQL refuses to run as root, so that root lends it another account."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cli.errors import NoAccountForPostgres

SYSTEM_USER = "pgserver"


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int


def postgres_account(data: Path, binaries: Path) -> Account | None:
    """For root the owner of the data, or the system user `pgserver`; None for everybody else."""
    if os.geteuid() != 0:
        return None
    account = _owner(data) or _system_user()
    _let_others_pass(data)
    _let_others_pass(binaries)
    _let_others_read(binaries.parent)
    return account


def _owner(data: Path) -> Account | None:
    if not data.exists():
        return None
    status = data.stat()
    return Account(status.st_uid, status.st_gid) if status.st_uid else None


def _system_user() -> Account:
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _add_system_user()
        entry = pwd.getpwnam(SYSTEM_USER)
    return Account(entry.pw_uid, entry.pw_gid)


def _add_system_user() -> None:
    useradd = shutil.which("useradd")
    if useradd is None:
        raise NoAccountForPostgres
    command = [useradd, "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER]
    subprocess.run(command, check=True)  # noqa: S603 -- no part of it comes from outside


def _let_others_pass(path: Path) -> None:
    """Through the directories above, without seeing what else is in them."""
    for directory in path.parents:
        _allow(directory, stat.S_IXOTH)


def _let_others_read(directory: Path) -> None:
    if directory.stat().st_mode & stat.S_IXOTH:
        return
    for path in (directory, *directory.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        _allow(path, stat.S_IROTH | (stat.S_IXOTH if executable else 0))


def _allow(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(stat.S_IMODE(mode) | bits)
