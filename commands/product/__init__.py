"""The product: its commands, its state and its decisions."""

from commands.decider import Decider
from commands.product.decide import decide
from commands.product.messages import ProductCommand
from commands.product.state import INITIAL, State, evolve
from events.product import ProductEvent

product: Decider[ProductCommand, State, ProductEvent] = Decider(INITIAL, decide, evolve)
