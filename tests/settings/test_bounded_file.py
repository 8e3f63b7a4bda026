"""Files that an operator names: whatever stands at the path, reading ends soon, and the error says what is wrong."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from autopost.database.migrate import given_mapping
from autopost.errors import ConfigurationError, Unreadable
from autopost.processes.redactor import build_redactor
from autopost.settings import Settings, load_settings
from autopost.settings.bounded_file import MAX_BYTES, MAX_TOML_DEPTH, parse_toml, read_bounded
from autopost.webhooks.from_settings import webhooks_from_settings

BIG = b"a" * (MAX_BYTES + 1)


def a_pipe(path: Path) -> None:
    """Make a pipe that nobody writes to."""
    os.mkfifo(path)


def of(content: bytes) -> Callable[[Path], object]:
    """Return what makes a file with this content."""
    return lambda path: path.write_bytes(content)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        pytest.param(a_pipe, "it is not a regular file", id="pipe"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), "it is not a regular file", id="device"),
        pytest.param(Path.mkdir, "it is a directory", id="directory"),
        pytest.param(of(BIG), "it has more than 1,000,000 bytes", id="big"),
        pytest.param(of(b"key = '\xff'"), "it is not UTF-8 (byte 8)", id="latin1"),
        pytest.param(of("key = 1".encode("utf-16")), "it is UTF-16; expected: UTF-8", id="utf-16"),
        pytest.param(lambda path: None, "No such file", id="missing"),
        pytest.param(lambda path: path.symlink_to(path), "Too many levels of symbolic links", id="loop"),
    ],
)
def test_what_is_not_a_short_text_is_refused(tmp_path: Path, make: Callable[[Path], object], why: str) -> None:
    """By every setting that names a file, in the same words."""
    path = tmp_path / "given"
    make(path)
    with pytest.raises(Unreadable, match=re.escape(why)):
        read_bounded(path)
    if not path.is_file() or path.stat().st_size <= MAX_BYTES:  # names may be more
        assert why in refusal(lambda: build_redactor(load_settings(require_database=False, redact_names_file=path)))
    assert why in refusal(lambda: build_redactor(load_settings(require_database=False, redact_patterns_file=path)))
    assert why in refusal(lambda: given_mapping(load_settings(require_database=False, mapping_file=path)))
    assert why in refusal(lambda: webhooks_from_settings(load_settings(require_database=False, webhooks_file=path)))
    webhooks = tmp_path / "webhooks.toml"
    webhooks.write_text('[a]\nkind = "slack"\nurl_file = "given"\n')
    settings = load_settings(require_database=False, webhooks_file=webhooks)
    assert "url_file: " in refusal(lambda: webhooks_from_settings(settings))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x = " + "[" * 5_000, "nested too deeply"),
        ("x = " + "{x=" * 5_000, "nested too deeply"),
        ("a." * 1_000 + "a = 1", "nested too deeply"),
        ("x = " + "[" * MAX_TOML_DEPTH + "]" * MAX_TOML_DEPTH, "nested too deeply"),
        ("x = " + "9" * 5_000, "not valid TOML"),
        ("x = ", "not valid TOML"),
    ],
)
def test_deep_or_malformed_documents_are_configuration_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, why: str
) -> None:
    """In the settings file and in every other one, without a traceback."""
    with pytest.raises(Unreadable, match=why):
        parse_toml(text)
    path = tmp_path / "given.toml"
    path.write_text(text)
    for read in (
        lambda: build_redactor(load_settings(require_database=False, redact_patterns_file=path)),
        lambda: given_mapping(load_settings(require_database=False, mapping_file=path)),
        lambda: webhooks_from_settings(load_settings(require_database=False, webhooks_file=path)),
    ):
        assert why in refusal(read)
    monkeypatch.setenv("SOCIAL_POST_CONFIG_FILE", str(path))
    assert why in refusal(lambda: load_settings(require_database=False))


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/stdin/nothing", "~no-such-user/x", "a\0b", "x" * 300])
def test_settings_file_that_cannot_be_one_is_refused(path: str) -> None:
    """Where an endless device was read until the memory was full."""
    with pytest.raises(Unreadable):
        read_bounded(path)


def test_no_device_is_opened_before_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening can do something by itself, or wait."""
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(Unreadable, match="not a regular file"):
        read_bounded("/dev/zero")


def test_short_texts_are_read_as_they_are(tmp_path: Path) -> None:
    """Without a byte order mark; /dev/null stands for none."""
    path = tmp_path / "given.toml"
    path.write_bytes(b"\xef\xbb\xbfa = '\xc3\xa4'\n")
    assert parse_toml(read_bounded(path)) == {"a": "ä"}
    assert read_bounded("/dev/null") == ""
    assert parse_toml("x = " + "[" * (MAX_TOML_DEPTH - 1) + "]" * (MAX_TOML_DEPTH - 1))
    path.chmod(stat.S_IWUSR)
    if os.access(path, os.R_OK):
        pytest.skip("the superuser reads everything")
    with pytest.raises(Unreadable, match="Permission denied"):
        read_bounded(path)


def refusal(read: Callable[[], object]) -> str:
    """Return why a read is refused."""
    with pytest.raises(ConfigurationError) as refused:
        read()
    return str(refused.value)


def test_settings_are_the_same_from_a_file_with_a_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Editors on Windows begin files with one."""
    path = tmp_path / "settings.toml"
    path.write_bytes(b"\xef\xbb\xbfbatch_size = 7\n")
    monkeypatch.setenv("SOCIAL_POST_CONFIG_FILE", str(path))
    settings: Settings = load_settings(require_database=False)
    assert settings.batch_size == 7
