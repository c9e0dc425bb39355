"""Secrets of machine clients: 256 random bits, of which the database keeps a digest."""

from hashlib import sha256
from secrets import token_urlsafe

PREFIX = "catalog_client_"
"""By which whoever searches code and logs for secrets finds one: it and 43 characters."""


def new_secret() -> str:
    return PREFIX + token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    """SHA-256, without salt or stretching: nobody guesses 256 random bits."""
    return sha256(secret.encode()).digest()
