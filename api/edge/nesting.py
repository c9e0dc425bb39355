"""How deep a JSON document is nested, found without reading it (RFC 8259, 9 lets us bound it)."""

import re
from array import array
from itertools import accumulate

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+', re.DOTALL)
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_OTHERS = bytes(set(range(256)) - set(b"[{]}"))


def is_deeper(document: bytes, limit: int) -> bool:
    """Whether more than `limit` arrays and objects stand within each other."""
    if document.count(b"[") + document.count(b"{") <= limit:
        return False
    steps = _STRING.sub(b"", document).translate(_STEPS, _OTHERS)
    return max(accumulate(array("b", steps)), default=0) > limit
