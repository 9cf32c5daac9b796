"""What charging costs at a station: each tariff in words with the plugs it is for, on-site prices before contracts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from finder.ocpi.types import Struct, Tariff
from finder.pages import station_offers, station_week
from finder.pages.facts import Value, held_by, link, quoted
from finder.pages.station_week import WeekTable
from finder.pages.words import name_of
from finder.stations.summary import Plug, PlugKey, plug_key
from finder.stations.types import Station
from finder.tariffs import words
from finder.tariffs.choice import is_over
from finder.tariffs.rates import Tax
from finder.tariffs.words import Headline, Kind, Part, PriceList
from finder.web import language
from finder.web.language import day, listed, when
from finder.web.language import gettext as _

OLD = timedelta(days=7)
ORDER: tuple[Kind, ...] = ("ad_hoc", "contract", "profile")


class Priced(Struct):
    """A tariff under its heading. No `parts`: the price is not known, and `own_words` are all there is.

    `next` says what it becomes; `ahead`: this is what it becomes. `week` is set where the price depends on the time.
    """

    title: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    own_words: Value | None
    page: Value | None
    next: tuple[str, ...] = ()
    ahead: bool = False
    week: WeekTable | None = None


class InWords(Struct):
    """`plugs` is empty where it is for all of the station's."""

    plugs: str
    words: Value


class Prices(Struct):
    """`missing` names the plugs without an on-site price, `in_words` are those that the operator tells in words alone. `board` holds a price for some plugs, all with `board_tax`.

    - `lowest` is the least price of a kWh, for a description.
    - `tax` holds for all that is `priced`; where it is empty, each says its own.
    - `change` is what the clock makes of a price on the board within a day.
    - `source` says who told the prices and when; `old`: longer ago than prices can be trusted.
    - `titles` are by tariff id, folded. `offers` are for schema.org.
    """

    priced: tuple[Priced, ...]
    missing: str
    in_words: tuple[InWords, ...]
    board: tuple[str, ...]
    board_tax: str
    lowest: str
    tax: str
    change: str
    source: str
    old: bool
    titles: Mapping[str, str]
    offers: tuple[station_offers.Json, ...]
    free: bool


class Group(Struct):
    """Tariffs that say the same: feeds give each connector one of its own. `users` are their connectors, by kind."""

    kind: str
    described: PriceList
    ids: tuple[str, ...]
    users: Mapping[PlugKey, frozenset[int]]

    @property
    def ahead(self) -> bool:
        return self.described.begins is not None

    def is_for_all(self, plug: Plug) -> bool:
        return len(self.users.get(key_of(plug), ())) == plug.connectors


def prices(
    station: Station, plugs: Sequence[Plug], titles: Mapping[PlugKey, str], url: str, zone: ZoneInfo, now: datetime
) -> Prices:
    """`titles` names each plug; `board` follows `plugs`; `url` is the page's own."""
    here = now.astimezone(zone)
    groups = _groups(station, here) if station.tariffs else []
    if not groups:
        return _unknown(plugs)
    named = [(group, _title(group, station, plugs, titles)) for group in groups]
    on_site = [group for group in groups if group.described.kind == "ad_hoc" and not group.ahead]
    known = [group for group in on_site if group.described.parts]
    worded = [group for group in on_site if not group.described.parts and group.described.own_words]
    board, board_tax = _board(plugs, known)
    taxes = {group.described.tax for group in groups if group.described.tax}
    tax = taxes.pop() if len(taxes) == 1 else ""
    source, old = _source(station, zone, now)
    return Prices(
        priced=tuple(_priced(group, title, tax, _becoming(group, groups), here) for group, title in named),
        missing=_missing(plugs, [*known, *worded], titles),
        in_words=tuple(_in_words(worded, plugs, titles)),
        board=board,
        board_tax=board_tax,
        lowest=_lowest(known),
        tax=tax,
        change=_change(plugs, known, titles, here),
        source=source,
        old=old,
        titles={ref: title for group, title in named for ref in group.ids},
        offers=tuple(
            offer
            for group, title in named
            if not group.ahead and (offer := station_offers.offer(title, group.described, url))
        ),
        free=bool(plugs)
        and all(group.described.free for group in on_site)
        and not any(_left_out(plug, known) for plug in plugs),
    )


def _unknown(plugs: Sequence[Plug]) -> Prices:
    return Prices(
        priced=(),
        missing=_missing(plugs, (), {}),
        in_words=(),
        board=("",) * len(plugs),
        board_tax="",
        lowest="",
        tax="",
        change="",
        source="",
        old=False,
        titles={},
        offers=(),
        free=False,
    )


def bare(title: str) -> str:
    """For the middle of a list: "CCS 300 kW"."""
    return title.replace(", ", " ")


