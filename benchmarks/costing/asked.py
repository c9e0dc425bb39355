"""Requests in the administrator's name."""

from collections.abc import Sequence

from benchmarks.asking.asking import Asking, Target
from cli.address import Address


def asked(address: Address, token: str, targets: Sequence[Target], connections: int) -> Asking:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return Asking(address=address, targets=targets, headers=headers, connections=connections)
