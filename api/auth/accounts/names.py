"""Pages of users and of machine clients, in the order of their names: the last one leads on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from api.parameters import PageLimit


@dataclass(frozen=True, slots=True)
class NamesPage:
    limit: Annotated[PageLimit, Query()] = 50
    cursor: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9._@-]*$")] = ""

    @property
    def one_more(self) -> int:
        """Than the page holds: it tells that there are more."""
        return self.limit + 1

    def of[T](self, found: Sequence[T], name: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
        """Its items, and the cursor of the next page."""
        items = found[: self.limit]
        return items, name(items[-1]) if len(found) > self.limit else None


type Names = Annotated[NamesPage, Depends()]
