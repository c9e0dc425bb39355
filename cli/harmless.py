"""Text from a catalog, as a terminal may be given it."""

BEGINNING, END = 600, 300
LONGEST = BEGINNING + END


def harmless(text: str) -> str:
    r"""Without characters that command a terminal or hide: they are shown as `\x1b` or `\u202e`."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escaped(each) for each in text)


def brief(text: str) -> str:
    """Harmless, and of some lines at most, without the middle: the end says what to do."""
    shown = harmless(text)
    return shown if len(shown) <= LONGEST else f"{shown[:BEGINNING]} … {shown[-END:]}"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
