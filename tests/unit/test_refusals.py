from collections.abc import Iterator
from http import HTTPStatus

import pytest

import api.main  # noqa: F401 -- everything that may refuse is known once the application is
from api.refusals import STATUS
from api.settings import Settings
from events.errors import Refused


def _below(refusal: type[Refused]) -> Iterator[type[Refused]]:
    for each in refusal.__subclasses__():
        yield each
        yield from _below(each)


REFUSALS = sorted(_below(Refused), key=lambda refusal: refusal.__name__)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_every_refusal_has_a_status_and_a_sentence(refusal: type[Refused]) -> None:
    status, name = STATUS[refusal]
    assert status in {each.value for each in HTTPStatus if each.is_client_error} | {500, 503}
    assert name == name.lower()
    assert refusal.__doc__
    assert refusal.__doc__.endswith(".")
    assert str(refusal()) == refusal.__doc__


def test_a_problem_of_one_name_has_one_status() -> None:
    statuses: dict[str, set[int]] = {}
    for status, name in STATUS.values():
        statuses.setdefault(name, set()).add(status)
    assert all(len(found) == 1 for found in statuses.values())


def test_a_refusal_carries_what_its_reader_needs() -> None:
    assert Refused(current_version=3).members == {"current_version": 3}


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("body-too-large", "body_limit_bytes"),
        ("headers-too-large", "header_bytes_limit"),
        ("nested-too-deeply", "json_depth_limit"),
        ("unknown-host", "allowed_hosts"),
    ],
)
def test_a_refusal_by_a_limit_says_what_sets_it(name: str, setting: str) -> None:
    assert setting in Settings.model_fields
    [refusal] = (each for each, (_, known) in STATUS.items() if known == name)
    assert f"`CATALOG_{setting.upper()}`" in str(refusal())
