"""Runs a file of SQL inside of a migration's transaction."""

from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, text


def run_script(connection: Connection, name: str) -> None:
    script = files(__package__).joinpath("sql", name).read_text(encoding="utf-8")
    connection.execute(text("select 1"))  # the transaction begins here, not in the script
    adapted: Any = connection.connection.dbapi_connection
    adapted.run_async(lambda driver: driver.execute(script))
