"""The file of hooks: what it says, and that each mistake in it is named, with what is allowed and without a secret."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from autopost.errors import ConfigurationError
from autopost.settings import load_settings
from autopost.webhooks.from_settings import webhooks_from_settings
from autopost.webhooks.webhook import Webhook, WebhookKind
from autopost.webhooks.webhook_file import parse_webhooks
from tests.support.webhooks.posts import post

SLACK = '[alerts]\nkind = "slack"\nurl = "https://chat.example.com/services/hidden"\n'


def read(text: str, folder: Path = Path()) -> list[Webhook]:
    """Read hooks."""
    return parse_webhooks(text, "hooks.toml", folder)


def refusal(text: str, folder: Path = Path()) -> str:
    """Return what is said of hooks that are refused."""
    with pytest.raises(ConfigurationError) as refused:
        read(text, folder)
    return str(refused.value)


def test_hooks_are_read_in_order(secret: str) -> None:
    """A section each."""
    slack, webhook = read(
        SLACK
        + 'post_types = ["alert"]\ngive_up_hours = 2\n'
        + f'[archive]\nkind = "webhook"\nurl = "https://archive.example.com"\nsecret = "{secret}"\n'
        + 'headers = {Authorization = "Bearer abc"}\n'
    )
    assert (slack.name, slack.kind, slack.where) == ("alerts", WebhookKind.SLACK, "https://chat.example.com")
    assert (slack.consumer, slack.give_up_after) == ("webhook:alerts", timedelta(hours=2))
    assert (webhook.kind, webhook.headers) == (WebhookKind.WEBHOOK, (("Authorization", "Bearer abc"),))
    assert webhook.secret is not None
    assert len(webhook.secret) == 32


def test_secrets_may_stand_in_files_of_their_own(tmp_path: Path, secret: str) -> None:
    """Beside the file of hooks, or anywhere; a line's end at their end does not count."""
    (tmp_path / "url").write_text("https://archive.example.com/hidden\n")
    (tmp_path / "secret").write_text(f"{secret}\n")
    (hook,) = read(f'[a]\nkind = "webhook"\nurl_file = "url"\nsecret_file = "{tmp_path / "secret"}"\n', folder=tmp_path)
    assert hook.url == "https://archive.example.com/hidden"
    assert hook.secret is not None


