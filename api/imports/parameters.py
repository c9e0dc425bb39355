"""How a feed is meant: the parameters of an import, and the type of what is sent."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from api.errors import UnsupportedMediaType
from api.imports.spool import Upload
from api.parameters import IN_DIGITS, Moment
from commands.feeds.asked import DEFAULT_SOURCE, SOURCE
from commands.feeds.formats.columns import FIELDS, field_of
from commands.feeds.jobs import ImportArguments
from commands.feeds.marks import FAILURES_KEPT
from commands.feeds.report import Mode
from commands.feeds.rows import Form

FORMS: dict[str, Form | None] = {
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/json": "json",
    "text/csv": "csv",
    "application/octet-stream": None,
    "application/gzip": None,
}
"""By the media type; None where it is found out."""
COLUMN = "[^=\\x00]{1,200}=[^\\x00]{0,200}"
"""To a field, or to none: it is passed over."""


def _truth(given: object) -> object:
    """Python also takes `on`, `Y` and `1`."""
    if isinstance(given, str) and given not in {"true", "false"}:
        raise ValueError("it is true or false")
    return given


def _past(moment: datetime) -> datetime:
    if moment > datetime.now(UTC):
        raise ValueError("it is in the future: events have happened")
    return moment


def _known(mapped: str) -> str:
    _, _, field = mapped.partition("=")
    if field and field_of(field) is None:
        raise ValueError(f"the fields are {FIELDS}")
    return mapped


def _one_field_each(mapped: list[str]) -> list[str]:
    if len({each.partition("=")[0] for each in mapped}) < len(mapped):
        raise ValueError("a column is one field")
    return mapped


class ImportParameters(BaseModel):
    model_config = ConfigDict(frozen=True)

    mode: Annotated[
        Mode,
        Field(description="`sync` also archives what this source offered and offers no more"),
    ] = "upsert"
    source: Annotated[str, Field(pattern=f"^{SOURCE}$", description="Whose feed this is")] = (
        DEFAULT_SOURCE
    )
    dry_run: Annotated[
        bool, BeforeValidator(_truth), Field(description="Whether only to tell what would happen")
    ] = False
    occurred_at: Annotated[
        Annotated[Moment, AfterValidator(_past)] | None,
        Field(description="When it was so, which is not in the future; now, unless it is given"),
    ] = None
    max_errors: Annotated[
        Annotated[int, Field(ge=0, le=FAILURES_KEPT), IN_DIGITS] | None,
        Field(description=f"The import ends when more rows are refused; else at {FAILURES_KEPT}"),
    ] = None
    mapped: Annotated[
        list[Annotated[str, Field(pattern=f"^{COLUMN}$"), AfterValidator(_known)]],
        Field(
            alias="map",
            description="`column=field` of CSV, repeated; `column=` has it passed over",
        ),
        AfterValidator(_one_field_each),
    ] = []
    form: Annotated[
        Form | None,
        Field(alias="format", description="In place of what `Content-Type` says"),
    ] = None

    def arguments(self, upload: Upload, currency: str, sent_as: Form | None) -> ImportArguments:
        return ImportArguments(
            file=upload.file,
            size=upload.size,
            sha256=upload.sha256,
            currency=currency,
            source=self.source,
            mode=self.mode,
            dry_run=self.dry_run,
            occurred_at=self.occurred_at,
            max_errors=self.max_errors,
            mapping=dict(each.split("=", 1) for each in self.mapped),
            form=self.form or sent_as,
        )


def sent_as(request: Request) -> Form | None:
    """Raises `UnsupportedMediaType`."""
    given, _, _ = request.headers.get("Content-Type", "application/octet-stream").partition(";")
    media_type = given.strip().lower()
    if media_type not in FORMS:
        raise UnsupportedMediaType(accepted=", ".join(FORMS))
    return FORMS[media_type]
