"""Values that look like private data to a pattern and are none: versions, hashes, ids, times, amounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests.data.redaction.dice import HEX, LOWER, UPPER, Dice

_FILES = ("report", "invoice-batch", "customers", "README", "run_log", "weekly", "Q3_summary", "schema", "backup-full")
_ENDINGS = ("md", "csv", "py", "tar.gz", "pdf", "json", "sql", "xlsx", "log", "ts", "yaml", "PNG", "zip")
_WORDS = ("orders", "sync", "billing", "onboarding", "search", "export", "inbox", "catalog", "webhook", "session")
_PACKAGES = ("httpx", "pydantic", "lodash", "react-dom", "numpy", "psycopg", "left-pad", "django")
_CODE = (
    "user.email = None", "if token is None: return", "const password = getPassword()", "os.environ['API_KEY']",
    "SELECT id FROM users WHERE id = $1", "a[i+1:j-1]", "foo::bar::baz", "secret := vault.Get(ctx)",
    "password_field.clear()", "x = y ** 2 + 3.14159", "re.compile(r'\\d{3}-\\d{2}-\\d{4}')", "@app.get('/users')",
    "@pytest.fixture", "std::map<int, int>", "for (;;) {}", "process.env.SECRET_KEY", "token: str | None = None",
    "git push origin HEAD:main", "user@{host}", "password: string;", "docker run -p 8080:80", "res.status(401)",
)  # fmt: skip


def _version(d: Dice, parts: int) -> str:
    return ".".join(str(d.number(0, 30)) for _ in range(parts))


def _size(d: Dice) -> str:
    return f"{d.number(1, 999)}{d.pick(['', '.5', '.25'])}{d.pick([' MB', ' GB', 'MB', 'GiB', ' KB'])}"


def _duration(d: Dice) -> str:
    return d.pick([f"{d.number(1, 59)}m {d.number(1, 59)}s", f"{d.number(1, 90)} minutes", f"{d.number(1, 23)}h",
                   f"00:{d.number(10, 59)}:{d.number(10, 59)}", f"{d.number(1, 99)}.{d.number(1, 9)} s"])  # fmt: skip


def _amount(d: Dice) -> str:
    return d.pick([f"${d.number(1, 999)},{d.number(100, 999)}.{d.number(10, 99)}", f"€{d.number(1, 9999)}",
                   f"{d.number(1, 999)} USD", f"{d.number(1, 99)}.{d.number(100, 999)},{d.number(10, 99)} EUR",
                   f"£{d.number(10, 99)}k"])  # fmt: skip


def _count(d: Dice) -> str:
    return d.pick([f"{d.number(1, 999)},{d.number(100, 999)}", str(d.number(100, 9_999_999)),
                   f"{d.number(1, 99)} {d.number(100, 999)}",
                   f"{d.number(1, 9)},{d.number(100, 999)},{d.number(100, 999)}",
                   f"{d.number(1, 99)}_{d.number(100, 999)}"])  # fmt: skip


def _uuid(d: Dice) -> str:
    text = d.hex(32)
    return "-".join([text[:8], text[8:12], "4" + text[13:16], "a" + text[17:20], text[20:]])


def _ean13(d: Dice) -> str:
    body = "4" + "".join(d.choice("0123456789") for _ in range(11))
    return body + str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10)


def _path(d: Dice) -> str:
    return d.pick(["src/", "/var/lib/", "../", "app/api/v2/", "C:\\jobs\\", "~/code/", ""]) + "/".join(
        [d.pick(_WORDS), f"{d.pick(_FILES)}.{d.pick(_ENDINGS)}"]
    )


MAKERS: dict[str, Callable[[Dice], str]] = {
    "amount": _amount,
    "asset": lambda d: f"{d.pick(['AST', 'LAP', 'EQ'])}-{d.digits(6)}",
    "branch": lambda d: f"{d.pick(['feature', 'fix', 'chore'])}/{d.pick(_WORDS)}-{d.number(1, 999)}",
    "chrome": lambda d: f"{d.number(110, 140)}.0.{d.number(5000, 7000)}.{d.number(10, 255)}",
    "clock": lambda d: f"{d.number(0, 23):02}:{d.number(0, 59):02}" + d.pick(["", "", ":30", " UTC"]),
    "code": lambda d: d.pick(_CODE),
    "count": _count,
    "cron": lambda d: f"{d.number(0, 59)} {d.number(0, 23)} * * 1-5",
    "date": lambda d: d.date(d.pick(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %B %Y", "%b %d"]), 2019, 2032),
    "decimal": lambda d: f"0.{d.digits(d.number(2, 16))}",
    "digit": lambda d: str(d.number(0, 9)),
    "duration": _duration,
    "ean13": _ean13,
    "epoch": lambda d: str(d.number(1_500_000_000, 1_999_999_999)),
    "epochms": lambda d: str(d.number(1_500_000_000_000, 1_999_999_999_999)),
    "file": lambda d: d.pick([f"{d.pick(_FILES)}{d.pick(['', '-2', '_final'])}.{d.pick(_ENDINGS)}", "logo@2x.png"]),
    "hex6": lambda d: d.hex(6),
    "hex8": lambda d: d.hex(8),
    "hex32": lambda d: d.hex(32),
    "hexserial": lambda d: d.hex(d.choice([16, 20, 36])),
    "iso": lambda d: d.date("%Y-%m-%dT", 2019, 2032) + f"{d.number(0, 23):02}:{d.number(0, 59):02}:07Z",
    "iso_date": lambda d: d.date("%Y/%m/%d", 2019, 2032),
    "lat": lambda d: f"{d.number(-89, 89)}.{d.digits(d.number(3, 6))}",
    "lon": lambda d: f"{d.number(-179, 179)}.{d.digits(d.number(3, 6))}",
    "md5": lambda d: d.hex(32),
    "ms": lambda d: f"{d.number(1, 2000)}{d.pick(['', '.4', '.25'])}",
    "n": lambda d: str(d.number(2, 99)),
    "order6": lambda d: d.digits(6),
    "order8": lambda d: d.digits(8),
    "order10": lambda d: d.digits(10),
    "order12": lambda d: d.digits(12),
    "package": lambda d: d.pick(_PACKAGES),
    "path": _path,
    "pct": lambda d: f"{d.number(0, 99)}{d.pick(['', '.5', '.75'])}{d.pick([' %', '%', ' percent'])}",
    "port": lambda d: str(d.number(1024, 65535)),
    "ratio": lambda d: d.pick([f"{d.number(1, 99)}/{d.number(100, 999)}", f"{d.number(1, 9)}:{d.number(1, 9)}"]),
    "sha7": lambda d: d.hex(7),
    "sha40": lambda d: d.hex(40),
    "sha256": lambda d: d.hex(64),
    "size": _size,
    "sku": lambda d: f"{d.some(2, 'ABCDEFGHKL')}-{d.digits(4)}-{d.pick(['S', 'M', 'XL'])}",
    "slug": lambda d: f"{d.pick(_WORDS)}-{d.pick(_WORDS)}",
    "snake": lambda d: f"{d.pick(_WORDS)}_{d.pick(_WORDS)}_v{d.number(1, 9)}",
    "ticket": lambda d: f"{d.pick(['OPS', 'PROJ', 'WEB', 'INC', 'BI'])}-{d.number(1, 99999)}",
    "runid": lambda d: d.pick(["run_", "job-", "wf_", "exec-", "batch_"]) + d.some(d.number(6, 16), LOWER),
    "tracking": lambda d: "1Z" + d.some(16, UPPER),
    "user_id": lambda d: d.pick(["u-", "cus_", "usr_", "acct "]) + d.some(8, HEX),
    "uuid": _uuid,
    "version2": lambda d: _version(d, 2),
    "version3": lambda d: _version(d, 3) + d.pick(["", "", "", "-rc.1", "-beta.2", "+build.7"]),
    "version4": lambda d: _version(d, 4),
    "winbuild": lambda d: f"10.0.{d.number(17000, 26000)}.{d.number(10, 4000)}",
    "year": lambda d: str(d.number(2019, 2032)),
}


class _Values(Mapping[str, str]):
    def __init__(self, dice: Dice) -> None:
        self._dice = dice

    def __getitem__(self, name: str) -> str:
        return MAKERS[name](self._dice)

    def __iter__(self) -> Iterator[str]:
        return iter(MAKERS)

    def __len__(self) -> int:
        return len(MAKERS)


def filled(template: str, dice: Dice) -> str:
    """Return a clean sentence with a value in each of its places."""
    return template.format_map(_Values(dice))
