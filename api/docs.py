"""The page on which the API describes itself; the only one that runs scripts."""

import re
from base64 import b64encode
from hashlib import sha256

from fastapi import APIRouter
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse

DESCRIPTION = "/openapi.json"
_ELSEWHERE = "https://cdn.jsdelivr.net"
_ICON = "data:,"
_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)

_page = get_swagger_ui_html(
    openapi_url=DESCRIPTION, title="Catalog", swagger_favicon_url=_ICON
).body


def _policy(page: bytes) -> str:
    """Its own script by its digest, its library from where that is published (CSP 3)."""
    digests = [b64encode(sha256(script).digest()).decode() for script in _SCRIPT.findall(page)]
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {_ELSEWHERE} {scripts}; "
        f"style-src {_ELSEWHERE} 'unsafe-inline'; img-src data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs() -> HTMLResponse:
    return HTMLResponse(_page, headers={"Content-Security-Policy": _policy(bytes(_page))})
