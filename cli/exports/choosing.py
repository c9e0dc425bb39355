"""Options as what a list may be asked for, with the same limits."""

from collections.abc import Sequence
from datetime import datetime

import typer
from pydantic import ValidationError

from api.reading.filter_parameters import FilterParameters
from commands.faults import message

EVERYTHING = FilterParameters(status="any")


def chosen(*, attributes: Sequence[str], **options: object) -> FilterParameters:
    """Raises `typer.BadParameter`. An option that is None or empty was not given."""
    given = {name: _written(value) for name, value in options.items() if value not in (None, [])}
    given |= {f"attr.{name}": value for name, value in map(_parted, attributes)}
    try:
        return FilterParameters.model_validate(given)
    except ValidationError as error:
        fault = error.errors()[0]
        name = "--" + str(fault["loc"][0]).replace("_", "-") if fault["loc"] else "--attr"
        raise typer.BadParameter(f"{name}: {message(fault)}") from None


def _parted(attribute: str) -> tuple[str, str]:
    name, sign, value = attribute.partition("=")
    if not sign:
        raise typer.BadParameter(f"--attr {attribute}: it is written as color=red.")
    return name, value


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
