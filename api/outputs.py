"""What the API answers, for its description; the bytes come from the read tables as they are."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from commands.feeds.report import Mode
from commands.feeds.report import Phase as ImportPhase
from commands.jobs import JobState
from events.catalogs import Language
from projections.interventions import Action, Outcome
from projections.rebuild_progress import Phase

type Scalar = str | int | float | bool


class Receipt(BaseModel):
    """Where a write left the product."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: UUID
    sku: str
    version: int
    """How many events the product has; for `If-Match`."""
    position: int
    """Of the log, at which it was appended; for `Catalog-Min-Position`."""


class Price(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)

    currency: str
    """An ISO 4217 code."""
    amount: int
    """In minor units: 1999 is 19.99 EUR, or 1999 JPY."""
    decimal: str
    """The amount as people write it, in major units."""


class Medium(BaseModel):
    url: str
    alt: str | None


class Standstill(BaseModel):
    position: int


class Product(BaseModel):
    id: UUID
    sku: str
    name: str
    description: str | None
    brand: str | None
    category: str | None
    tags: list[str]
    attributes: dict[str, Scalar | list[Scalar]]
    prices: list[Price]
    media: list[Medium]
    status: Literal["draft", "published", "archived"]
    version: int
    created_at: datetime
    updated_at: datetime
    parked: Standstill | None = Field(
        default=None,
        description="Only of a product that stands still: its event at `position` can't be applied,"
        " and this is what it was before",
    )


class Total(BaseModel):
    """`exact` up to 10,000; of more it says so many, and that they are `at_least` as many."""

    value: int
    relation: Literal["exact", "at_least"]


class FacetValue(BaseModel):
    """`count` is the total that the list would have if it were filtered by this value."""

    value: str
    count: int


class ProductPage(BaseModel):
    """`facets` is there where some were asked for.

    A value of `price` is a range of minor units, `1000-1999`: `price_min` and `price_max`.
    """

    items: list[Product]
    next_cursor: str | None
    total: Total
    facets: dict[str, list[FacetValue]] = Field(default={})


class Category(BaseModel):
    """`count` products are in it or below, `children` in the order of their slugs."""

    category: str
    slug: str
    count: int
    children: list["Category"]


class CategoryTree(BaseModel):
    items: list[Category]


class SignedCheckpoint(BaseModel):
    origin: str
    size: int
    root: str
    recorded_at: datetime
    note: str
    key: str


class InclusionProof(BaseModel):
    position: int
    size: int
    event: dict[str, Any]
    digest: str
    proof: list[str]
    checkpoint: str
    key: str


class ConsistencyProof(BaseModel):
    from_: int = Field(alias="from")
    to: int
    proof: list[str]
    checkpoint: str
    key: str


class Catalog(BaseModel):
    key: str
    name: str
    default_currency: str
    language: Language
    created_at: datetime


class Catalogs(BaseModel):
    items: list[Catalog]


class ParkedStream(BaseModel):
    """A product that is read as it was before the event at `position`, which can't be applied.

    One that has `drifted` is read as the log has it up to there: its rows were not what the log
    says and were put right, and it stands still until somebody has seen to it.
    """

    product_id: UUID
    position: int
    reason: str
    drifted: bool
    parked_at: datetime


class Projections(BaseModel):
    """How far the live generation of read tables has come."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    generation: int
    """Its number; a rebuild makes the next one."""
    outdated: bool
    """Made by another version: no worker of this one writes it, until it is rebuilt."""
    checkpoint: int
    """The position up to which events are applied."""
    head: int
    """The last position of the log."""
    lag_events: int
    lag_seconds: float
    """The age of the oldest event that it lacks."""
    parked: int
    """How many streams stand still."""
    parked_streams: list[ParkedStream]
    """The first 1,000 of them."""
    waiting: int
    """How many interventions no worker has carried out yet."""


class Intervention(BaseModel):
    """What an operator wanted done with a product.

    `position` is that of the event to discard. `outcome` and `finished_at` are null until a worker
    has carried it out.
    """

    id: UUID
    product_id: UUID
    action: Action
    position: int | None
    actor: str
    outcome: Outcome | None
    requested_at: datetime
    finished_at: datetime | None


class Interventions(BaseModel):
    items: list[Intervention]


class Job(BaseModel):
    """Beside these members a job has those of its kind."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    id: UUID
    kind: str
    catalog: str
    actor: str
    state: JobState
    cancelling: bool
    """Somebody wants it to end."""
    progress: float
    """From 0 to 1."""
    problem: str | None
    """Why it failed."""
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None


class TableDifference(BaseModel):
    """Products whose rows in a table are not those that were read before. Five are named.

    Of the table `parked` these are products that stand still in the rebuilt tables only.
    """

    catalog: str
    table: str
    live_rows: int
    built_rows: int
    products: int
    examples: list[UUID]


class RebuildJob(Job):
    """A rebuild. Each of its own members is null until it is known."""

    kind: Literal["rebuild"]
    phase: Phase | None = None
    generation: int | None = Field(default=None, description="The number of what is built")
    events: int | None = Field(default=None, description="Applied so far")
    total_events: int | None = Field(default=None, description="In the logs when it began")
    events_per_second: int | None = None
    estimate_seconds: float | None = Field(default=None, description="How long it may still take")
    complete_seconds: float | None = Field(
        default=None, description="Until its tables were full and indexed"
    )
    seconds: float | None = Field(default=None, description="How long it took, switch included")
    differences: list[TableDifference] | None = Field(
        default=None,
        description="From what was read before: none where all is equal. Of a rebuild that"
        " succeeded it is null where nothing could be compared",
    )


class ImportJob(Job):
    """An import of a feed. What became of its rows is counted as it goes on."""

    kind: Literal["import"]
    source: str
    mode: Mode
    dry_run: bool
    """It only tells what would happen: nothing is written."""
    correlation_id: str
    """Of its events, as `catalog imports` and the log have it."""
    run_id: UUID | None = None
    """By which `catalog imports` knows it; null until it has begun."""
    phase: ImportPhase | None = None
    rows: int = 0
    """That are settled: `created`, `changed`, `unchanged`, `restored` or `failed`."""
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    archived: int = 0
    """Products that the feed has no more, of a sync."""
    restored: int = 0
    failed: int = 0
    withheld: bool = False
    """A sync archives nothing: of rows without a SKU nobody knows which products they are."""
    position: int = Field(
        default=0, description="Of the log, at which its last event was appended; 0: it had none"
    )
    rows_per_second: int | None = None
    estimate_seconds: float | None = Field(default=None, description="How long it may still take")
    problem_type: str | None = None
    """Where it failed for its feed: the address of a page that says what to mend. Else null."""
    errors_url: str | None
    """The rows that failed and why, to be corrected and imported again; null while there are none.
    """


class ImportJobs(BaseModel):
    items: list[ImportJob]


class Health(BaseModel):
    status: Literal["ok", "degraded", "unavailable"]
    checks: dict[str, Literal["ok", "degraded", "unavailable"]] = {}