def key_of(plug: Plug) -> PlugKey:
    return plug.standard, plug.format, plug.power_type, plug.power_kw


def _groups(station: Station, here: datetime) -> list[Group]:
    users = _users(station)
    code = language.language()
    alike: dict[tuple[str, PriceList], list[str]] = {}
    for tariff in station.tariffs:
        ref = tariff.id.casefold()
        if ref not in users or is_over(tariff, here):
            continue
        described = words.price_list(tariff, here, code, language)
        if described.parts or described.own_words or described.url:
            alike.setdefault((_kind(tariff), described), []).append(ref)
    found = [
        Group(kind, described, tuple(refs), _together([users[ref] for ref in refs]))
        for (kind, described), refs in alike.items()
    ]
    return sorted(found, key=_ad_hoc_first)


def _ad_hoc_first(group: Group) -> tuple[int, date, bool]:
    described = group.described
    return ORDER.index(described.kind), described.begins or date.min, not described.parts


def _users(station: Station) -> dict[str, dict[PlugKey, frozenset[int]]]:
    """Tariff id, folded -> the connectors that name it, by kind; they are numbered through the station."""
    users: dict[str, dict[PlugKey, set[int]]] = {}
    for number, connector in enumerate(connector for entry in station.evses for connector in entry.evse.connectors):
        for tariff_id in connector.tariff_ids:
            users.setdefault(tariff_id.casefold(), {}).setdefault(plug_key(connector), set()).add(number)
    return {ref: {key: frozenset(numbers) for key, numbers in named.items()} for ref, named in users.items()}


def _together(users: Sequence[Mapping[PlugKey, frozenset[int]]]) -> Mapping[PlugKey, frozenset[int]]:
    if len(users) == 1:
        return users[0]
    keys = dict.fromkeys(key for named in users for key in named)
    return {key: frozenset().union(*(named[key] for named in users if key in named)) for key in keys}


def _left_out(plug: Plug, groups: Sequence[Group]) -> int:
    """How many connectors of this kind none of these tariffs is for."""
    key = key_of(plug)
    if any(len(group.users.get(key, ())) == plug.connectors for group in groups):
        return 0
    return plug.connectors - len(frozenset().union(*(group.users.get(key, frozenset()) for group in groups)))


def _kind(tariff: Tariff) -> str:
    match tariff.type:
        case "AD_HOC_PAYMENT" | None:
            return _("Pay on site, without a contract")
        case "PROFILE_FAST":
            return _("Charging profile Fastest")
        case "PROFILE_CHEAP":
            return _("Charging profile Cheapest")
        case "PROFILE_GREEN":
            return _("Charging profile Greenest")
        case _:
            return _("With a charging provider")


def _title(group: Group, station: Station, plugs: Sequence[Plug], titles: Mapping[PlugKey, str]) -> str:
    """With the plugs it is for, and the charging points where it is not for all that have those."""
    begins = group.described.begins
    kind = _("%(kind)s, from %(day)s", kind=group.kind, day=day(begins)) if begins else group.kind
    mine = [plug for plug in plugs if key_of(plug) in group.users]
    if all(group.is_for_all(plug) for plug in mine):
        if len(mine) == len(plugs):
            return kind
        return f"{kind}: {listed([bare(titles[key_of(plug)]) for plug in mine])}"
    title = f"{kind}: {listed([bare(titles[key_of(plug)]) for plug in mine])}"
    numbers = frozenset().union(*group.users.values())
    holders = [entry.evse for entry in station.evses for _connector in entry.evse.connectors]
    points = list(dict.fromkeys(name_of(holders[number]) for number in sorted(numbers)))
    return held_by(title, points, len(station.evses))


def _becoming(group: Group, groups: Sequence[Group]) -> tuple[str, ...]:
    """What is announced for these plugs: "From 1 December 2026: SEK 5.49/kWh."."""
    if group.ahead:
        return ()
    return tuple(
        _("From %(day)s: %(price)s.", day=day(each.described.begins), price=each.described.headline.price)
        for each in groups
        if each.described.begins
        and each.described.headline
        and each.kind == group.kind
        and not group.users.keys().isdisjoint(each.users)
    )


def _priced(group: Group, title: str, tax: str, becoming: tuple[str, ...], here: datetime) -> Priced:
    described = group.described
    week = None if group.ahead else described.week
    return Priced(
        title=title,
        parts=described.parts,
        notes=tuple(
            note
            for note in (
                _("Free of charge.") if described.free else "",
                "" if described.tax == tax else described.tax,
                _("Applies up to and including %(day)s.", day=day(described.ends)) if described.ends else "",
                _("The operator states 100 % renewable electricity at this price.") if described.green else "",
                "" if described.parts else _("The price in figures is not given by the operator."),
            )
            if note
        ),
        own_words=quoted(described.own_words),
        page=link(_("The operator's price page"), described.url) if described.url else None,
        next=becoming,
        ahead=group.ahead,
        week=station_week.table(week, described.unit, described.currency, here)
        if week and described.currency
        else None,
    )


