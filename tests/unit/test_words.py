"""What counts as a word, and which words are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.letters import plain
from projections.words import (
    LONGEST,
    LONGEST_JOINED,
    LONGEST_WORD,
    MOST_PLACES,
    joined,
    searched,
    sought,
    told,
    weighed,
)


def words(text: str) -> str:
    return " ".join(searched(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("G.Skill Trident-Z5", "g skill trident z5"),
        ("DDR5-6000 (2 x 16GB)", "ddr5 6000 2 x 16gb"),
        ("Äpfel, Crème brûlée", "apfel creme brulee"),
        ("A\u0308pfel", "apfel"),
        ("Straße STRASSE", "strasse strasse"),
        ("İstanbul", "istanbul"),
        ("ﬁve Ⅷ ² ½", "five viii 2 1 2"),
        ("snake_case", "snake case"),
        ("日本語の本", "日 本 語 の 本"),
        ("ガｶﾞか\u3099", "カ\u3099 カ\u3099 か\u3099"),
        ("ภาษา 2", "ภ า ษ า 2"),
        (
            "Øresund Łódź Đak œuvre Æther \u0131s\u0131 Þór",
            "oresund lodz dak oeuvre aether isi thor",
        ),
        ("Core™ i7 25℃ №5", "core tm i7 25 c no 5"),
        ("a\u00adb c\u200bd e\ufe0f 1\u20e3", "ab cd e 1"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("किताब", "किताब"),
        ("@main <b> & ' | :*", "main b"),
        ("-_ \u0301", ""),
    ],
)
def test_words_are_told_apart_without_regard_to_case_and_accents(text: str, found: str) -> None:
    assert words(text) == found


@given(st.text())
def test_words_of_words_are_the_same(text: str) -> None:
    assert words(words(text)) == words(text)


@given(st.text(), st.text())
def test_what_stands_apart_is_found_apart(one: str, other: str) -> None:
    assert words(f"{one} {other}").split() == [*words(one).split(), *words(other).split()]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("G.Skill (Wi-Fi) i7-13700K O\u2019Neil's TCP/IP", "gskill wifi i713700k oneils tcpip"),
        ("Käse-Öfchen", "kaseofchen"),
        ("3.5 3.5mm 2023-11-16 1/2", ""),
        ("- a- -b . / c .5", ""),
        (f"a-{'b' * LONGEST_JOINED} https://example.org/a/long/way/to/go/for/a/page", ""),
    ],
)
def test_what_signs_part_is_also_one_word_unless_it_is_a_number_or_long(
    text: str, found: str
) -> None:
    assert " ".join(joined(text)) == found


def test_a_language_is_told_words_with_their_accents() -> None:
    assert told("Äpfel, A\u0308PFEL", "Core™ Wi\u00adFi") == ["äpfel", "äpfel", "core", "wifi"]


def test_what_is_sought_begins_with_its_last_word() -> None:
    assert sought("Ärger 日本 lam") == (["arger", "日 & 本", "lam:*"], ["ärger", "日本", "lam"])
    assert sought("\u0301") == ([], [])


def test_names_are_sorted_without_regard_to_case_and_accents() -> None:
    assert [*map(plain, ("ZEBRA-2", "Äpfel", "Ørsted™"))] == ["zebra-2", "apfel", "orstedtm"]


def test_a_text_is_searched_as_far_as_a_tsvector_has_room() -> None:
    [first, *_] = found = searched("ﷺ" * LONGEST, "a")
    assert len(" ".join(found)) == LONGEST
    assert first == words("ﷺ").split()[0]


def test_a_word_is_searched_as_far_as_a_lexeme_has_room() -> None:
    assert searched("x" * LONGEST, "y") == ["x" * LONGEST_WORD]
    assert searched("x" * LONGEST_WORD, "y") == ["x" * LONGEST_WORD, "y"]


def test_words_have_weights_by_their_part_and_places_across_parts() -> None:
    assert weighed("main", ["sun", "lamp"], [], ["red"], ["a", "lamp"]) == (
        "sun:1A lamp:2A\n\nred:3C\na:4D lamp:5D\n'@main'"
    )


def test_places_end_where_those_of_a_tsvector_do() -> None:
    words = [f"w{number}" for number in range(MOST_PLACES + 2)]
    first, *_ = weighed("main", words, (), (), ()).split("\n")
    assert first.split()[-3:] == ["w16382:16383A", "w16383:16383A", "w16384:16383A"]