def test_a_hook_shows_no_secret(secret: str) -> None:
    """Neither in its repr nor where it says where it goes."""
    (hook,) = read(
        '[a]\nkind = "webhook"\nurl = "https://h.example.com/hidden-path?hidden=1"\n'
        f'secret = "{secret}"\nheaders = {{Authorization = "hidden"}}\n'
    )
    assert "hidden" not in repr(hook) + hook.where
    assert secret.removeprefix("whsec_") not in repr(hook)
    assert str(hook.secret) not in repr(hook)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no webhook in it"),
        ("[x", "is not valid TOML"),
        ('url = "y"', "url: is in no section; expected: under the name of a webhook, such as [alerts]"),
        ('[[alerts]]\nkind = "slack"', "[[alerts]]: a list; expected: a section with one pair of brackets"),
        (SLACK.replace("alerts", "Alerts"), "[Alerts]: expected: a name of 1 to 40 lower-case letters"),
        (SLACK.replace("slack", "slak"), "[alerts] kind: got slak; did you mean slack?"),
        ('[a]\nurl = "https://x.example.com"', "[a] kind: missing; expected: slack, teams, discord"),
        (SLACK + 'post_type = ["alert"]', "[alerts] post_type: not known; did you mean post_types?"),
        (SLACK + "colour = 1", "[alerts] colour: not known; expected: kind, url"),
        (SLACK + 'post_types = ["alarm"]', "[alerts] post_types: got alarm; expected: status and alert"),
        (SLACK + 'post_types = "alert"', "[alerts] post_types: got alert; expected: a list of texts"),
        (SLACK + "agents = []", "[alerts] agents: got []; expected: a list of texts"),
        (SLACK + 'rules = ["9"]', "[alerts] rules: got [9]; expected: a list of numbers of rules"),
        (SLACK + "rules = [true]", "[alerts] rules: got [True]"),
        (SLACK + "give_up_hours = 0", "[alerts] give_up_hours: got 0; expected: a number above 0, 144 at most"),
        (SLACK + "give_up_hours = nan", "[alerts] give_up_hours: got nan"),
        (SLACK + "give_up_hours = true", "[alerts] give_up_hours: got True"),
        (SLACK + 'importance = "high"', "[alerts] importance: got high; expected: all, alerts, approvals"),
        (SLACK + 'importance = ["alerts"]', "[alerts] importance: got [alerts]; expected: all, alerts, approvals"),
        (SLACK + 'secret = "x"', "[alerts] secret: a webhook of kind slack signs nothing"),
        (SLACK + 'url_file = "x"', "[alerts] url: given twice; expected: url or url_file"),
        (SLACK + 'ca_file = "nowhere"', "[alerts] ca_file: nowhere is not there"),
        (SLACK + 'headers = {Host = "x"}', "[alerts] headers: Host may not be given"),
        (SLACK + 'headers = {"a b" = "x"}', "[alerts] headers: (hidden) is not a valid name of a header"),
        (SLACK + 'headers = {A = "x\\r\\nB: y"}', "[alerts] headers: A is not a text that a header can carry"),
        (SLACK + 'headers = ["x"]', "[alerts] headers: not a table"),
        (SLACK + 'headers = {A = " x "}', "[alerts] headers: A is not a text that a header can carry"),
        (SLACK + 'ca_file = "~nobody-here/x"', "[alerts] ca_file: cannot be looked up"),
        (SLACK + f'ca_file = "{"x" * 300}"', "[alerts] ca_file: cannot be looked up: File name too long"),
        ("x = " + "[" * 9999, "it is nested too deeply"),
        (SLACK.replace("https", "HTTP"), "[alerts] url: without TLS"),
        ('[a]\nkind = "slack"', "[a] url: missing; expected: url or url_file"),
        ('[a]\nkind = "slack"\nurl_file = "nowhere"', "[a] url_file: nowhere is not there"),
        ('[a]\nkind = "slack"\nurl = "ftp://x"', "[a] url: not an address of the web or of a mail server"),
        ('[a]\nkind = "slack"\nurl = "https://"', "[a] url: not an address of the web"),
        ('[a]\nkind = "slack"\nurl = "https://x:99999"', "[a] url: not an address of the web"),
        ('[a]\nkind = "slack"\nurl = "https://[::1"', "[a] url: not an address of the web"),
        ('[a]\nkind = "slack"\nurl = "https://me:word@x"', "[a] url: has a user or password in it"),
        ('[a]\nkind = "slack"\nurl = "https://x/ y"', "[a] url: has characters that an address has not"),
        ('[a]\nkind = "slack"\nurl = "https://x/\\n"', "[a] url: has characters that an address has not"),
        ('[a]\nkind = "slack"\nurl = 1', "[a] url: is not a text"),
        (
            '[a]\nkind = "slack"\nurl_file = "https://x/y"',
            "[a] url_file: is not a path; expected: the path of a file, or url",
        ),
        ('[a]\nkind = "slack"\nurl_file = "/dev/null"', "[a] url_file: /dev/null is not a regular file"),
        (
            '[a]\nkind = "slack"\nurl = "http://x"',
            "[a] url: without TLS; expected: https://, or http:// to what SOCIAL",
        ),
        ('[a]\nkind = "slack"\nurl = "https://localhost"', "[a] url: localhost is 127.0.0.1, no public address"),
        ('[a]\nkind = "webhook"\nurl = "https://x"', "[a] secret: missing; expected: secret or secret_file"),
        ('[a]\nkind = "webhook"\nurl = "https://x"\nsecret = "short"', "[a] secret: expected: whsec_ and 24 to 64"),
        ('[a]\nkind = "webhook"\nurl = "https://x"\nsecret = "whsec_\u00e4"', "[a] secret: expected: whsec_"),
    ],
)
def test_mistake_is_named(text: str, said: str) -> None:
    """With where it is and what is allowed."""
    assert said in refusal(text)


HIDDEN = "T0hidden" * 4


@pytest.mark.parametrize(
    "text",
    [
        f'kind = "slack"\nurl = "https://x/{HIDDEN}"\nsecret = "whsec_{HIDDEN}"',
        f'[[alerts]]\nkind = "slack"\nurl = "https://x/{HIDDEN}"',
        f'[a]\nkind = "https://x/{HIDDEN}"\nurl = "https://x/{HIDDEN}:x"',
        f'[a]\nkind = "slack"\nurl_file = "https://x/{HIDDEN}"',
        f'[a]\nkind = "webhook"\nurl = "https://x"\nsecret_file = "whsec_{HIDDEN}"',
        f'[a]\nkind = "webhook"\nurl = "https://{HIDDEN}:{HIDDEN}@x"\nsecret = "{HIDDEN}"',
        f'[a]\nkind = "slack"\nurl = "https://x"\nheaders = {{"Authorization: {HIDDEN}" = "{HIDDEN}"}}',
        f'[a]\nkind = "slack"\nurl = "https://x"\nagents = "whsec_{HIDDEN}"\nstatuses = [1, "{HIDDEN}"]',
        f'[a]\nkind = "slack"\nurl = "http://x/{HIDDEN}"\nwhsec_{HIDDEN} = 1',
    ],
)
def test_what_may_be_a_secret_is_not_repeated(text: str) -> None:
    """Wherever somebody has put it by mistake."""
    assert HIDDEN not in refusal(text)


def test_all_mistakes_are_named_at_once() -> None:
    """So that a file is mended in one go."""
    said = refusal(
        '[a]\nkind = "slak"\nurl = "http://10.0.0.1/x"\nagents = 1\ngive_up_hours = 999\n'
        '[b]\nkind = "webhook"\nurl = "https://10.0.0.1/x"\nsecret = "short"\n'
    )
    assert [line.split(": ")[0] for line in said.splitlines()[1:]] == [
        *("  [a] kind", "  [a] url", "  [a] agents", "  [a] give_up_hours"),
        *("  [b] url", "  [b] secret"),
    ]


