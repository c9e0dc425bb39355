"""The tables of users, clients, sessions and audit reads, as migrations 0002 to 0009 make them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, attribute_keyed_dict, mapped_column, relationship

from api.auth.roles import Role
from events.tables import Base, Timestamps

SCHEMA = {"schema": "access"}
ADDRESS_LIMIT = 64
USER_AGENT_LIMIT = 256


class UserRole(Base):
    __tablename__ = "user_roles"
    __table_args__ = (SCHEMA,)

    username: Mapped[str] = mapped_column(
        ForeignKey("access.users.username", ondelete="CASCADE"), primary_key=True
    )
    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[Role] = mapped_column(Text)


def _granted(catalog_id: str, role: Role) -> UserRole:
    return UserRole(catalog_id=catalog_id, role=role)


class User(Timestamps, Base):
    __tablename__ = "users"
    __table_args__ = (SCHEMA,)
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 -- SQLAlchemy's own form

    username: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str | None]
    """None for a machine client."""
    grants: Mapped[dict[str, UserRole]] = relationship(
        collection_class=attribute_keyed_dict("catalog_id"),
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="selectin",
    )
    roles: AssociationProxy[dict[str, Role]] = association_proxy("grants", "role", creator=_granted)


class Session(Timestamps, Base):
    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint(f"length(address) <= {ADDRESS_LIMIT}", name="sessions_address"),
        CheckConstraint(f"length(user_agent) <= {USER_AGENT_LIMIT}", name="sessions_user_agent"),
        Index("sessions_username", "username"),
        Index("sessions_expires_at", "expires_at"),
        Index(
            "sessions_open",
            "username",
            "created_at",
            "session_id",
            postgresql_where=text("revoked_at is null"),
        ),
        SCHEMA,
    )

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("access.users.username", ondelete="CASCADE"))
    refresh_digest: Mapped[bytes | None]
    """SHA-256 of the only refresh token that continues the session; a client's has none."""
    family_digest: Mapped[bytes | None]
    """SHA-256 of what all refresh tokens of the session have in common, and nothing else has."""
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str | None]
    user_agent: Mapped[str | None]


class Client(Base):
    __tablename__ = "clients"
    __table_args__ = (
        CheckConstraint("length(secret_digest) = 32", name="clients_secret_digest"),
        SCHEMA,
    )
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 -- as above

    client_id: Mapped[str] = mapped_column(
        ForeignKey("access.users.username", ondelete="CASCADE"), primary_key=True
    )
    secret_digest: Mapped[bytes]
    """SHA-256 of its only secret."""
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    roles: AssociationProxy[dict[str, Role]] = association_proxy("user", "roles")


class SigningKey(Base):
    __tablename__ = "signing_keys"
    __table_args__ = (
        Index(
            "signing_keys_one_signs",
            text("(true)"),
            unique=True,
            postgresql_where=text("signs_until is null"),
        ),
        SCHEMA,
    )

    kid: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[bytes]
    """The 32 bytes of an Ed25519 public key (RFC 8032)."""
    private_key: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    signs_until: Mapped[datetime | None]
    """None for the last one: the next one begins where it ends."""
    signs_from: Mapped[datetime] = mapped_column(server_default=text("now()"))
    verifies_until: Mapped[datetime | None]


LONGEST = {
    "catalog_id": 63,
    "actor": 64,
    "operation": 64,
    "path": 1_000,
    "query": 16_000,
    "correlation_id": 128,
    "client": 64,
}
"""Characters that an audit read has at most of each, all of them ASCII."""


class AuditRead(Base):
    __tablename__ = "audit_reads"
    __table_args__ = (
        *(
            CheckConstraint(f"length({name}) <= {most}", name=f"audit_reads_{name}")
            for name, most in LONGEST.items()
        ),
        CheckConstraint("following >= 0", name="audit_reads_following"),
        Index("audit_reads_actor", "catalog_id", "actor", "recorded_at", "read_id"),
        SCHEMA,
    )

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    read_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    actor: Mapped[str]
    operation: Mapped[str]
    path: Mapped[str]
    query: Mapped[str]
    """As they were sent: see `LONGEST` and `api/auth/audited.py`."""
    following: Mapped[int | None] = mapped_column(BigInteger)
    """The position behind which a stream of events begins."""
    correlation_id: Mapped[str]
    client: Mapped[str | None]
    """The address that the request came from."""
