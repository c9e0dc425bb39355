"""A catalog as most teams would write it: FastAPI, Pydantic, a session of SQLAlchemy's ORM.

What was before and after, and whose doing it is, is written in the same transaction.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID

import typer
from fastapi import Depends, FastAPI, HTTPException, Request, Response, status
from pydantic import BaseModel, Field
from sqlalchemy import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import joinedload
from uuid_utils.compat import uuid7

from benchmarks.peers.bearer import verifying
from benchmarks.peers.serving import Keys, Port, serve
from benchmarks.writing.contestants.crud_tables import Audit, Price, Product

PRODUCTS = "/v1/catalogs/{catalog}/products"
Pool = Annotated[int, typer.Option(help="Connections to the database.")]

type Amount = Annotated[int, Field(ge=0)]


class Money(BaseModel):
    currency: str = Field(pattern="^[A-Z]{3}$")
    amount: Amount


class NewPrice(BaseModel):
    amount: Amount


class NewProduct(BaseModel):
    sku: str = Field(min_length=1, max_length=100)
    name: str = Field(min_length=1, max_length=500)
    brand: str | None = Field(None, max_length=200)
    category: str | None = Field(None, max_length=200)
    tags: list[str] = []
    attributes: dict[str, str | bool | int | float | list[str | bool | int | float]] = {}
    prices: list[Money] = []
    status: Literal["draft", "published"] = "draft"


class Receipt(BaseModel):
    id: UUID
    sku: str
    version: int


def run(port: Port, keys: Keys, database_url: Annotated[str, typer.Option()], pool: Pool) -> None:
    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, pool_size=pool, max_overflow=0)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    app = FastAPI(exception_handlers={IntegrityError: _taken})

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions.begin() as opened:
            yield opened

    type Session = Annotated[AsyncSession, Depends(session, scope="function")]
    type Actor = Annotated[str, Depends(verifying(keys))]

    @app.post(PRODUCTS, status_code=status.HTTP_201_CREATED)
    async def register(catalog: str, body: NewProduct, actor: Actor, session: Session) -> Receipt:
        product = _product(catalog, body)
        session.add_all([product, _audit(product, actor, "registered", None, body.model_dump())])
        return _receipt(product)

    @app.put(PRODUCTS + "/{product_id}/prices/{currency}")
    async def set_price(
        catalog: str,
        product_id: UUID,
        currency: str,
        body: NewPrice,
        actor: Actor,
        session: Session,
    ) -> Receipt:
        product = await _locked(session, product_id)
        if product is None or product.catalog != catalog:
            raise HTTPException(status.HTTP_404_NOT_FOUND)
        session.add(_priced(product, currency, body.amount, actor))
        return _receipt(product)

    serve(app, port)


async def _taken(_: Request, __: Exception) -> Response:
    """Another product has the SKU: nothing else is unique."""
    return Response(status_code=status.HTTP_409_CONFLICT)


def _product(catalog: str, body: NewProduct) -> Product:
    prices = {each.currency: Price(**each.model_dump()) for each in body.prices}
    return Product(
        id=uuid7(), catalog=catalog, version=1, prices=prices, **body.model_dump(exclude={"prices"})
    )


async def _locked(session: AsyncSession, product_id: UUID) -> Product | None:
    """With its prices, in one round trip."""
    return await session.get(
        Product,
        product_id,
        options=[joinedload(Product.prices)],
        with_for_update={"of": Product},
    )


def _priced(product: Product, currency: str, amount: int, actor: str) -> Audit:
    before = product.prices.get(currency)
    then = {"currency": currency, "amount": before.amount} if before else None
    if before:
        before.amount = amount
    else:
        product.prices[currency] = Price(currency=currency, amount=amount)
    product.version += 1
    return _audit(product, actor, "priced", then, {"currency": currency, "amount": amount})


def _audit(
    product: Product,
    actor: str,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> Audit:
    return Audit(product=product, actor=actor, action=action, before=before, after=after)


def _receipt(product: Product) -> Receipt:
    return Receipt(id=product.id, sku=product.sku, version=product.version)


if __name__ == "__main__":
    typer.run(run)
