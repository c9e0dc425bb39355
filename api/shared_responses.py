"""What several operations answer is told once in the OpenAPI document, and referred to."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

type Response = dict[str, Any]

_PROBLEM = re.compile("^`([a-z-]+)`:", re.MULTILINE)


def share(operations: Iterable[dict[str, Any]], everywhere: Collection[str]) -> dict[str, Response]:
    """The components that the operations' responses refer to from now on, by name.

    A name says the status, what is refused with it or the schema that is sent, and when no rate is
    told. What may be refused `everywhere` is named where nothing else is.
    """
    places = [(each["responses"], status) for each in operations for status in each["responses"]]
    times = Counter(_text(responses[status]) for responses, status in places)
    named: dict[str, tuple[str, Response]] = {}
    taken: Counter[str] = Counter()
    for responses, status in places:
        response = responses[status]
        text = _text(response)
        if times[text] == 1:
            continue
        if text not in named:
            name = _name(status, response, everywhere)
            taken[name] += 1
            named[text] = (name if taken[name] == 1 else f"{name}.{taken[name]}", response)
        responses[status] = {"$ref": f"#/components/responses/{named[text][0]}"}
    return dict(sorted(named.values()))


def _text(response: Response) -> str:
    return json.dumps(response, sort_keys=True)


def _name(status: str, response: Response, everywhere: Collection[str]) -> str:
    problems = _PROBLEM.findall(response["description"])
    own = (
        [problem for problem in problems if problem not in everywhere]
        or problems
        or _sent(response)
    )
    unrated = [] if "RateLimit" in response["headers"] else ["unrated"]
    return ".".join([status, *own, *unrated])


def _sent(response: Response) -> list[str]:
    schemas = (each.get("schema", {}) for each in response.get("content", {}).values())
    return [schema["$ref"].rpartition("/")[2] for schema in schemas if "$ref" in schema]
