"""How the prices of a station moved: when, from what to what."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from finder.ocpi.types import Struct, Tariff
from finder.store.tariffs import Version
from finder.tariffs.words import PriceList, moved, price_list
from finder.web import language
from finder.web.language import clock, day
from finder.web.language import gettext as _

MOST = 5


class Moved(Struct):
    """`of` names the tariff, and is empty where the station has one. The price was seen to move that day at that time."""

    day: str
    time: str
    of: str
    words: tuple[str, ...]


def history(
    versions: Sequence[Version], tariffs: Sequence[Tariff], titles: Mapping[str, str], zone: ZoneInfo
) -> tuple[Moved, ...]:
    """The last changes, newest first. `versions` are what tariffs said before, newest first; `titles` name those of now
    by id. A tariff that each connector has its own copy of moved once."""
    found = dict.fromkeys(_moves(versions, tariffs, titles, zone))
    return tuple(found)[:MOST]


def _moves(
    versions: Sequence[Version], tariffs: Sequence[Tariff], titles: Mapping[str, str], zone: ZoneInfo
) -> Iterator[Moved]:
    newer = {tariff.id.casefold(): tariff for tariff in tariffs}
    for version in versions:
        key = version.tariff.id.casefold()
        at = version.until.astimezone(zone)
        words = _words(version.tariff, newer.get(key), at)
        newer[key] = version.tariff
        if words:
            of = titles.get(key, "") if len(set(titles.values())) > 1 else ""
            yield Moved(day(version.until, zone), clock(version.until, zone), of, words)


def _words(old: Tariff, new: Tariff | None, at: datetime) -> tuple[str, ...]:
    before = _told(old, at)
    if new is not None:
        return moved(before, _told(new, at), language)
    return (_("Withdrawn: %(price)s", price=before.headline.price),) if before.headline else ()


def _told(tariff: Tariff, at: datetime) -> PriceList:
    return price_list(tariff, at, language.language(), language)
