"""What a checkpoint says, read back from the note alone."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.checkpoints import TreeHead, origin
from events.notes import InvalidNote, Signer

ROOT = bytes(range(32))
BASE64 = b64encode(ROOT).decode()
signer = Signer("log.example.org", Ed25519PrivateKey.from_private_bytes(bytes(32)))
tree_head = TreeHead(origin("log.example.org", "main"), 12_345, ROOT)


def read(text: str) -> TreeHead:
    return TreeHead.of(signer.sign(text), signer.verifier_key)


def test_it_names_the_catalog_s_log_its_size_and_its_root() -> None:
    note = tree_head.signed(signer)
    assert note.startswith(f"log.example.org/main\n12345\n{BASE64}\n\n— log.example.org ")
    assert TreeHead.of(note, signer.verifier_key) == tree_head


def test_further_lines_are_left_to_those_who_know_them() -> None:
    assert read(f"log.example.org/main\n12345\n{BASE64}\nmore\n") == tree_head


def test_another_key_has_not_signed_it() -> None:
    other = Signer(signer.name, Ed25519PrivateKey.from_private_bytes(ROOT))
    with pytest.raises(InvalidNote):
        TreeHead.of(tree_head.signed(signer), other.verifier_key)


@pytest.mark.parametrize(
    "text",
    [
        "signed, but no checkpoint\n",
        f"\n12345\n{BASE64}\n",
        f"log\n012345\n{BASE64}\n",
        f"log\n-1\n{BASE64}\n",
        f"log\n\N{ARABIC-INDIC DIGIT ONE}\n{BASE64}\n",
        f"log\n{'9' * 20}\n{BASE64}\n",
        "log\n12345\n\n",
        f"log\n12345\n{BASE64[:-4]}\n",
        f"log\n12345\n{BASE64}=\n",
        f"log\n12345\n{BASE64}\n\nmore\n",
    ],
)
def test_what_is_no_checkpoint_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(InvalidNote):
        read(text)
