"""A catalog's category tree over HTTP."""

from fastapi import APIRouter, Response

from api import outputs
from api.auth.access import CATALOG_REFUSALS, CatalogKey, Reader
from api.errors import ProjectionBehind
from api.parameters import ONLY_KNOWN
from api.reading.answering import Reading, for_readers
from queries.errors import QueryTooSlow, TooManyQueries

router = APIRouter(prefix="/v1/catalogs/{catalog}", tags=["queries"], dependencies=ONLY_KNOWN)


@router.get(
    "/categories",
    operation_id="get_categories",
    response_model=outputs.CategoryTree,
    responses=for_readers(*CATALOG_REFUSALS, ProjectionBehind, TooManyQueries, QueryTooSlow),
)
async def get_categories(catalog: CatalogKey, _caller: Reader, read: Reading) -> Response:
    """Every category with how many products are in it or below; archived ones are not counted.

    A list with `category=` has as many. An answer may be two seconds old; with
    `Catalog-Min-Position` it is as new as that.
    """
    categories = read.held.categories
    answer = await read(lambda: categories.read(catalog, minimum=read.minimum))
    return await read.for_readers(answer.value, answer.position)
