"""Events as people read them in a terminal: when, what, who, and what each one changed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from rich.text import Text

from cli.harmless import harmless
from queries.audit.changes import Change
from queries.audit.items import LoggedItem

_NOTHING = "(none)"


class _Reasoned(msgspec.Struct):
    reason: str | None = None


_reasoned = msgspec.json.Decoder(_Reasoned)


def told(item: LoggedItem) -> Iterator[Text]:
    """A line of the event, and one of each field that it changed."""
    sku = harmless(item.sku or str(item.product_id))
    left_out = " (discarded)" if item.discarded else ""
    yield Text.assemble(
        (when(item.occurred_at), "cyan"),
        f"  #{item.position}  ",
        (sku, "bold"),
        f" v{item.version}  ",
        (f"{harmless(item.type)}{left_out}", "yellow"),
        f"  by {harmless(item.actor)}",
    )
    if item.changes_unknown:
        yield Text(f"    {harmless(item.changes_unknown)}", "red")
    yield from map(changed, item.changes)
    if reason := _reason(item):
        yield Text(f"    because: {harmless(reason)}")


def _reason(item: LoggedItem) -> str | None:
    try:
        return _reasoned.decode(item.data).reason
    except msgspec.DecodeError:  # an event that nobody can read
        return None


def changed(change: Change) -> Text:
    """Of what had no value before, only the new one."""
    told = Text(f"    {harmless(change.field)}: ")
    if change.before is not None:
        told.append(value(change.before), "dim").append(" → ")
    return told.append(value(change.after), "bold")


def when(moment: datetime) -> str:
    """In UTC, to the second: a fraction is shown where there is one."""
    return moment.astimezone(UTC).isoformat(sep=" ").replace("+00:00", "Z")


def value(given: Any) -> str:  # noqa: ANN401 -- whatever JSON has
    match given:
        case None:
            return _NOTHING
        case str():
            return harmless(given)
        case {"currency": currency, "decimal": decimal}:
            return f"{decimal} {currency}"
        case _:
            return harmless(msgspec.json.encode(given).decode())
