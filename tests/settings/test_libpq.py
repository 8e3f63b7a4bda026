"""Every connection parameter of libpq, given in any way: the worker's driver honours it, or it is refused by name."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from psycopg import pq

from autopost.database.connection import connect_arguments, connect_errors
from autopost.errors import ConfigurationError, DatabaseUnreachable
from autopost.settings import load_settings
from autopost.settings.libpq import PARAMETERS, Use

REFUSED = {name: parameter for name, parameter in PARAMETERS.items() if parameter.use is Use.REFUSED}
OTHER_VALUES = {"sslmode": "verify-full", "sslnegotiation": "direct", "target_session_attrs": "read-write", "port": "5"}


def given(**parts: str) -> dict[str, Any]:
    """Return what the driver is given for a connection string with these parameters beside a host."""
    dsn = " ".join(f"{name}='{value}'" for name, value in {"host": "h", **parts}.items())
    return driver_arguments(connect_arguments(load_settings(database_url=dsn), "test"))


def driver_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of the driver's connection string."""
    return {name: values[0] for name, values in parse_qs(urlparse(arguments["dsn"]).query).items()}


def test_file_for_tls_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """The driver's error has no name; a missing folder of a socket is another problem."""
    for name in ("sslrootcert", "sslkey"):
        settings = load_settings(database_url=f"host=h {name}={tmp_path / 'none.pem'}")
        refused = pytest.raises(ConfigurationError, match=f"DATABASE_URL: {name}: cannot read .*none.pem")
        with refused, connect_errors(settings):
            raise FileNotFoundError(2, "No such file or directory")
    with pytest.raises(DatabaseUnreachable), connect_errors(load_settings(database_url="host=/none")):
        raise FileNotFoundError(2, "No such file or directory")


def test_every_parameter_and_variable_of_libpq_has_a_decision() -> None:
    """A newer libpq with a new parameter fails here, and somebody decides."""
    known = {option.keyword.decode(): option.envvar for option in pq.Conninfo.get_defaults()}
    assert known.keys() - {"servicefile"} <= PARAMETERS.keys()
    variables = {name: variable.decode() for name, variable in known.items() if variable}
    assert {name: PARAMETERS[name].variable for name in variables} == variables


@pytest.mark.parametrize("name", [name for name, each in PARAMETERS.items() if each.use is Use.DRIVER])
def test_parameter_that_the_driver_knows_is_passed_on(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From the connection string, a service, and libpq's variable; in this order the first wins."""
    value = OTHER_VALUES.get(name, "given")
    assert given(**{name: value})[name] == value
    services = tmp_path / "services"
    services.write_text(f"[shop]\n{name}={value}\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    parts = {"user": "u"} if name == "host" else {}
    dsn = "service=shop" + "".join(f" {part}={own}" for part, own in parts.items())
    arguments = connect_arguments(load_settings(database_url=dsn), "test")
    assert driver_arguments(arguments)[name] == value
    variable = PARAMETERS[name].variable
    if variable is not None:
        monkeypatch.setenv(variable, "1" if name == "port" else "environment")
        assert driver_arguments(connect_arguments(load_settings(database_url=dsn), "test"))[name] == value
        monkeypatch.setenv(variable, value)
        assert (
            driver_arguments(connect_arguments(load_settings(database_url="application_name=x"), "test"))[name] == value
        )


@pytest.mark.parametrize("name", REFUSED)
def test_promise_that_the_driver_cannot_keep_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By name and place, wherever it is given, without its value; a value that promises nothing is taken."""
    value = "1" if name == "replication" else "se-cret"
    for harmless in REFUSED[name].harmless:
        given(**{name: harmless})
    refusals = [refusal(database_url=f"host=h {name}={value}")]
    assert f"DATABASE_URL: {name} is not supported by the worker's driver" in refusals[0]
    services = tmp_path / "services"
    services.write_text(f"[shop]\nhost=h\n{name}={value}\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    refusals.append(refusal(database_url="service=shop"))
    assert f"service shop of {services}: {name} is not supported" in refusals[1]
    if variable := REFUSED[name].variable:
        monkeypatch.setenv(variable, value)
        refusals.append(refusal(database_url="host=h"))
        assert f"{variable}: {name} is not supported" in refusals[2]
    assert "se-cret" not in "".join(refusals)


def refusal(**settings: Any) -> str:
    """Return why the settings cannot be used to connect."""
    with pytest.raises(ConfigurationError) as raised:
        connect_arguments(load_settings(**settings), "test")
    return str(raised.value)


def test_old_variable_that_requires_tls_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    """PGREQUIRESSL is older than PGSSLMODE, and libpq still reads it."""
    monkeypatch.setenv("PGREQUIRESSL", "1")
    assert given()["sslmode"] == "require"


def test_certificates_of_the_system_are_those_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """sslrootcert=system means a full check, as with libpq, and nothing weaker."""
    certificates = tmp_path / "certificates.pem"
    certificates.write_text("")
    monkeypatch.setenv(ssl.get_default_verify_paths().openssl_cafile_env, str(certificates))
    expected = {"host": "h", "sslrootcert": str(certificates), "sslmode": "verify-full"}
    assert given(sslrootcert="system") == expected
    assert "expected: sslmode=verify-full" in refusal(database_url="host=h sslrootcert=system sslmode=require")


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ("pgbouncer=true&connection_limit=1", ["pgbouncer: remove it: a pooler", "connection_limit: remove it"]),
        ("schema=public", ["unknown parameter schema: remove it and set SOCIAL_POST_PLATFORM_SCHEMA"]),
        ("sslmode=require&prepared_statement_cache_size=0", ["prepared_statement_cache_size: remove it"]),
        ("uselibpqcompat=true", ["uselibpqcompat: remove it"]),
        ("hos=x", ["unknown parameter hos: did you mean host?"]),
    ],
)
def test_parameter_that_libpq_does_not_know_is_named(parameters: str, named: list[str]) -> None:
    """As ORMs and vendors have them in their URLs, with what to do."""
    message = refusal(database_url=f"postgresql://u:hunter2@h/d?{parameters}")
    assert "DATABASE_URL: unknown parameter" in message
    assert all(part in message for part in named), message
    assert "hunter2" not in message


def test_misspelt_keyword_is_named_and_nothing_that_could_be_a_password() -> None:
    """Also in the keyword form."""
    message = refusal(database_url="host=h pasword='hunter2 s=ecret'")
    assert "unknown parameter pasword: did you mean password?" in message
    assert "hunter2" not in message
    assert "parameter s:" not in message


def test_part_of_a_password_is_not_named_as_a_parameter() -> None:
    """An unencoded question mark in it begins what reads like parameters."""
    message = refusal(database_url="postgresql://u:hun/ter?secret=2@h/d")
    assert "secret" not in message
    assert "secret" not in refusal(database_url="host=h password=hunter secret=2")
