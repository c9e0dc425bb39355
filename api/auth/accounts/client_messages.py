"""What the operations on machine clients take and give."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from api.auth.messages import Roles, Username
from api.auth.tables import Client
from api.parameters import moment


def _written(given: object) -> datetime:
    if not isinstance(given, str):
        raise ValueError("a moment is a text")  # noqa: TRY004 -- a TypeError would be a 500
    return moment(given)


type Expiry = Annotated[
    datetime,
    BeforeValidator(_written),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def _to_come(expiry: datetime) -> datetime:
    if expiry <= datetime.now(UTC):
        raise ValueError("this moment is over")
    return expiry


class NewClient(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)

    client_id: Username
    """Neither a user nor another client goes by it."""
    roles: Roles
    expires_at: Annotated[Expiry, AfterValidator(_to_come)] | None = None
    """A moment to come; for ever, unless given."""


class ClientChange(BaseModel):
    """What is given replaces what was."""

    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)

    roles: Roles | None = None
    expires_at: Expiry | None = None
    """Null lets the client be for ever; a moment that is over ends it at once."""


class ClientView(BaseModel):
    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)

    client_id: str
    roles: Roles
    created_by: str
    """The administrator who made it."""
    created_at: datetime
    expires_at: datetime | None
    """From when on it gets no token and none of its tokens counts; null for never."""
    last_used_at: datetime | None
    """When it was last given a token, at most a minute off; null for never."""


class ClientWithSecret(ClientView):
    client_secret: str = Field(description="Told this once", repr=False)

    @classmethod
    def of(cls, client: Client, secret: str) -> Self:
        view = ClientView.model_validate(client)
        return cls(**view.model_dump(), client_secret=secret)


class ClientList(BaseModel):
    items: list[ClientView]
    next_cursor: str | None
