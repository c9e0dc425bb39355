"""One write over HTTP: commands for one product, under its circumstances, and a receipt."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self
from uuid import UUID

from starlette.datastructures import MutableHeaders
from starlette.types import Scope
from uuid_utils.compat import uuid7

from api import outputs
from api.auth.roles import Principal
from api.errors import WriteQuotaExceeded
from api.resources import Resources
from commands.appending import Circumstances
from commands.handle import Receipt, answered, handle
from commands.loaded import NEW
from commands.product.messages import ProductCommand
from commands.revert import revert as reverted
from commands.write_side import WriteSide
from events.append import Idempotent


@dataclass(frozen=True, slots=True)
class Write:
    """What a write is apart from its commands: from its headers and its caller."""

    side: WriteSide
    admit: Callable[[], None]
    """Raises WriteQuotaExceeded."""
    circumstances: Circumstances
    expected_version: int | None
    idempotent: Idempotent | None
    headers: MutableHeaders
    """Of the answer."""

    @classmethod
    def asked(
        cls,
        held: Resources,
        scope: Scope,
        caller: Principal,
        catalog: str,
        *,
        if_match: str | None,
        idempotent: Idempotent | None,
        headers: MutableHeaders,
    ) -> Self:
        return cls(
            held.write_sides.of(catalog),
            partial(held.limits.admit_write, scope, catalog),
            Circumstances(actor=caller.username, correlation_id=scope["state"]["request_id"]),
            int(if_match.strip('"').partition("-")[0]) if if_match else None,
            idempotent,
            headers,
        )

    async def __call__(self, product: UUID, commands: Sequence[ProductCommand]) -> outputs.Receipt:
        return await self._handled(product, commands, self.expected_version)

    async def register(self, commands: Sequence[ProductCommand]) -> outputs.Receipt:
        receipt = await self._handled(uuid7(), commands, NEW)
        location = f"/v1/catalogs/{self.side.catalog}/products/{receipt.id}"
        self.headers.append("Location", location)
        return receipt

    async def revert(self, product: UUID, to_version: int) -> outputs.Receipt:
        return await self._admitted(
            lambda: reverted(
                self.side,
                product,
                to_version,
                self.circumstances,
                expected_version=self.expected_version,
                idempotent=self.idempotent,
            )
        )

    async def _handled(
        self, product: UUID, commands: Sequence[ProductCommand], expected_version: int | None
    ) -> outputs.Receipt:
        return await self._admitted(
            lambda: handle(
                self.side,
                product,
                commands,
                self.circumstances,
                expected_version=expected_version,
                idempotent=self.idempotent,
            )
        )

    async def _admitted(self, write: Callable[[], Awaitable[Receipt]]) -> outputs.Receipt:
        """What was answered to an idempotency key before is answered beyond the quota, too."""
        try:
            self.admit()
        except WriteQuotaExceeded as refusal:
            receipt = await answered(self.side, self.idempotent, refusal)
        else:
            receipt = await write()
        return self._told(receipt)

    def _told(self, receipt: Receipt) -> outputs.Receipt:
        self.headers.append("ETag", f'"{receipt.version}"')
        self.headers.append("Catalog-Position", str(receipt.position))
        if receipt.replayed:
            self.headers.append("Idempotent-Replayed", "true")
        return outputs.Receipt(
            id=receipt.id, sku=receipt.sku, version=receipt.version, position=receipt.position
        )


def idempotent(actor: str, key: str, method: str, path: str, body: bytes) -> Idempotent:
    """The key is the actor's alone, and good for that request only."""
    digest = hashlib.sha256(f"{method} {path}\n".encode())
    digest.update(body)
    return Idempotent(key=f"{actor} {key}", request_digest=digest.digest())
