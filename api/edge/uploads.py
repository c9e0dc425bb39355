"""Which requests bring a feed, and not a document: as large as a file, and as long on their way."""

import re
from collections.abc import Mapping
from typing import Any

_ADDRESS = re.compile("/v1/catalogs/[^/]+/imports")


def is_upload(scope: Mapping[str, Any]) -> bool:
    """Of a request of HTTP, before anybody has looked for its operation."""
    return scope["method"] == "POST" and _ADDRESS.fullmatch(scope["path"]) is not None
