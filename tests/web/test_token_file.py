"""The file of tokens: what is in it, and every problem at once without showing a token."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from autopost.errors import ConfigurationError
from autopost.settings import load_settings
from autopost.web.token_file import read_tokens
from autopost.web.tokens import Identity, Tokens

LONG = "a-token-for-tests-{}".format


def test_tokens_of_settings_and_file_are_one_list(tmp_path: Path) -> None:
    """Each with what it allows; a file beside it may hold one, and a digest stands for one."""
    (tmp_path / "two").write_text(f"{LONG(2)}\n", "utf-8")
    digest = hashlib.sha256(LONG(3).encode()).hexdigest().upper()
    file = tmp_path / "tokens.toml"
    file.write_text(
        f'[one]\ntoken = "{LONG(1)}"\nmay = "act"\n[two]\ntoken_file = "two"\ntenant = "acme"\n'
        f'[three]\nsha256 = "{digest}"\n',
        "utf-8",
    )
    given = {"http_token": LONG("acting"), "http_read_token": LONG("reading"), "http_tokens_file": str(file)}
    tokens = Tokens(read_tokens(load_settings(require_database=False, **given)))
    found = {text: token.identity for text in ("acting", "reading", 1, 2, 3) if (token := tokens.find(LONG(text)))}
    assert found == {
        "acting": Identity("http-token", may_act=True),
        "reading": Identity("http-read-token"),
        1: Identity("one", may_act=True),
        2: Identity("two", tenant="acme"),
        3: Identity("three"),
    }
    assert tokens.find(LONG(4)) is None


def test_every_problem_of_the_file_is_named_without_a_token(tmp_path: Path) -> None:
    """With the section, the key and what is expected."""
    file = tmp_path / "tokens.toml"
    file.write_text(
        f"""
        loose = "{LONG("loose")}"
        [Upper-{LONG("name")}]
        token = "{LONG("upper")}"
        [short]
        token = "tooshort"
        [twice]
        token = "{LONG("a")}"
        sha256 = "x"
        [none]
        tennant = "acme"
        [bad]
        sha256 = "{LONG("nodigest")}"
        may = "write"
        [acting]
        token = "{LONG("b")}"
        may = "act"
        tenant = "acme"
        [gone]
        token_file = "nowhere"
        [http-token]
        token = "{LONG("c")}"
        [empty]
        token = "{LONG("d")}"
        tenant = ""
        """,
        "utf-8",
    )
    with pytest.raises(ConfigurationError) as caught:
        read_tokens(load_settings(require_database=False, http_tokens_file=str(file)))
    message = str(caught.value)
    for said in (
        "loose: is in no section",
        "a name of 1 to 40 lower-case letters",
        "[short] token: expected: at least 16 random ASCII characters",
        "[twice]: has token and sha256; expected: one of token, token_file, sha256",
        "[none] tennant: not known; did you mean tenant?",
        "[none]: has no token",
        "[bad] sha256: expected: 64 hexadecimal digits",
        "[bad] may: expected: read or act",
        "[acting] may: got act; expected: read, as actions concern all tenants",
        "[gone] token_file: cannot be read: ",
        "[http-token]: is the name of a token of the settings",
        "[empty] tenant: expected: a tenant's id",
    ):
        assert said in message, said
    assert LONG("")[:-1] not in message
    assert "tooshort" not in message


@pytest.mark.parametrize("text", ["", "[one", "[one]\ntoken = 'a-token-for-tests'\n[two]\ntoken = 'a-token-for-tests'"])
def test_file_that_grants_nothing_clear_is_refused(tmp_path: Path, text: str) -> None:
    """No token, no TOML, or one token for two names."""
    file = tmp_path / "tokens.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match="SOCIAL_POST_HTTP_TOKENS_FILE"):
        read_tokens(load_settings(require_database=False, http_tokens_file=str(file)))


def test_two_tokens_of_the_settings_differ() -> None:
    """Or reading would be acting."""
    with pytest.raises(ConfigurationError, match="SOCIAL_POST_HTTP_READ_TOKEN: is SOCIAL_POST_HTTP_TOKEN"):
        load_settings(require_database=False, http_token=LONG("x"), http_read_token=LONG("x"))
