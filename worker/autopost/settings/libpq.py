"""libpq's connection parameters: where each may be set, and what the worker's driver makes of it.

Migrations connect by libpq itself. The worker's driver knows a part of libpq's parameters and reads a part of its
variables, so that a parameter about security could be ignored without a word. Here every parameter has a decision, and
the connection string, the service and the environment are merged as libpq does it.

Source: PostgreSQL's documentation, "Parameter Key Words", "Environment Variables", "The Connection Service File".
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from autopost.errors import ConfigurationError

# Any of them says where the database is.
_ADDRESS_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE", "PGUSER")


class Use(StrEnum):
    """How a parameter is treated on the worker's connections."""

    DRIVER = "driver"  # the driver does what libpq does
    OURS = "ours"  # passed on or replaced by our code
    IGNORED = "ignored"  # it changes neither the address nor security
    REFUSED = "refused"  # the driver cannot keep what it promises


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of libpq. A value in `harmless` promises nothing that the driver does not do."""

    use: Use
    variable: str | None = None
    harmless: tuple[str, ...] = ()


PARAMETERS: Mapping[str, Parameter] = {
    "host": Parameter(Use.DRIVER, "PGHOST"),
    "hostaddr": Parameter(Use.OURS, "PGHOSTADDR"),
    "port": Parameter(Use.DRIVER, "PGPORT"),
    "dbname": Parameter(Use.DRIVER, "PGDATABASE"),
    "user": Parameter(Use.DRIVER, "PGUSER"),
    "password": Parameter(Use.DRIVER, "PGPASSWORD"),
    "passfile": Parameter(Use.DRIVER, "PGPASSFILE"),
    "service": Parameter(Use.OURS, "PGSERVICE"),
    "target_session_attrs": Parameter(Use.DRIVER, "PGTARGETSESSIONATTRS"),
    "load_balance_hosts": Parameter(Use.IGNORED, "PGLOADBALANCEHOSTS"),
    "connect_timeout": Parameter(Use.OURS, "PGCONNECT_TIMEOUT"),
    "options": Parameter(Use.OURS, "PGOPTIONS"),
    "application_name": Parameter(Use.OURS, "PGAPPNAME"),
    "fallback_application_name": Parameter(Use.OURS),
    "client_encoding": Parameter(Use.OURS, "PGCLIENTENCODING"),
    "replication": Parameter(Use.REFUSED, harmless=("0", "no", "off", "false")),
    "keepalives": Parameter(Use.OURS),
    "keepalives_idle": Parameter(Use.OURS),
    "keepalives_interval": Parameter(Use.OURS),
    "keepalives_count": Parameter(Use.OURS),
    "tcp_user_timeout": Parameter(Use.OURS),
    "sslmode": Parameter(Use.DRIVER, "PGSSLMODE"),
    "sslnegotiation": Parameter(Use.DRIVER, "PGSSLNEGOTIATION"),
    "sslcompression": Parameter(Use.IGNORED, "PGSSLCOMPRESSION"),
    "sslcert": Parameter(Use.DRIVER, "PGSSLCERT"),
    "sslkey": Parameter(Use.DRIVER, "PGSSLKEY"),
    "sslpassword": Parameter(Use.DRIVER),
    "sslcertmode": Parameter(Use.REFUSED, "PGSSLCERTMODE", ("allow",)),
    "sslrootcert": Parameter(Use.DRIVER, "PGSSLROOTCERT"),
    "sslcrl": Parameter(Use.DRIVER, "PGSSLCRL"),
    "sslcrldir": Parameter(Use.REFUSED, "PGSSLCRLDIR"),
    "sslsni": Parameter(Use.IGNORED, "PGSSLSNI"),
    "sslkeylogfile": Parameter(Use.IGNORED),
    "ssl_min_protocol_version": Parameter(Use.DRIVER, "PGSSLMINPROTOCOLVERSION"),
    "ssl_max_protocol_version": Parameter(Use.DRIVER, "PGSSLMAXPROTOCOLVERSION"),
    "min_protocol_version": Parameter(Use.REFUSED, "PGMINPROTOCOLVERSION", ("3.0",)),
    "max_protocol_version": Parameter(Use.IGNORED, "PGMAXPROTOCOLVERSION"),
    "require_auth": Parameter(Use.REFUSED, "PGREQUIREAUTH"),
    "channel_binding": Parameter(Use.REFUSED, "PGCHANNELBINDING", ("disable", "prefer")),
    "requirepeer": Parameter(Use.REFUSED, "PGREQUIREPEER"),
    "gssencmode": Parameter(Use.REFUSED, "PGGSSENCMODE", ("disable", "prefer")),
    "krbsrvname": Parameter(Use.DRIVER, "PGKRBSRVNAME"),
    "gsslib": Parameter(Use.DRIVER, "PGGSSLIB"),
    "gssdelegation": Parameter(Use.REFUSED, "PGGSSDELEGATION", ("0",)),
    "scram_client_key": Parameter(Use.REFUSED),
    "scram_server_key": Parameter(Use.REFUSED),
    "oauth_issuer": Parameter(Use.REFUSED),
    "oauth_client_id": Parameter(Use.REFUSED),
    "oauth_client_secret": Parameter(Use.REFUSED),
    "oauth_scope": Parameter(Use.REFUSED),
}
_REQUIRE_SSL = "PGREQUIRESSL"  # an old variable, which libpq still reads


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter's value, and the variable or the service file that has it."""

    value: str
    source: str


