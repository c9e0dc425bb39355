"""What a log has to keep to so that products can be decided upon."""

from dataclasses import replace

from commands.appending import KIND
from commands.claims import claims_of
from commands.limits import beyond_limits
from commands.product import product
from events.product import ProductEvent
from events.verify.rules import Rules


def _begins(event: ProductEvent) -> bool:
    try:
        product.evolve(product.initial, event)
    except ValueError:
        return False
    return True


RULES = Rules(KIND, _begins, claims_of)
RESTORED = replace(RULES, beyond=beyond_limits)
"""Of a log that comes from elsewhere, nobody knows through which commands."""
