"""Who is asked: one `Partner` for each [[partner]] of partners.toml, in its words."""

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

VERSIONS = {"2.1": "2.1.1", "2.1.1": "2.1.1", "2.2": "2.2.1", "2.2.1": "2.2.1", "2.3": "2.3.0", "2.3.0": "2.3.0"}
"""Version numbers as partners write them -> the version they are read as (2.1 and 2.2 are old but in use)."""

Module = Literal["locations", "tariffs"]


class ConfigError(Exception):
    """A setting is wrong; one line: which partner, which key, what would be right."""


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """One source of locations and tariffs: an OCPI platform (`versions_url`) or plain feeds (`locations`, `tariffs`).

    `token` and `headers` are secrets and are left out of the repr, and so are the addresses, which may hold a key.
    """

    slug: str
    name: str
    versions_url: str | None = None
    token: str | None = None
    licence: str | None = None
    version: str | None = None
    token_encoding: Literal["plain", "base64"] | None = None
    country_code: str | None = None
    party_id: str | None = None
    interval: float = 300.0  # seconds
    allow_hosts: tuple[str, ...] = ()  # "host" (any port) or "host:port"
    trust_private_network: bool = False
    locations: str | None = None
    tariffs: str | None = None
    headers: dict[str, str] = {}
    max_feed_mib: int = 512
    delay: float = 0.0  # seconds between requests

    def __repr__(self) -> str:
        return f"Partner(slug={self.slug!r})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("slug", self.slug)]


def read_partners(text: str, environ: Mapping[str, str]) -> tuple[Partner, ...]:
    """The partners of a partners.toml; `env:NAME` in a token or a header is replaced from `environ`.

    Raises ConfigError.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"partners.toml is not TOML: {error}") from error
    unknown = sorted(document.keys() - {"partner"})
    if unknown:
        raise ConfigError(f"partners.toml: unknown key {unknown[0]!r}; each partner is a table [[partner]]")
    tables = document.get("partner", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError("partners.toml: write [[partner]] with double brackets, one for each partner")
    partners = tuple(_partner(table, number, environ) for number, table in enumerate(tables, 1))
    slugs = [partner.slug for partner in partners]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise ConfigError(f"partner {slug!r}: the slug is used {slugs.count(slug)} times; each needs its own")
    return partners


def _partner(table: dict[str, Any], number: int, environ: Mapping[str, str]) -> Partner:
    slug = table.get("slug")
    if not isinstance(slug, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 60:
        raise ConfigError(f"partner number {number}: slug is needed, of a-z, 0-9 and single hyphens, at most 60 long")
    for key in table:
        if key not in _READERS:
            raise ConfigError(f"partner {slug!r}: unknown key {key!r}; known are {', '.join(_READERS)}")
    read: dict[str, Any] = {}
    for key, value in table.items():
        try:
            read[key] = _READERS[key](value, environ)
        except ValueError as error:
            raise ConfigError(f"partner {slug!r}: {key} {error}") from None  # the cause could show a secret
    if "name" not in read:
        raise ConfigError(f"partner {slug!r}: name is needed, the name shown to visitors")
    if not read.keys() & {"versions_url", "locations", "tariffs"}:
        raise ConfigError(f"partner {slug!r}: versions_url is needed, or locations and tariffs for a feed without one")
    if "versions_url" in read and read.keys() & {"locations", "tariffs"}:
        raise ConfigError(f"partner {slug!r}: has versions_url and a plain feed; keep one, or write two partners")
    partner = Partner(**read)
    for key in ("versions_url", "locations", "tariffs"):
        address = getattr(partner, key)
        if address and address.lower().startswith("http://") and not partner.trust_private_network:
            raise ConfigError(
                f"partner {slug!r}: {key} is http; write https, or trust_private_network = true on a network of your own"
            )
    return partner


def _text(value: Any, environ: Mapping[str, str]) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text in quotes")
    return value.strip()


def _secret(value: Any, environ: Mapping[str, str]) -> str:
    text = _text(value, environ)
    if text.startswith("env:"):
        name = text.removeprefix("env:")
        text = environ.get(name, "").strip()
        if not text:
            raise ValueError(f"names the environment variable {name}, which is not set")
    # Anything else would be refused by the HTTP library with the secret in its message.
    if not all(" " <= character <= "~" for character in text):
        raise ValueError("must be printable ASCII")
    return text


def _headers(value: Any, environ: Mapping[str, str]) -> dict[str, str]:
    if not isinstance(value, dict) or not all(re.fullmatch(r"[A-Za-z0-9-]+", name) for name in value):
        raise ValueError('must be a table of header names and texts, as { "X-Api-Key" = "env:NAME" }')
    return {name: _secret(text, environ) for name, text in value.items()}


def _address(value: Any, environ: Mapping[str, str]) -> str:
    text = _text(value, environ)
    if not re.match(r"https?://[^/\s]", text, re.IGNORECASE):
        raise ValueError("must be an address that starts with https://")
    return text


def _address_or_path(value: Any, environ: Mapping[str, str]) -> str:
    text = _text(value, environ)
    return _address(text, environ) if "://" in text else text


def _version(value: Any, environ: Mapping[str, str]) -> str:
    if value not in VERSIONS:
        raise ValueError(f"must be one of {', '.join(VERSIONS)}, in quotes")
    return VERSIONS[value]


def _interval(value: Any, environ: Mapping[str, str]) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", value.strip()) if isinstance(value, str) else None
    if found is None or float(found[1]) == 0:
        raise ValueError('must be a time such as "30s", "5m", "12h" or "1d"')
    return float(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


def _hosts(value: Any, environ: Mapping[str, str]) -> tuple[str, ...]:
    pattern = r"(\[[0-9A-Fa-f:.]+\]|[^\s:/@?#\[\]]+)(:\d{1,5})?"
    if not isinstance(value, list) or not all(isinstance(host, str) and re.fullmatch(pattern, host) for host in value):
        raise ValueError('must be a list of host names, as ["cdn.example.org"], without https:// and path')
    return tuple(value)


def _switch(value: Any, environ: Mapping[str, str]) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false, without quotes")
    return value


def _matching(pattern: str, right: str) -> Callable[[Any, Mapping[str, str]], str]:
    def read(value: Any, environ: Mapping[str, str]) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(f"must be {right}")
        return value

    return read


def _code(length: int) -> Callable[[Any, Mapping[str, str]], str]:
    read = _matching(rf"[A-Za-z0-9]{{{length}}}", f"{length} letters")
    return lambda value, environ: read(value, environ).upper()


def _number(low: float, high: float, kind: type[int] | type[float]) -> Callable[[Any, Mapping[str, str]], float]:
    def read(value: Any, environ: Mapping[str, str]) -> float:
        if isinstance(value, bool) or not isinstance(value, int | kind) or not low <= value <= high:
            raise ValueError(f"must be a number from {low:g} to {high:g}")
        return kind(value)

    return read


_READERS: dict[str, Callable[[Any, Mapping[str, str]], Any]] = {
    "slug": _text,
    "name": _text,
    "versions_url": _address,
    "token": _secret,
    "licence": _text,
    "version": _version,
    "token_encoding": _matching("plain|base64", '"plain" or "base64"'),
    "country_code": _code(2),
    "party_id": _code(3),
    "interval": _interval,
    "allow_hosts": _hosts,
    "trust_private_network": _switch,
    "locations": _address_or_path,
    "tariffs": _address_or_path,
    "headers": _headers,
    "max_feed_mib": _number(1, 65536, int),
    "delay": _number(0, 600, float),
}
