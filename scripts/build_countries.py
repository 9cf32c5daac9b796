"""Write finder/ocpi/countries.tsv: the codes, names, clocks and positions by which a partner's country is recognised.

Sources: CLDR through Babel (names, codes, currencies) and the tz database through tzdata (zones and their cities).
Run it again when either is updated: `python scripts/build_countries.py`.
"""

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global

TARGET = Path(__file__).parents[1] / "finder" / "ocpi" / "countries.tsv"
HEADER = """\
# alpha-2, alpha-3, zone (empty where clocks differ within the country), currency of this country alone, names, zone cities
# Written by scripts/build_countries.py from CLDR (Unicode License v3) and the tz database (public domain).
"""
SEASONS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days) for days in range(0, 730, 10)]


def degrees(text: str) -> float:
    """+DDMM, +DDDMM, +DDMMSS or +DDDMMSS as in zone.tab."""
    sign, digits = (-1 if text[0] == "-" else 1), text[1:]
    minutes_at = 2 if len(digits) in (4, 6) else 3
    parts = [digits[:minutes_at], digits[minutes_at : minutes_at + 2], digits[minutes_at + 2 :] or "0"]
    return sign * sum(int(part) / 60**power for power, part in enumerate(parts))


def position(text: str) -> str:
    split = max(text.rfind("+"), text.rfind("-"))
    return f"{degrees(text[:split]):.2f},{degrees(text[split:]):.2f}"


def zones() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for line in files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, place, zone = line.split("\t")[:3]
            found.setdefault(code, []).append((zone, position(place)))
    return found


def clock(zone: str) -> tuple[timedelta | None, ...]:
    return tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in SEASONS)


def names(code: str) -> list[str]:
    languages = ["en", "sv", "de", "fr", "es", *(get_global("territory_languages").get(code) or {})]
    found: dict[str, None] = {}
    for language in languages:
        try:
            name = Locale.parse(language).territories.get(code)
        except (UnknownLocaleError, ValueError):
            continue
        if name:
            found[name.casefold()] = None
    return list(found)


def currencies() -> dict[str, list[str]]:
    users: dict[str, list[str]] = {}
    for code, periods in get_global("territory_currencies").items():
        for currency, _begin, end, tender in periods:
            if end is None and tender:
                users.setdefault(currency, []).append(code)
    return users


def main() -> None:
    alpha_3 = {
        codes[0]: alias
        for alias, codes in get_global("territory_aliases").items()
        if len(alias) == 3
        and len(codes) == 1
        and alias.isalpha()
        and alias not in {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR", "QUU"}
    }
    alone = {users[0]: currency for currency, users in currencies().items() if len(users) == 1}
    rows = []
    for code, here in sorted(zones().items()):
        if code not in alpha_3:
            raise SystemExit(f"{code} has no alpha-3 code in CLDR")
        single = here[0][0] if len({clock(zone) for zone, _ in here}) == 1 else ""
        places = " ".join(place for _, place in here)
        rows.append("\t".join([code, alpha_3[code], single, alone.get(code, ""), "|".join(names(code)), places]))
    rows.append(
        "XK\tXKX\tEurope/Belgrade\t\t" + "|".join(names("XK")) + "\t42.66,21.17"
    )  # in no ISO list and no zone.tab
    TARGET.write_text(HEADER + "\n".join(rows) + "\n", "utf-8")


if __name__ == "__main__":
    main()
