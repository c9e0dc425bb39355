"""What the operations on machine clients take and give."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

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


class NewClient(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    client_id: Username
    """Of its own among users and clients."""
    roles: Roles
    expires_at: Expiry | None = Field(default=None, description="For ever, unless given")


class ClientChange(BaseModel):
    """What is given replaces what was; `expires_at: null` lets the client be for ever."""

    model_config = ConfigDict(strict=True, extra="forbid")

    roles: Roles | None = None
    expires_at: Expiry | None = None


class ClientView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    client_id: str
    roles: Roles
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(
        description="When it was last given a token, at most a minute off"
    )


class ClientWithSecret(ClientView):
    client_secret: str = Field(description="Told this once", repr=False)

    @classmethod
    def of(cls, client: Client, secret: str) -> Self:
        view = ClientView.model_validate(client)
        return cls(**view.model_dump(), client_secret=secret)


class ClientList(BaseModel):
    items: list[ClientView]
    next_cursor: str | None
