"""A product by its id as most people would write it: a session of SQLAlchemy's ORM, Pydantic."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import typer
from fastapi import Depends, FastAPI, HTTPException, status
from sqlalchemy import JSON, make_url, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from api.outputs import Product
from benchmarks.peers.bearer import verifying
from benchmarks.peers.serving import Keys, Port, serve

PATH = "/catalogs/{catalog}/products/{product_id}"


class Base(DeclarativeBase):
    pass


class ProductDetails(Base):
    __tablename__ = "product_details"
    __table_args__ = ({"schema": "read"},)

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


def run(port: Port, keys: Keys, database_url: Annotated[str, typer.Option()]) -> None:
    """With SQLAlchemy's own pool, of up to 15 connections: others were no faster."""
    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url)
    sessions = async_sessionmaker(engine)
    app = FastAPI()

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as opened:
            yield opened

    @app.get(PATH, response_model=Product, dependencies=[Depends(verifying(keys))])
    async def product(
        catalog: str, product_id: UUID, session: Annotated[AsyncSession, Depends(session)]
    ) -> dict[str, Any]:
        asked = (ProductDetails.catalog_id == catalog, ProductDetails.product_id == product_id)
        found = await session.scalar(select(ProductDetails).where(*asked))
        if found is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND)
        return found.document

    serve(app, port)


if __name__ == "__main__":
    typer.run(run)