def _change(plugs: Sequence[Plug], known: Sequence[Group], titles: Mapping[PlugKey, str], here: datetime) -> str:
    """Of the first plug on the board whose price moves with the clock, and of those that have the same price."""
    for plug in plugs:
        found = [group for group in known if key_of(plug) in group.users]
        if len(found) != 1 or found[0].described.week is None or found[0].described.currency is None:
            continue
        described, mine = found[0].described, found[0].users
        told = station_week.next_change(found[0].described.week, described.unit, found[0].described.currency, here)
        named = listed([bare(titles[key_of(each)]) for each in plugs if key_of(each) in mine])
        return f"{named}: {told}" if told and len(mine) < len(plugs) else told
    return ""


def _lowest(known: Sequence[Group]) -> str:
    """The least price of a kWh on site, for a description of the station; empty where prices mean different things."""
    lines = [line for group in known for part in group.described.parts if part.unit == "kWh" for line in part.lines]
    amounts = sorted({line.low for line in lines if line.low is not None})
    currencies = {(group.described.currency, group.described.taxed) for group in known}
    if not amounts or not amounts[0] or len(currencies) != 1 or any(line.low is None for line in lines):
        return ""
    currency, taxed = currencies.pop()
    if currency is None or taxed != "included":
        return ""
    price = words.unit_price(amounts[0], amounts[0], "kWh", currency, language)
    moving = len(amounts) > 1 or any(line.high != line.low for line in lines)
    return _("From %(price)s on site.", price=price) if moving else _("%(price)s on site.", price=price)


def _source(station: Station, zone: ZoneInfo, now: datetime) -> tuple[str, bool]:
    """Who told the prices, and when last: of several partners the one that is longest ago."""
    fetched = [origin for origin in station.origins if origin.fetched_at is not None]
    if not fetched:
        return "", False
    last = min(origin.fetched_at for origin in fetched if origin.fetched_at)
    names = listed(list(dict.fromkeys(origin.name for origin in fetched)))
    if now - last > OLD:
        return _("Old prices: fetched %(day)s from %(names)s", names=names, day=day(last, zone)), True
    return _("Prices from %(names)s %(time)s", names=names, time=when(last, now, zone)), False


def _missing(plugs: Sequence[Plug], known: Sequence[Group], titles: Mapping[PlugKey, str]) -> str:
    """The plugs whose price on site is not known, and those of which some have none."""
    if not known:
        return _("Price on site: not given by the operator.")
    left = [(bare(titles[key_of(plug)]), _left_out(plug, known), plug.connectors) for plug in plugs]
    without = [
        title if count == total else _("%(title)s (some charging points)", title=title)
        for title, count, total in left
        if count
    ]
    return _("Price on site for %(plugs)s: not given by the operator.", plugs=listed(without)) if without else ""


def _in_words(worded: Sequence[Group], plugs: Sequence[Plug], titles: Mapping[PlugKey, str]) -> Iterator[InWords]:
    for group in worded:
        if theirs := quoted(group.described.own_words):
            mine = [bare(titles[key_of(plug)]) for plug in plugs if key_of(plug) in group.users]
            yield InWords(listed(mine) if len(mine) < len(plugs) else "", theirs)


def _board(plugs: Sequence[Plug], known: Sequence[Group]) -> tuple[tuple[str, ...], str]:
    """A price stands on the board only where it holds for all plugs of a kind, and all prices mean the same."""
    headlines = []
    for plug in plugs:
        found = {group.described.headline for group in known if key_of(plug) in group.users}
        headlines.append(found.pop() if len(found) == 1 and not _left_out(plug, known) else None)
    taxes = {headline.tax for headline in headlines if headline}
    if len(taxes) != 1:
        return ("",) * len(plugs), ""
    said = _of_today(taxes.pop()) if any(headline and headline.today for headline in headlines) else _of(taxes.pop())
    return tuple(_beside_plug(headline) if headline else "" for headline in headlines), said


def _of(tax: Tax) -> str:
    match tax:
        case "included":
            return _("Prices on site incl. VAT.")
        case "excluded":
            return _("Prices on site excl. VAT.")
        case "none":
            return _("Prices on site, no VAT.")


def _of_today(tax: Tax) -> str:
    match tax:
        case "included":
            return _("Prices on site today, incl. VAT.")
        case "excluded":
            return _("Prices on site today, excl. VAT.")
        case "none":
            return _("Prices on site today, no VAT.")


def _beside_plug(headline: Headline) -> str:
    return _("%(sum)s + VAT", sum=headline.price) if headline.tax == "excluded" else headline.price