@pytest.mark.parametrize(("content", "said"), [("", "is empty"), ("a\nb\n", "has more than one line")])
def test_file_of_an_address_has_one_line(tmp_path: Path, content: str, said: str) -> None:
    """The address."""
    (tmp_path / "url").write_text(content)
    assert f"[a] url_file: {tmp_path / 'url'} {said}" in refusal('[a]\nkind = "slack"\nurl_file = "url"', tmp_path)


def test_authority_is_one(tmp_path: Path) -> None:
    """And not found out to be none by the first worker that starts."""
    (tmp_path / "ca").write_text("no certificate")
    said = refusal('[a]\nkind = "slack"\nurl = "https://x.example.com"\nca_file = "ca"', tmp_path)
    assert "[a] ca_file: " in said
    assert "holds no certificate; expected: a file of PEM certificates" in said


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ("", True),
        ('post_types = ["status"]', True),
        ('post_types = ["alert"]', False),
        ('agents = ["bob", "ada"]', True),
        ('agents = ["bob"]', False),
        ('operation_types = ["report_generate"]', True),
        ('operation_types = ["other"]', False),
        ('statuses = ["completed"]', True),
        ('statuses = ["failed"]', False),
        ('categories = ["ops"]', True),
        ('categories = ["sales"]', False),
        ('tenants = ["tenant"]', True),
        ('tenants = ["other"]', False),
        ("rules = [3]", True),
        ("rules = [4]", False),
        ('importance = "all"', True),
        ('importance = "alerts"', False),
        ('agents = ["ada"]\nstatuses = ["failed"]', False),
        ('agents = ["ada"]\nstatuses = ["completed"]', True),
    ],
)
def test_a_hook_wants_what_all_its_filters_hold(filters: str, wanted: bool) -> None:
    """And everything without any."""
    (hook,) = read(SLACK + filters)
    assert hook.wanted.has(post(rule_id=3)) is wanted


def test_importance_is_the_least_that_is_sent() -> None:
    """Approval requests are alerts that ask people to act, however a platform writes their type."""
    approval = {"operation_type": "Approval_Requested ", "operation_status": "waiting"}
    posts = [
        post(),
        post(post_type="alert"),
        post(post_type="alert", metadata=approval),
        post(post_type="alert", metadata={"operation_type": 7}),
    ]
    expected = {"all": [True] * 4, "alerts": [False, True, True, True], "approvals": [False, False, True, False]}
    for importance, wanted in expected.items():
        (hook,) = read(f'{SLACK}importance = "{importance}"')
        assert [hook.wanted.has(event) for event in posts] == wanted
        assert hook.wanted.description == importance


def test_an_unknown_rule_is_no_rule_that_is_wanted() -> None:
    """As when the outbox row is gone."""
    (hook,) = read(SLACK + "rules = [3]")
    assert not hook.wanted.has(post())


def test_what_is_wanted_is_said_in_words() -> None:
    """For the list of hooks."""
    (hook,) = read(SLACK + 'post_types = ["alert"]\nagents = ["bob", "ada"]')
    assert hook.wanted.description == "alert; agents ada, bob"
    assert read(SLACK)[0].wanted.description == "all"


@pytest.mark.parametrize(
    ("url", "networks", "said"),
    [
        (
            "https://10.0.0.1/x",
            "",
            r"10\.0\.0\.1, no public address; expected: public ones over https://, and what .*not set",
        ),
        ("https://[::1]/x", "", "no public address"),
        ("https://10.0.0.1/x", "10.0.0.0/8", None),
        ("https://192.0.2.1.example.com/x", "", None),
        ("https://1.1.1.1/x", "", None),
        ("http://1.1.1.1/x", "10.0.0.0/8", r"1\.1\.1\.1, without TLS; expected: public ones over https://"),
        ("http://127.0.0.1/x", "127.0.0.1", None),
    ],
)
def test_address_that_no_hook_may_reach_is_refused_at_the_start(
    tmp_path: Path, url: str, networks: str, said: str | None
) -> None:
    """Where it is given as a number; a name is judged each time that it is connected to."""
    path = tmp_path / "hooks.toml"
    path.write_text(f'[a]\nkind = "slack"\nurl = "{url}"\n')
    settings = load_settings(require_database=False, webhooks_file=path, webhook_networks=networks)
    if said is None:
        assert [hook.name for hook in webhooks_from_settings(settings)] == ["a"]
    else:
        with pytest.raises(ConfigurationError, match=said):
            webhooks_from_settings(settings)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the variable that named it."""
    with pytest.raises(ConfigurationError, match=r"SOCIAL_POST_WEBHOOKS_FILE: cannot read .*No such file"):
        webhooks_from_settings(load_settings(require_database=False, webhooks_file=tmp_path / "none"))


def test_networks_are_networks() -> None:
    """Anything else is refused with the other settings."""
    with pytest.raises(
        ConfigurationError, match=r"SOCIAL_POST_WEBHOOK_NETWORKS: got .*expected: comma-separated networks"
    ):
        load_settings(require_database=False, webhook_networks="10.0.0.0/8, everywhere")
