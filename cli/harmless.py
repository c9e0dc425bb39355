"""Text from a catalog, as a terminal may be given it."""


def harmless(text: str) -> str:
    r"""Without characters that command a terminal or hide: they are shown as `\x1b` or `\u202e`."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