def merged(connection_string: Mapping[str, str], variable: str = "DATABASE_URL") -> dict[str, Given]:
    """Return every parameter that is given: by the connection string, else by its service, else by the environment.

    Raises ConfigurationError for a service that is not defined, and for a parameter that the driver cannot honour.
    """
    from_environment = {
        name: Given(value, parameter.variable)
        for name, parameter in PARAMETERS.items()
        if parameter.variable and (value := os.environ.get(parameter.variable))
    }
    if os.environ.get(_REQUIRE_SSL, "").startswith("1"):
        from_environment.setdefault("sslmode", Given("require", _REQUIRE_SSL))
    from_string = {name: Given(str(value), variable) for name, value in connection_string.items() if value}
    service = from_string.get("service") or from_environment.get("service")
    found = {**from_environment, **(_of_service(service.value) if service else {}), **from_string}
    refused = [_refusal(name, found[name]) for name in sorted(found) if _is_refused(name, found[name].value)]
    if refused:
        raise ConfigurationError("\n".join(refused))
    return found


def _is_refused(name: str, value: str) -> bool:
    parameter = PARAMETERS.get(name)
    return parameter is not None and parameter.use is Use.REFUSED and value not in parameter.harmless


def _refusal(name: str, given: Given) -> str:
    harmless = PARAMETERS[name].harmless
    allowed = f"; allowed: {' or '.join(harmless)}" if harmless else ""
    return (
        f"{given.source}: {name} is not supported by the worker's driver (asyncpg){allowed}. "
        f"Remove {name}; sslmode=verify-full verifies the server, and its pg_hba.conf can require the rest"
    )


def names_a_database() -> bool:
    """Return whether libpq's variables say where the database is."""
    return any(os.environ.get(name) for name in _ADDRESS_VARIABLES)


def service() -> str | None:
    """Return the service that PGSERVICE names."""
    return os.environ.get("PGSERVICE") or None


def service_file() -> Path:
    """Return the user's file that defines services."""
    return Path(os.environ.get("PGSERVICEFILE") or Path.home() / ".pg_service.conf")


def _of_service(name: str) -> dict[str, Given]:
    """Return the parameters of a service, of the user's file or else of the system's. Raises ConfigurationError."""
    files = [service_file()]
    if folder := os.environ.get("PGSYSCONFDIR"):
        files.append(Path(folder) / "pg_service.conf")
    defined: list[str] = []
    problem = ""
    for file in files:
        services = configparser.ConfigParser(interpolation=None, delimiters=("=",), strict=False)
        try:
            services.read_string(file.read_text("utf-8"))
        except FileNotFoundError:
            problem = problem or f", but {file} cannot be read: FileNotFoundError"
        except (OSError, ValueError, configparser.Error) as error:
            raise ConfigurationError(
                f"PGSERVICE: got {name!r}, but {file} cannot be read: {type(error).__name__}"
            ) from None
        if services.has_section(name):
            return {key: Given(value, f"service {name} of {file}") for key, value in services[name].items() if value}
        defined += services.sections()
    if not defined and problem:
        raise ConfigurationError(f"PGSERVICE: got {name!r}{problem}")
    allowed = ", ".join(defined) or "none, as it defines none"
    raise ConfigurationError(f"PGSERVICE: got {name!r}; expected: a service of {files[0]}: {allowed}")


def libpq_problems() -> list[str]:
    """Return what is wrong with a variable that the worker's driver would report by what it could not convert."""
    port = os.environ.get("PGPORT", "")
    if all(part.isdecimal() for part in port.split(",") if part):
        return []
    return [f"PGPORT: got {port!r}; expected: a whole number, 1 to 65535, or several separated by commas"]
