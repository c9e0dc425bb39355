"""In which format a file is asked for: by `format`, else by `Accept` (RFC 9110, 12.5.1)."""

from api.streaming.accepting import weights
from queries.exports.exporting import Format

MEDIA_TYPES: dict[Format, str] = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}
"""The first one goes to whoever takes any."""
CONTENT_TYPES: dict[Format, str] = MEDIA_TYPES | {"csv": "text/csv; charset=utf-8; header=present"}


def accepted(accept: str) -> Format:
    """The one that is named with the greatest weight; NDJSON where none is."""
    named = weights(accept)
    return max(MEDIA_TYPES, key=lambda form: named.get(MEDIA_TYPES[form], 0.0))
