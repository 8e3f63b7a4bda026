"""A worker imports what it needs, and so claims soon after its start."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("aiosmtplib", "alembic", "openai", "spacy", "sqlalchemy", "thinc", "numpy", "starlette", "uvicorn")
WORKER = "import autopost.cli.app, autopost.cli.install, autopost.processes.worker_process"


@pytest.mark.parametrize("modules", [WORKER, "import autopost.processes.redactor"], ids=["worker", "redactor"])
def test_worker_does_without_slow_modules(modules: str) -> None:
    """Neither mail, migrations, the LLM's client, spaCy nor a web server, which it needs only with certain settings."""
    code = f"{modules}; import sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert sorted(set(HEAVY) & set(loaded)) == []


def test_spacy_can_still_be_loaded_after_presidio() -> None:
    """What stood for it while Presidio was imported is gone, and a configured pipeline is the real one."""
    code = (
        "import autopost.redaction.presidio, spacy, spacy.tokens; from autopost.redaction.nlp import _stop_words; "
        "from spacy.lang.en.stop_words import STOP_WORDS; assert _stop_words() == STOP_WORDS; "
        "print(spacy.blank('en')('Ada works')[0].text)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "Ada\n"
