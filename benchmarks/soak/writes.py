"""What somebody wants to be written, until they know what has come of it."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from benchmarks.asking.http_client import Answer

PUT_OFF = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""Who is answered so has to ask again (RFC 6585, 4; RFC 9110, 15.6.4)."""
UNCERTAIN = frozenset({"append-unconfirmed", "took-too-long", ""})
"""Problems after which it may be there all the same, as after none that is told."""

type Fact = tuple[str, str]
"""An event's type, and what no other event of that type in the log has."""


@dataclass(frozen=True, slots=True)
class Receipt:
    product: str
    version: int
    position: int

    @classmethod
    def of(cls, answer: Answer) -> Self | None:
        if answer.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            return None
        told = json.loads(answer.body)
        return cls(told["id"], told["version"], told["position"])


@dataclass(slots=True)
class Write:
    fact: Fact
    receipt: Receipt | None = None
    refused: bool = False
    """Nothing was written, they were told."""
    has_key: bool = False
    """It may be asked for again (`Idempotency-Key`)."""
    was_in_doubt: bool = False
    """There was an answer missing, or one that did not tell whether it was written."""

    @property
    def is_unknown(self) -> bool:
        return not (self.receipt or self.refused)

    def settle(self, answer: Answer | None) -> bool:
        """Whether that was the last word; otherwise it may be asked for again."""
        if answer and answer.status not in PUT_OFF:
            self.receipt = Receipt.of(answer)
            self.refused = self.receipt is None
            return True
        self.was_in_doubt |= answer is None or problem(answer) in UNCERTAIN
        self.refused = not self.was_in_doubt
        return False


def problem(answer: Answer) -> str:
    """The last part of its `type` (RFC 9457); empty where it has none."""
    if "problem+json" not in answer.headers.get("content-type", ""):
        return ""
    kind: str = json.loads(answer.body)["type"]
    return kind.rpartition("/")[2]
