from time import process_time

import pytest

from api.auth.entering.strength import weakness


@pytest.mark.parametrize(
    "password",
    [
        "password12345",
        "Password1234!",
        "P@ssw0rd2024!",
        "123456789012",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "abcdefghijkl",
        "iloveyou1234",
        "letmeinletmein",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "catalogcatalog",
        "lovelacelovelace",
        "ada.lovelace1",
        "ADA.lovelace99",
        "lovelaceada99",
    ],
)
def test_what_is_guessed_soon_is_refused(password: str) -> None:
    why = weakness(password, "ada.lovelace")

    assert why
    assert why.endswith("nothing to do with each other")
    assert password not in why


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "another long password",
        "n-Fvptux1zNf",
        "5f0c1e9a3b7d4826f1a0c9e8d7b6a594",
        "хорошая лошадь батарейка",
        "e" * 3 + "Vx8#mQ" * 3,
    ],
)
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    assert weakness(password, "ada.lovelace") is None


def test_a_name_that_is_longer_than_what_is_looked_at_is_no_password() -> None:
    name = "zq8vk3xw7m" * 6

    assert weakness(name, name)
    assert weakness(name, "ada") is None


def test_no_password_takes_long_to_judge() -> None:
    """Signs that may stand for several letters are what takes the library longest."""
    began = process_time()

    weakness("(4@8({[<3691!|70$5+%2" * 4, "ada")

    assert process_time() - began < 5
