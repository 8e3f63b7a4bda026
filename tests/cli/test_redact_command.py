"""autopost redact: a filter that a security team can try on its own texts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from codecs import BOM_UTF8
from pathlib import Path
from typing import Any

import pytest

from tests.support.crew import everybodys, zygote_address
from tests.support.host import Host

EMAIL = "bob" + "@" + "example.com"
TEXT = f"Wrote to {EMAIL} from 192.0.2.7"
CLEAN = "Wrote to <EMAIL_ADDRESS> from <IP_ADDRESS>"


def redact(
    given: bytes | str, *options: str, dsn: str | None = None, **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command on these bytes, in an environment without a database, forked where all is loaded."""
    return everybodys().run(
        "redact",
        *options,
        environment={**os.environ, **variables, **({"DATABASE_URL": dsn} if dsn else {})},
        given=given.encode() if isinstance(given, str) else given,
    )


def lines_of(objects: list[Any]) -> str:
    """Return the objects as lines of JSON."""
    return "".join(json.dumps(one) + "\n" for one in objects)


def test_file_is_read_instead_of_standard_input(tmp_path: Path) -> None:
    """Its redacted text is written; one that cannot be read is an error."""
    file = tmp_path / "report.txt"
    file.write_text(TEXT, "utf-8")
    result = redact(b"", str(file))
    assert (result.returncode, result.stdout.decode(), result.stderr) == (0, CLEAN, b"")
    missing = redact(b"", str(tmp_path / "missing.txt"))
    assert (missing.returncode, missing.stdout) == (1, b"")
    assert b"missing.txt: No such file or directory" in missing.stderr


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_text_comes_out_redacted_and_otherwise_as_it_was(end: str) -> None:
    """Line ends, a missing one at the end too, tabs, and letters of every script."""
    result = redact(f"\ufeffÄ\tok\r\n{TEXT}\n日本 🎉\x00{end}")
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.decode() == f"\ufeffÄ\tok\r\n{CLEAN}\n日本 🎉\x00{end}"


def test_nothing_in_is_nothing_out() -> None:
    """Exit code 0."""
    result = redact(b"")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")


def test_explanation_of_a_text_is_on_stderr() -> None:
    """Place, type, recognizer and score of each finding; not what it found."""
    result = redact(TEXT, "--explain")
    assert result.stdout.decode() == CLEAN
    assert [line.split() for line in result.stderr.decode().splitlines()] == [
        ["9-24", "EMAIL_ADDRESS", "email.address", "0.95"],
        ["30-39", "IP_ADDRESS", "network.ipv4", "0.90"],
    ]


def test_text_that_is_not_utf_8_is_refused_whole() -> None:
    """Nothing of it is written, not even in the message."""
    result = redact(TEXT.encode() + b"\xff and more")
    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr.decode() == f"autopost: the text is not UTF-8 (byte {len(TEXT) + 1})\n"


@pytest.mark.parametrize("given", [TEXT + "x" * 100_000, "\U0001f389" * 100_001])
def test_text_that_is_too_long_is_refused_whole(given: str) -> None:
    """With what to do instead."""
    result = redact(given)
    assert (result.returncode, result.stdout) == (1, b"")
    expected = "autopost: the text is longer than 100,000 characters: give it in parts, with --jsonl\n"
    assert result.stderr.decode() == expected


def test_each_line_comes_out_redacted_in_order() -> None:
    """As one object, whatever is in the others."""
    texts = [f"{number}: {TEXT}" for number in range(50)] + ["two\nlines", "", "日本 \ud83d\ude00"]
    result = redact(lines_of([{"text": text} for text in texts]), "--jsonl")
    assert (result.returncode, result.stderr) == (0, b"")
    expected = [f"{number}: {CLEAN}" for number in range(50)] + ["two\nlines", "", "日本 😀"]
    assert [json.loads(line) for line in result.stdout.splitlines()] == [{"text": text} for text in expected]


def test_other_keys_are_left_out_unless_they_are_to_be_kept() -> None:
    """They are not redacted, so anyone who wants them says so."""
    given = lines_of([{"id": 7, "mail": EMAIL, "text": TEXT}, {"text": "ok"}])
    assert EMAIL not in redact(given, "--jsonl").stdout.decode()
    kept = redact(given, "--jsonl", "--keep", "id", "--keep", "run").stdout.splitlines()
    assert [json.loads(line) for line in kept] == [{"id": 7, "text": CLEAN}, {"text": "ok"}]


