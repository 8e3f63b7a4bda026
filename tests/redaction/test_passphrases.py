"""Passphrases of unrelated words are found wherever they stand in a sentence about what they open."""

from __future__ import annotations

import pytest

from autopost.redaction.redactor import Redactor
from tests.redaction.sentences import assert_unchanged

WORDS = "walnut ferry quiet ladder"


@pytest.mark.parametrize(
    "sentence",
    [
        "Backup key lives on the stick, and the phrase to unlock it is {}.",
        "GPG asked for the passphrase and {} was accepted.",
        "For the archive use {} (passphrase), it has not been rotated since spring.",
        "Typed {} at the LUKS prompt and the server booted.",
        "{} is what opens the encrypted volume.",
        "The words {} unlock the archive of the tax adviser.",
        "Passphrase changed. New: {}",
        "Set up the vault; master passphrase {}.",
    ],
)
@pytest.mark.parametrize("sign", [" ", "-"])
def test_unrelated_words_are_found(redactor: Redactor, sentence: str, sign: str) -> None:
    """Four words without a function word, with a space or a hyphen between them."""
    text = sentence.format(WORDS.replace(" ", sign))
    found = [text[f.start : f.end] for f in redactor.explain(text)]
    assert found == [WORDS.replace(" ", sign)]


def test_sentence_about_passphrases_stays(redactor: Redactor) -> None:
    """Words of software, and names in code, are none that somebody chose."""
    assert_unchanged(
        redactor,
        [
            "Renamed customer-invoice-total-amount after the vault was unlocked.",
            "The passphrase policy covers encrypted customer database backup volumes.",
            "They use green yellow red colours for the password strength.",
            "Unlock requests for service accounts go to the platform support team channel.",
            "La phrase de passe est maintenant demandée deux fois.",
        ],
    )
