"""Every setting, its default and how it is read: environment variables with the prefix FINDER_."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import msgspec
import sqlalchemy as sa

DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")


# Whoever is told there tells all who take part (indexnow.org).
INDEXNOW = "https://api.indexnow.org/indexnow"
INDEXNOW_KEY = re.compile("[A-Za-z0-9-]{8,128}")


class SettingError(Exception):
    """A setting is wrong; one line: which, what it holds, what would be right."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`read_url` is where pages read from; a replica, where there is one. `export` is the folder of the files that are served.
    `page_cache_mb` is what each process of `flask serve` may keep of pages.

    `ai_crawlers`: whether robots.txt lets those read that gather texts for language models. `style_page`: whether
    there is a page for those who work on the site. `indexnow_key` None: nobody is told
    of changes.
    """

    database_url: str
    database_read_url: str
    partners: Path
    base_url: str
    site_name: str
    contact: str
    export: Path
    page_cache_mb: int
    tiles_url: str | None = None
    ai_crawlers: bool = True
    style_page: bool = False
    indexnow_key: str | None = None
    indexnow_url: str = INDEXNOW


def read(environ: Mapping[str, str], root: Path) -> Settings:
    """The settings of this environment; relative paths are below `root`. Raises SettingError."""

    def said(name: str) -> str | None:
        return environ.get(f"FINDER_{name}", "").strip() or None

    database_url = _database("DATABASE_URL", said("DATABASE_URL") or f"sqlite:///{root / 'instance' / 'finder.db'}")
    return Settings(
        database_url=database_url,
        database_read_url=_database("DATABASE_READ_URL", said("DATABASE_READ_URL") or database_url),
        partners=root / (said("PARTNERS") or "partners.toml"),
        base_url=_origin("BASE_URL", said("BASE_URL") or "http://127.0.0.1:8000"),
        site_name=said("SITE_NAME") or "Uttag",
        contact=said("CONTACT") or said("BASE_URL") or "https://charger-finder.invalid",
        export=_folder(database_url, root / "instance") / "export",
        page_cache_mb=_megabytes("PAGE_CACHE_MB", said("PAGE_CACHE_MB") or "64"),
        tiles_url=_address("TILES_URL", said("TILES_URL")),
        ai_crawlers=_allowed("AI_CRAWLERS", said("AI_CRAWLERS") or "allow"),
        style_page=_allowed("STYLE_PAGE", said("STYLE_PAGE") or "refuse"),
        indexnow_key=_key("INDEXNOW_KEY", said("INDEXNOW_KEY")),
        indexnow_url=_endpoint("INDEXNOW_URL", said("INDEXNOW_URL") or INDEXNOW),
    )


def _megabytes(name: str, value: str) -> int:
    if not value.isascii() or not value.isdecimal() or len(value) > 6:
        raise SettingError(f"FINDER_{name}: {value!r} is no size in megabytes; right would be 64, or 0 to keep nothing")
    return int(value)


def _folder(database_url: str, otherwise: Path) -> Path:
    """Where the database's file lies."""
    url = sa.make_url(database_url)
    is_file = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(str(url.database)).parent if is_file else otherwise


def _database(name: str, value: str) -> str:
    try:
        driver = sa.make_url(value).drivername
    except (sa.exc.ArgumentError, ValueError):
        driver = ""
    if driver not in DRIVERS:
        raise SettingError(
            f"FINDER_{name}: not a database this runs on; right would be sqlite:///path or postgresql+psycopg://…"
        )
    return value


def _web(value: str) -> SplitResult | None:
    """An address of the web in its parts; None: it is none."""
    try:
        parts = urlsplit(value)
        return parts if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def _origin(name: str, value: str) -> str:
    parts = _web(value)
    if parts is None or parts.path.strip("/") or parts.query:
        raise SettingError(f"FINDER_{name}: {value!r} is no origin; right would be https://uttag.example")
    return f"{parts.scheme}://{parts.netloc}"


def _allowed(name: str, value: str) -> bool:
    if value not in ("allow", "refuse"):
        raise SettingError(f"FINDER_{name}: {value!r} is neither; right would be allow or refuse")
    return value == "allow"


def _key(name: str, value: str | None) -> str | None:
    if value is not None and not INDEXNOW_KEY.fullmatch(value):
        raise SettingError(f"FINDER_{name}: it is no key; right would be 8 to 128 letters, digits or hyphens")
    return value


def _endpoint(name: str, value: str) -> str:
    parts = _web(value)
    if parts is None or not value.isascii():
        raise SettingError(f"FINDER_{name}: {value!r} is no address; right would be {INDEXNOW}")
    return value


def _address(name: str, value: str | None) -> str | None:
    """Of a map's style, or of pictures by `{z}`, `{x}` and `{y}`."""
    if value is None:
        return None
    parts = _web(value)
    # The host goes into a header.
    if parts is None or not value.isascii() or any(letter in parts.netloc for letter in " ;,'\"{}@"):
        raise SettingError(
            f"FINDER_{name}: {value!r} is no address of a map; right would be https://tiles.example/style.json or "
            "https://tiles.example/{z}/{x}/{y}.png"
        )
    return value
