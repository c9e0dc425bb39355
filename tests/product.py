"""Decisions as sentences: given what happened, when this is asked, then this happens."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from commands.product import product
from commands.product.messages import ProductCommand, RegisterProduct
from commands.product.state import State
from events.codec import encode
from events.errors import Refused
from events.product import ProductEvent, ProductRegistered

lamp = ProductRegistered(sku="LAMP-1", name="Lamp", attributes={"watts": 9})
register_lamp = RegisterProduct(sku="LAMP-1", name="Lamp", attributes={"watts": 9})


@dataclass(frozen=True, slots=True)
class Asked:
    state: State
    commands: Sequence[ProductCommand]

    def then(self, *events: ProductEvent) -> None:
        """Compared as they are stored, too, where True is not 1."""
        decided = product.decide_all(self.commands, self.state)
        assert decided == list(events)
        assert [encode(event) for event in decided] == [encode(event) for event in events]

    def then_nothing(self) -> None:
        self.then()

    def refused(self, refusal: type[Refused], **members: object) -> None:
        with pytest.raises(refusal) as refused:
            product.decide_all(self.commands, self.state)
        assert refused.value.members == members


@dataclass(frozen=True, slots=True)
class Given:
    history: Sequence[ProductEvent]

    def when(self, *commands: ProductCommand) -> Asked:
        return Asked(product.fold(self.history, product.initial), commands)


def given(*history: ProductEvent) -> Given:
    return Given(history)
