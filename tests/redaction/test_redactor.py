"""What every caller of `redact` can rely on."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autopost.errors import ConfigurationError, RedactionFailed
from autopost.redaction import redactor as module
from autopost.redaction.redactor import Redactor
from tests.redaction.fakes import vendor_tokens
from tests.support.thoroughness import examples

MIXED = "Mail bob@example.com, call +1 212 555 0147, from 192.0.2.7, password is hunter2!x."


def test_finding_becomes_its_type_in_angle_brackets(redactor: Redactor) -> None:
    """The rest of the sentence stays as it was."""
    redaction = redactor.redact("Wrote to bob@example.com, twice.")
    assert redaction.text == "Wrote to <EMAIL_ADDRESS>, twice."
    assert redaction.counts == {"EMAIL_ADDRESS": 1}


def test_clean_text_is_returned_unchanged(redactor: Redactor) -> None:
    """Nothing is normalised that is not replaced."""
    text = "Café done — “v2.3.1” is live\u00a0now 🎉"
    assert redactor.redact(text).text == text
    assert redactor.redact(text).counts == {}


def test_empty_text_is_clean(redactor: Redactor) -> None:
    """An empty field is no failure."""
    assert redactor.redact("").text == ""


def test_counts_are_by_type(redactor: Redactor) -> None:
    """Two addresses count two."""
    counts = redactor.redact("a@example.com b@example.com 192.0.2.7").counts
    assert counts == {"EMAIL_ADDRESS": 2, "IP_ADDRESS": 1}


def test_redacting_twice_equals_once(redactor: Redactor) -> None:
    """Placeholders are never findings."""
    once = redactor.redact(MIXED)
    again = redactor.redact(once.text)
    assert again.text == once.text
    assert again.counts == {}


_PARTS = st.sampled_from(
    [
        "password",
        "token",
        ": ",
        "=",
        " is ",
        "secret",
        "<EMAIL_ADDRESS>",
        "<PASSWORD>",
        "bob@example.com",
        "4111 1111",
        " 1111 1111",
        "192.0.2.7",
        "+1 ",
        "212 555 0147",
        "passport ",
        "C01X00T47",
        " ",
        ".",
        "\u200b",
        "DE89 3704 0044 0532 0130 00",
        "://a:",
        "@",
        "call ",
        "'",
        '"',
        "x9Q",
        "Bearer ",
        "\n",
        "abcDEF123456",
        *[token for token, _ in vendor_tokens().values()],
    ]
)


@settings(max_examples=examples(400), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.one_of(_PARTS, st.text(max_size=6)), max_size=12))
def test_redacting_twice_equals_once_for_any_text(redactor: Redactor, parts: list[str]) -> None:
    """Whatever stands next to a finding, the result holds no new one."""
    once = redactor.redact("".join(parts)).text
    assert redactor.redact(once).text == once


def test_made_up_placeholder_is_no_hiding_place(redactor: Redactor) -> None:
    """Only the types that exist are placeholders."""
    assert "hunter2" not in redactor.redact("<bob@example.com> password=<hunter2x>").text
    assert "bob@" not in redactor.redact("<bob@example.com>").text


def test_result_does_not_depend_on_threads(redactor: Redactor) -> None:
    """Many threads get what one gets."""
    expected = redactor.redact(MIXED)
    with ThreadPoolExecutor(8) as pool:
        assert all(result == expected for result in pool.map(redactor.redact, [MIXED] * 200))


def test_failure_inside_raises_and_tells_nothing(redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the message nor the traceback nor a context holds the text."""

    def explode(text: str, *_: Any) -> None:
        raise ValueError(f"could not read {text}")

    monkeypatch.setattr(redactor._engine, "findings", explode)
    text = "mail " + "bob@" + "example.com"
    with pytest.raises(RedactionFailed) as raised:
        redactor.redact(text)
    printed = "".join(traceback.format_exception(raised.value))
    assert text not in printed
    assert raised.value.__context__ is None
    assert "ValueError" in str(raised.value)


def test_failing_recognizer_fails_the_redaction(redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    """No recognizer's failure is passed over."""
    recognizer = next(
        r for r in redactor._engine._analyzer.registry.recognizers if "EMAIL_ADDRESS" in r.supported_entities
    )

    def explode(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(recognizer, "analyze", explode)
    with pytest.raises(RedactionFailed):
        redactor.redact("bob@example.com")


def test_exhausted_prefilter_fails_the_redaction(redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set that reports nothing at all is not taken for a clean text."""

    class Exhausted:
        def Match(self, _text: bytes) -> None:  # noqa: N802
            return None

    monkeypatch.setattr(redactor._engine._prefilter, "_sets", [(Exhausted().Match, ())])
    with pytest.raises(RedactionFailed):
        redactor.redact("clean")


def test_passed_deadline_fails_the_redaction(redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that takes too long does not go out."""
    monkeypatch.setattr(module, "DEADLINE_CPU_SECONDS", -1.0)
    with pytest.raises(RedactionFailed, match="DeadlinePassed"):
        redactor.redact(MIXED)


def test_text_that_is_too_long_is_refused(redactor: Redactor) -> None:
    """One megabyte is no post."""
    with pytest.raises(RedactionFailed, match="TextTooLong"):
        redactor.redact("a" * (1 << 20))


def test_longest_served_text_is_redacted(redactor: Redactor) -> None:
    """Every character up to the limit is looked at."""
    text = "word " * ((module.MAX_CHARACTERS - 20) // 5) + "bob@example.com"
    assert redactor.redact(text).counts == {"EMAIL_ADDRESS": 1}


def test_lone_surrogate_is_replaced_and_hides_nothing(redactor: Redactor) -> None:
    """A broken emoji from an LLM neither crashes nor goes on to the database."""
    redaction = redactor.redact("ok \ud83d bob@example.com")
    assert redaction.text == "ok \ufffd <EMAIL_ADDRESS>"


def test_no_socket_is_opened_and_no_name_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Construction and use work without a network."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert "bob" not in Redactor().redact(MIXED).text


def test_no_log_line_is_written(redactor: Redactor, caplog: pytest.LogCaptureFixture) -> None:
    """Presidio says nothing, even when everything is set to debug."""
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="presidio-analyzer"):
        redactor.redact(MIXED)
    assert caplog.records == []


def test_fresh_process_imports_without_a_warning() -> None:
    """Warnings are errors for users, too."""
    code = "from autopost.redaction.redactor import Redactor; print(Redactor().redact('bob@example.com').text)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "<EMAIL_ADDRESS>\n", "")


@pytest.mark.parametrize("model", ["en_core_web_lg", "no_such_model", "/no/such/path", "os"])
def test_model_that_is_not_installed_is_a_configuration_error(model: str) -> None:
    """Nothing is downloaded; the message names the setting."""
    with pytest.raises(ConfigurationError, match="nothing is downloaded at run time"):
        Redactor(model=model)
