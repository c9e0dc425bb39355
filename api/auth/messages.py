"""What the operations on tokens and users take and give."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from api.auth.entering.passwords import BYTES_LIMIT
from api.auth.roles import CATALOG_KEY, Kind, Role

USERNAME = r"^[a-z0-9][a-z0-9._@-]{0,63}$"
GRANTED_CATALOG = rf"^({CATALOG_KEY}|\*)$"
WITHOUT_CONTROLS = r"^[^\x00-\x1f\x7f]+$"


def _short_enough(password: str) -> str:
    if len(password.encode()) > BYTES_LIMIT:
        raise ValueError(f"at most {BYTES_LIMIT} bytes in UTF-8")
    return password


type Username = Annotated[str, StringConstraints(pattern=USERNAME)]
type NewPassword = Annotated[
    str,
    StringConstraints(min_length=12, max_length=BYTES_LIMIT, pattern=WITHOUT_CONTROLS),
    AfterValidator(_short_enough),
    Field(description="12 characters or more, at most 72 bytes in UTF-8, not easy to guess"),
]
type Roles = Annotated[
    dict[Annotated[str, StringConstraints(pattern=GRANTED_CATALOG)], Role],
    Field(max_length=200, description="By catalog; `*` stands for all of them."),
]


class PasswordGrant(BaseModel):
    """RFC 6749, 4.3: parameters that the server does not know are ignored."""

    grant_type: Literal["password"]
    username: Username
    password: str = Field(min_length=1, max_length=1_024)


class RefreshGrant(BaseModel):
    grant_type: Literal["refresh_token"]
    refresh_token: str = Field(min_length=1, max_length=4_096)


class ClientGrant(BaseModel):
    """RFC 6749, 4.4. Id and secret come here or by HTTP Basic, which libraries prefer (2.3.1)."""

    grant_type: Literal["client_credentials"]
    client_id: Username | SkipJsonSchema[None] = None
    client_secret: Annotated[str, StringConstraints(max_length=1_024)] | SkipJsonSchema[None] = (
        Field(default=None, repr=False)
    )


class Issued(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)

    access_token: str
    """For `Authorization: Bearer`."""
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 -- a kind of token, not one
    expires_in: int
    """For how many seconds the access token is good."""
    refresh_token: str | SkipJsonSchema[None] = None
    """Good for one use; its answer holds the next one. A machine client gets none."""


class Me(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)

    username: str
    """The user's name, or the machine client's id."""
    kind: Kind
    roles: Roles
    session_id: UUID
    """The session that the token is of."""


class PublicKey(BaseModel):
    """A JSON Web Key (RFC 8037)."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    use: Literal["sig"] = "sig"
    alg: Literal["EdDSA"] = "EdDSA"
    kid: str
    x: str


class PublicKeys(BaseModel):
    keys: list[PublicKey]


class NewUser(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    username: Username
    password: NewPassword = Field(repr=False)
    roles: Roles


class UserChange(BaseModel):
    """What is given replaces what was; a new password ends the user's sessions."""

    model_config = ConfigDict(strict=True, extra="forbid")

    password: NewPassword | None = Field(default=None, repr=False)
    roles: Roles | None = None


class UserView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    username: str
    roles: Roles
    created_at: datetime
    updated_at: datetime


class UserList(BaseModel):
    items: list[UserView]
    next_cursor: str | None
