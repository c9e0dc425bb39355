"""Cursors under a key of the tests' own."""

from queries.cursor import Cursors

CURSORS = Cursors(bytes(range(32)))
