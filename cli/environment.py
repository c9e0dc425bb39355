"""What commands read from the environment, and one line when it is missing or wrong."""

import getpass
import os
from typing import Annotated, Any

from pydantic import SecretStr, StringConstraints, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.settings import PostgresUrl
from cli.errors import WrongSettings
from commands.faults import message
from events.log_name import DEFAULT_LOG_NAME, LOG_NAME

SECRETS = os.environ.get("CATALOG_SECRETS_DIR")


class Database(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CATALOG_", extra="ignore", secrets_dir=SECRETS)

    database_url: PostgresUrl


class Migration(Database):
    """`log_name` is the name that checkpoints are signed by, from the first migration on."""

    log_name: Annotated[str, StringConstraints(pattern=LOG_NAME)] = DEFAULT_LOG_NAME


class Administrator(BaseSettings):
    """The first one; `catalog up` makes a password when none is given."""

    model_config = SettingsConfigDict(
        env_prefix="CATALOG_ADMIN_", extra="ignore", secrets_dir=SECRETS
    )

    username: str = "admin"
    password: SecretStr | None = None


def actor() -> str:
    """Who is kept as having asked for what a command does."""
    return f"cli:{getpass.getuser()}"


def read[S: BaseSettings](kind: type[S], **options: Any) -> S:  # noqa: ANN401 -- as pydantic does
    """The settings; an option that was given, so is not None, goes before the environment."""
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return kind(**given)
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        raise WrongSettings([_fault(prefix, fault) for fault in error.errors()]) from None


def _fault(prefix: str, fault: ErrorDetails) -> str:
    """Without the value, which may be a secret."""
    name = f"{prefix}{fault['loc'][0]}".upper()
    return f"{name} is not set" if fault["type"] == "missing" else f"{name}: {message(fault)}"