def test_byte_order_mark_is_no_part_of_the_first_line() -> None:
    """PowerShell and Excel write one; in another line it is an error."""
    line = lines_of([{"text": TEXT}])
    given = line.encode() if isinstance(line, str) else line
    result = redact(BOM_UTF8 + given, "--jsonl")
    assert (result.returncode, json.loads(result.stdout)) == (0, {"text": CLEAN})
    assert redact(given + BOM_UTF8 + given, "--jsonl").returncode == 1


def test_explanation_of_a_line_is_in_its_object() -> None:
    """Places count the characters of the text as it was given."""
    result = redact(lines_of([{"text": f"🎉 {TEXT}"}, {"text": "ok"}]), "--jsonl", "--explain")
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first["findings"] == [
        {"type": "EMAIL_ADDRESS", "start": 11, "end": 26, "recognizer": "email.address", "score": 0.95},
        {"type": "IP_ADDRESS", "start": 32, "end": 41, "recognizer": "network.ipv4", "score": 0.9},
    ]
    assert second == {"text": "ok", "findings": []}
    assert EMAIL not in result.stdout.decode()


BAD_LINES = {
    b"{" + TEXT.encode(): "is not JSON (character 2)",
    b"": "is empty",
    b'"' + TEXT.encode() + b'"': "is not a JSON object",
    b'{"txt": "' + TEXT.encode() + b'"}': "has no 'text'",
    b'{"text": ["' + TEXT.encode() + b'"]}': "'text' is not a string",
    b'{"text": "' + TEXT.encode() + b'\xff"}': f"is not UTF-8 (byte {len(TEXT) + 11})",
    b'{"text": "ok", "n": NaN}': "is not JSON (NaN or Infinity)",
    b"[" * 100_000: "is not JSON of a usual size",
    b'{"text": "ok", "n": ' + b"1" * 5_000 + b"}": "is not JSON of a usual size",
    b'{"text": "' + TEXT.encode() + b"x" * 100_000 + b'"}': "is longer than 100,000 characters",
    b'{"text": "' + TEXT.encode() + b"x" * 3_000_000 + b'"}': "is longer than 2,097,152 bytes",
}


def test_bad_lines_keep_their_places_and_nothing_of_theirs_is_written() -> None:
    """The others come out; each bad one is an error in its place, and on stderr, and the exit code is not 0."""
    good = json.dumps({"text": TEXT}).encode()
    result = redact(b"\n".join(line for bad in BAD_LINES for line in (good, bad)) + b"\n" + good, "--jsonl")
    assert result.returncode == 1
    written = [json.loads(line) for line in result.stdout.splitlines()]
    assert written[::2] == [{"text": CLEAN}] * (len(BAD_LINES) + 1)
    assert written[1::2] == [{"line": 2 * n + 2, "error": error} for n, error in enumerate(BAD_LINES.values())]
    complaints = [f"line {2 * n + 2}: {error}" for n, error in enumerate(BAD_LINES.values())]
    summary = f"autopost: {len(BAD_LINES)} of {2 * len(BAD_LINES) + 1} lines could not be redacted"
    assert result.stderr.decode().splitlines() == [*complaints, summary]
    assert EMAIL not in (result.stdout + result.stderr).decode()


