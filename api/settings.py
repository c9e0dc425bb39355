"""The configuration of every process, from the environment (`CATALOG_…`).

What the environment doesn't say may stand in files of the same names in `CATALOG_SECRETS_DIR`.
"""

import os
import re
from ipaddress import ip_network
from pathlib import Path
from tempfile import gettempdir
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.auth.roles import CATALOG_KEY

LONGEST_TOKEN_SECONDS = 900
"""Of access tokens: so long a key has to verify that signs no more."""

type Side = Literal["commands", "queries", "all"]


def _postgres(url: SecretStr) -> SecretStr:
    if not re.match(r"postgres(ql)?(\+asyncpg)?://", url.get_secret_value()):
        raise ValueError("it begins with postgresql://")
    return url


def _redis(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("it begins with redis://, rediss:// or unix://")
    return url


type PostgresUrl = Annotated[SecretStr, AfterValidator(_postgres)]
type RedisUrl = Annotated[SecretStr, AfterValidator(_redis)]
type PublicCatalog = Annotated[str, StringConstraints(pattern=rf"^({CATALOG_KEY}|\*)$")]


def _network(text: str) -> str:
    return str(ip_network(text))


type Network = Annotated[str, AfterValidator(_network)]
type HostName = Annotated[
    str,
    StringConstraints(pattern=r"^(\*|(\*\.)?[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])$", to_lower=True),
]


class Hashing(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="CATALOG_",
        extra="ignore",
        frozen=True,
        secrets_dir=os.environ.get("CATALOG_SECRETS_DIR"),
    )

    bcrypt_rounds: int = Field(default=12, ge=4, le=16)


class Settings(Hashing):
    database_url: PostgresUrl
    """PostgreSQL, as `postgresql://user@host:port/name`; a password may come from PGPASSFILE."""
    query_database_url: PostgresUrl | None = None
    """A read replica for the query side; the same database when unset."""
    redis_url: RedisUrl
    database_pool_size: int = Field(default=10, ge=2)

    side: Side = "all"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    processes: int = Field(default=1, ge=1, le=64)
    """That serve on the one port; more than one have a supervisor."""
    drain_seconds: float = Field(default=5, ge=0, le=600)
    """How long, told to stop, a process says so before it does: as long as a balancer needs to
    hear of it, and connections that are kept open to be used once more."""
    cors_origins: Annotated[list[str], NoDecode] = []
    """Origins that browsers may call from, separated by commas; none by default."""
    trusted_proxies: Annotated[list[Network], NoDecode] = []
    """Addresses and networks, separated by commas, that are believed who asks and whether by https
    (`X-Forwarded-For`, `X-Forwarded-Proto`)."""
    allowed_hosts: Annotated[list[HostName], NoDecode] = ["*"]
    """Names that this service goes by, separated by commas; `*.example.org` is all below it, `*`
    is any. Its health and metrics are told under each."""
    docs_enabled: bool = True
    """Whether the API describes itself at `/docs` and `/openapi.json`."""

    body_limit_bytes: int = Field(default=1_048_576, ge=1024)
    upload_limit_bytes: int = Field(default=1_073_741_824, ge=1024)
    """Of a feed, as it comes: perhaps packed."""
    upload_unpacked_limit_bytes: int = Field(default=8_589_934_592, ge=1024)
    """Of what is in a packed feed. A worker reads no further: what came before is imported."""
    json_depth_limit: int = Field(default=32, ge=8, le=200)
    """Of arrays and objects within each other in a body."""
    header_bytes_limit: int = Field(default=16_384, ge=4_096)
    """Of a request line, its query included, with all header fields."""
    connections_limit: int = Field(default=10_000, ge=1)
    """Of each process; at most what the system's limit of open files leaves room for."""
    arrival_seconds: float = Field(default=20, gt=0)
    """Within which a request has to arrive whole, counted from the connection or its first byte."""
    request_seconds: float = Field(default=30, gt=0)
    """Within which an answer has to begin."""
    send_seconds: float = Field(default=60, gt=0)
    """Within which an answer has to be taken. For event streams there is
    `event_stream_send_seconds`."""
    idle_seconds: int = Field(default=75, ge=1)
    """That a connection is kept open for another request: longer than a proxy keeps it."""

    token_issuer: str = "catalog"  # noqa: S105 -- a name, not a secret
    token_audience: str = "catalog"  # noqa: S105 -- as above
    access_token_seconds: int = Field(default=600, ge=300, le=LONGEST_TOKEN_SECONDS)
    refresh_token_seconds: int = Field(default=30 * 86_400, ge=60)
    remembered_sessions: int = Field(default=50_000, ge=1)
    """Sessions, and access tokens, that each process of the API remembers: more than are in use
    while an access token lives, or each request of the rest verifies a signature and asks Redis."""
    failed_logins_per_account: int = Field(default=10, ge=1)
    """Failures within five minutes, after which logins are refused until those are over."""
    failed_logins_per_address: int = Field(default=1_000, ge=1)

    requests_per_minute: int = Field(default=600_000, ge=0)
    """Of a user or machine client with all its tokens, over all processes; 0: no limit."""
    writes_per_minute: int = Field(default=0, ge=0)
    """To a catalog, by whomever, over all processes; 0: no limit."""

    append_queue_limit: int = Field(default=2_000, ge=1)
    """Appends that may wait for a commit, for each catalog; beyond it writers get 503."""
    append_batch_limit: int = Field(default=500, ge=1)
    waiting_reads_limit: int = Field(default=10_000, ge=1)
    """Reads that may wait for a position, half of them for one catalog; beyond it they get 503."""

    event_streams_limit: int = Field(default=2_000, ge=0)
    """Event streams that may be open; beyond it they get 503. Each has a file descriptor."""
    event_stream_heartbeat_seconds: float = Field(default=15, gt=0)
    """The longest that nothing is sent on an event stream."""
    event_stream_send_seconds: float = Field(default=30, gt=0)
    """After which a reader is let go who takes nothing of what is sent."""

    uploads_directory: Path = Path(gettempdir()) / "catalog-uploads"
    """Where feeds lie that were uploaded, until a worker has imported them: it has to see them at
    the same place, as the same user."""

    uploads_limit: int = Field(default=8, ge=0)
    """Feeds that each process may take in at a time, half of them of one user; beyond it they get
    503. Each has a thread."""

    exports_limit: int = Field(default=2, ge=0)
    """Exports that each process may have under way, half of them of one user; beyond it they get
    503. Each has a connection to PostgreSQL of its own."""
    export_seconds: float = Field(default=300, ge=1)
    """Within which an export has to be taken whole: so long it may hold back what PostgreSQL
    vacuums, and a rebuild's switch."""

    worker_host: str = "127.0.0.1"
    worker_port: int = Field(default=8001, ge=0, le=65535)
    lease_seconds: float = Field(default=3.0, gt=0)
    """How long a worker that has fallen silent keeps its catalogs from the others."""
    poll_seconds: float = Field(default=0.25, gt=0)
    """Between two looks of the worker for events that no hint has told it of."""
    projection_batch_limit: int = Field(default=5_000, ge=1)
    """Events that a batch may grow to, while batches are quick."""
    audit_reads_days: int = Field(default=400, ge=0, le=36_500)
    """How long the worker keeps who has read what of the audit part; 0 keeps all of it."""

    public_catalogs: Annotated[list[PublicCatalog], NoDecode] = []
    """Catalogs, separated by commas, whose products, lists and categories any cache may keep and
    hand to anybody; `*` for all."""
    public_max_age_seconds: int = Field(default=60, ge=0)

    cache_seconds: int = Field(default=3600, ge=1)
    """How long Redis keeps a product that nobody changes."""
    process_cache_bytes: int = Field(default=64_000_000, ge=0)
    """What each process of the API may remember of products, for at most two seconds."""
    stale_seconds: float = Field(default=300, ge=0)
    """How long the last that Redis was told is served while PostgreSQL is away, and marked so.

    And to whose sessions: what is read can't outlast the readers.
    """

    tracing: bool = False
    """Whether spans are sent to a collector; where to, and which, say OpenTelemetry's own variables
    (`OTEL_…`)."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator(
        "cors_origins", "trusted_proxies", "allowed_hosts", "public_catalogs", mode="before"
    )
    @classmethod
    def _separated_by_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return [each.strip() for each in value.split(",") if each.strip()]
        return value

    @property
    def query_url(self) -> str:
        return (self.query_database_url or self.database_url).get_secret_value()
