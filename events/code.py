"""What a piece of the service does, as a digest: it changes when the code does.

For what is computed from events and kept: whatever was made by other code is made again.
"""

import ast
from collections.abc import Iterable
from hashlib import sha256
from importlib.resources.abc import Traversable


def digest_of(sources: Iterable[Traversable]) -> bytes:
    """SHA-256 over the digests of files, so that nothing can move from one to the next.

    Layout, comments and docstrings of Python do not count; other files do as they are.
    """
    return sha256(b"".join(map(_digest, sources))).digest()


def _digest(source: Traversable) -> bytes:
    if source.name.endswith(".py"):
        return _digest_of_python(source.read_text(encoding="utf-8"))
    return sha256(source.read_bytes()).digest()


def _digest_of_python(source: str) -> bytes:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [each for each in node.body if not _is_text(each)]
    return sha256(ast.dump(tree).encode()).digest()


def _is_text(statement: ast.stmt) -> bool:
    """A docstring, of the thing itself or of the name above."""
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case _:
            return False