def test_each_line_is_answered_at_once() -> None:
    """So that the command can stand in a pipe."""
    command = [str(zygote_address().with_name("autopost")), "redact", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(lines_of([{"text": f"{number} {TEXT}"}]).encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == {"text": f"{number} {CLEAN}"}
        process.stdin.close()
        assert process.wait(30) == 0


def test_reader_that_leaves_early_is_no_error() -> None:
    """`autopost redact --jsonl | head -1` ends quietly."""
    given = lines_of([{"text": TEXT}] * 5_000)
    command = f"set -o pipefail; {zygote_address().with_name('autopost')} redact --jsonl | head -1"
    result = subprocess.run(
        ["bash", "-c", command], input=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {"text": CLEAN}


def test_full_disk_is_named() -> None:
    """In one line."""
    command = f"{zygote_address().with_name('autopost')} redact > /dev/full"
    result = subprocess.run(
        ["bash", "-c", command], input=TEXT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (1, "autopost: cannot read or write: No space left on device\n")


def test_closed_standard_input_is_an_empty_text() -> None:
    """As under a supervisor that passes nothing on."""
    command = f"{sys.executable} -m autopost redact <&-"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_settings_of_redaction_count(tmp_path: Path) -> None:
    """All that a worker would do to the text."""
    (tmp_path / "names.txt").write_text("Anna Berg\n", "utf-8")
    (tmp_path / "own.toml").write_text("[patterns]\norder-code = 'OC\\d{4}'\n", "utf-8")
    result = redact(
        f"OC1234 of Anna Berg, {EMAIL}, support@acme.com, 192.0.2.7",
        SOCIAL_POST_PII_ALLOWLIST="support@acme.com",
        SOCIAL_POST_REDACT_NAMES_FILE=str(tmp_path / "names.txt"),
        SOCIAL_POST_REDACT_PATTERNS_FILE=str(tmp_path / "own.toml"),
        SOCIAL_POST_REDACT_WITHOUT="IP_ADDRESS",
    )
    assert result.stdout.decode() == "<ORDER_CODE> of <PERSON>, <EMAIL_ADDRESS>, support@acme.com, 192.0.2.7"


def test_table_of_names_counts_where_there_is_a_database(host: Host, database: str) -> None:
    """It is read once; without a database the command says what it lacks, and lets nothing through."""
    host.execute("create table users (name text)")
    table = {"SOCIAL_POST_REDACT_NAMES_TABLE": "users.name"}
    result = redact("zorb quell", dsn=database, **table)
    assert result.stdout == b"zorb quell"
    assert b"names.empty" in result.stderr
    host.execute("insert into users values ('zorb quell')")
    result = redact("zorb quell", dsn=database, **table)
    assert (result.stdout, result.stderr) == (b"<PERSON>", b"")
    result = redact("zorb quell", **table)
    assert (result.returncode, result.stdout) == (2, b"")
    assert b"DATABASE_URL: not set" in result.stderr


@pytest.mark.parametrize("command", ["redact", "run"])
def test_bad_patterns_and_types_are_named(command: str, tmp_path: Path, database: str) -> None:
    """By the filter and by a worker: exit code 2, before anything is read or claimed."""
    (tmp_path / "own.toml").write_text("[patterns]\nlooks-ahead = 'a(?=b)'\n", "utf-8")
    for variables, problem in (
        ({"SOCIAL_POST_REDACT_PATTERNS_FILE": str(tmp_path / "own.toml")}, "looks-ahead: the regex is not valid RE2"),
        ({"SOCIAL_POST_REDACT_ONLY": "EMAIL"}, "Unknown types of findings: EMAIL (did you mean EMAIL_ADDRESS?)"),
        ({"SOCIAL_POST_NER_MODEL": "gliner:nobody/nothing"}, "SOCIAL_POST_NER_MODEL: "),
    ):
        environment = {**os.environ, **variables, "DATABASE_URL": database}
        result = everybodys().run(command, environment=environment, given=TEXT.encode())
        assert (result.returncode, result.stdout) == (2, b"")
        assert problem in result.stderr.decode()
        assert b"Traceback" not in result.stderr


@pytest.mark.parametrize("options", [("--keep", "id"), ("--jsonl", "--keep", "text"), ("--json",)])
def test_options_without_sense_are_usage_errors(options: tuple[str, ...]) -> None:
    """Exit code 2, and nothing is written."""
    result = redact(TEXT, *options)
    assert (result.returncode, result.stdout) == (2, b"")


def test_help_loads_nothing_of_redaction() -> None:
    """It is there at once."""
    command = [sys.executable, "-X", "importtime", "-m", "autopost", "redact", "--help"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert [name for name in ("presidio_analyzer", "spacy") if f" {name}\n" in result.stderr] == []
    assert "--explain" in result.stdout


def test_help_says_when_a_database_is_needed() -> None:
    """For names in a table of it, and for nothing else."""
    said = redact("", "--help", COLUMNS="200").stdout.decode()
    assert "Needs a database only for SOCIAL_POST_REDACT_NAMES_TABLE." in said
