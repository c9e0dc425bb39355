"""A catalog without events: rows that are overwritten, and beside them what they were before."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, TIMESTAMP, BigInteger, ForeignKey, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    attribute_keyed_dict,
    mapped_column,
    relationship,
)


class Base(DeclarativeBase):
    pass


class Price(Base):
    __tablename__ = "price"

    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)


class Product(Base):
    __tablename__ = "product"
    __table_args__ = (UniqueConstraint("catalog", "sku"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    catalog: Mapped[str]
    sku: Mapped[str]
    name: Mapped[str]
    brand: Mapped[str | None]
    category: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str]
    version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now(), onupdate=func.now()
    )
    prices: Mapped[dict[str, Price]] = relationship(
        collection_class=attribute_keyed_dict("currency")
    )


class Audit(Base):
    """Of a product, who made what of what, and when."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"), index=True)
    actor: Mapped[str]
    action: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
    product: Mapped[Product] = relationship()
