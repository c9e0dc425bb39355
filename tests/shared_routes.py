"""What FastAPI makes of the routers is the same for all applications of a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from api import openapi

type Document = dict[str, Any]


@contextmanager
def made_once() -> Iterator[None]:
    """Each application more would take 0.1 s of CPU for its routes, 0.5 s for its document."""
    included: dict[int, BaseRoute] = {}
    documents: dict[tuple[int, ...], Document] = {}
    include_router, described = FastAPI.include_router, openapi._document  # noqa: SLF001 -- ours

    def include(app: FastAPI, router: APIRouter) -> None:
        if id(router) not in included:
            include_router(app, router)
            included[id(router)] = app.router.routes[-1]
        else:
            app.router.routes.append(included[id(router)])

    def document(app: FastAPI) -> Document:
        shared = {id(route) for route in included.values()}
        key = tuple(id(route) for route in app.routes if id(route) in shared)
        if key not in documents:
            documents[key] = described(app)
        return documents[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(FastAPI, "include_router", include)
        patched.setattr(openapi, "_document", document)
        yield
