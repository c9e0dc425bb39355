"""The page on which the API describes itself; the only one that runs scripts."""

from base64 import b64encode
from hashlib import sha256

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

DESCRIPTION = "/openapi.json"
_LIBRARY = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5.35.0/"
_SCRIPT_DIGEST = "sha384-gjRm0bEPMeTmMh5jT2cHccIwCUZSTd8YC+j0d0sXw0MdGEfScduGpSyF3ZSSLkX9"
_STYLE_DIGEST = "sha384-WlYgdmXYOOBWL5apwjDEZwN+U3HmXSSu5R6V5aGxEcf7z+KuRNwBhoxKVN1i3D5I"
"""Of the files of that version in npm (Subresource Integrity): other ones are not run."""

_START = f"SwaggerUIBundle({{url: '{DESCRIPTION}', dom_id: '#ui', deepLinking: true}})"
_PAGE = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Catalog</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{_LIBRARY}swagger-ui.css" integrity="{_STYLE_DIGEST}"
 crossorigin="anonymous">
</head>
<body>
<div id="ui"></div>
<script src="{_LIBRARY}swagger-ui-bundle.js" integrity="{_SCRIPT_DIGEST}"
 crossorigin="anonymous"></script>
<script>{_START}</script>
</body>
</html>
"""
_POLICY = (
    f"default-src 'none'; "
    f"script-src {_LIBRARY} 'sha256-{b64encode(sha256(_START.encode()).digest()).decode()}'; "
    f"style-src {_LIBRARY} 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Its own script by its digest, its library from where that version is published (CSP 3)."""

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def docs() -> HTMLResponse:
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})
