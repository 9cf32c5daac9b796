"""What charging costs at a station: each tariff in words with the plugs it is for, on-site prices before contracts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from finder.ocpi.types import Struct, Tariff
from finder.pages import station_offers, station_week
from finder.pages.facts import Value, link, quoted
from finder.pages.station_week import WeekTable
from finder.stations.summary import Plug, PlugKey, plug_key
from finder.stations.types import Station
from finder.tariffs import words
from finder.tariffs.choice import is_over
from finder.tariffs.words import Kind, Part, PriceList
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


class Prices(Struct):
    """`missing` names the plugs without an on-site price. `board` holds a price for some plugs, all with `board_tax`.

    - `tax` holds for all that is `priced`; where it is empty, each says its own.
    - `change` is what the clock makes of a price on the board within a day.
    - `source` says who told the prices and when; `old`: longer ago than prices can be trusted.
    - `titles` are by tariff id, folded. `offers` are for schema.org.
    """

    priced: tuple[Priced, ...]
    missing: str
    board: tuple[str, ...]
    board_tax: str
    tax: str
    change: str
    source: str
    old: bool
    titles: Mapping[str, str]
    offers: tuple[station_offers.Json, ...]
    free: bool


class Offer(Struct):
    """A tariff with the plugs it is for; `partly`: not for all plugs of a kind."""

    tariff: Tariff
    described: PriceList
    plugs: tuple[PlugKey, ...]
    partly: bool

    @property
    def ahead(self) -> bool:
        return self.described.begins is not None


class Group(Struct):
    """Offers that say the same: feeds give each connector a tariff of its own."""

    kind: str
    described: PriceList
    plugs: tuple[PlugKey, ...]
    partly: bool
    ids: tuple[str, ...]


def prices(
    station: Station, plugs: Sequence[Plug], titles: Mapping[PlugKey, str], url: str, zone: ZoneInfo, now: datetime
) -> Prices:
    """`titles` names each plug; `board` follows `plugs`; `url` is the page's own."""
    here = now.astimezone(zone)
    offers = _offers(station, plugs, here)
    on_site = [offer for offer in offers if offer.described.kind == "ad_hoc" and not offer.ahead]
    board, board_tax = _board(plugs, on_site)
    groups = _grouped(offers)
    named = [_title(group, titles) for group in groups]
    taxes = {group.described.tax for group in groups if group.described.tax}
    tax = taxes.pop() if len(taxes) == 1 else ""
    source, old = _source(station, zone, now) if groups else ("", False)
    return Prices(
        priced=tuple(
            _priced(group, title, tax, _becoming(group, groups), here)
            for group, title in zip(groups, named, strict=True)
        ),
        missing=_missing(plugs, _priced_connectors(station, on_site), titles),
        board=board,
        board_tax=board_tax,
        tax=tax,
        change=_change(plugs, on_site, titles, here),
        source=source,
        old=old,
        titles={ref: title for group, title in zip(groups, named, strict=True) for ref in group.ids},
        offers=tuple(
            offer
            for group, title in zip(groups, named, strict=True)
            if group.described.begins is None and (offer := station_offers.offer(title, group.described, url))
        ),
        free=bool(plugs)
        and all(any(key_of(plug) in offer.plugs for offer in on_site) for plug in plugs)
        and all(offer.described.free and not offer.partly for offer in on_site),
    )


def bare(title: str) -> str:
    """For the middle of a list: "CCS 300 kW"."""
    return title.replace(", ", " ")


def key_of(plug: Plug) -> PlugKey:
    return plug.standard, plug.format, plug.power_type, plug.power_kw


def _offers(station: Station, plugs: Sequence[Plug], here: datetime) -> list[Offer]:
    users = _users(station)
    code = language.language()
    offers = []
    for tariff in station.tariffs:
        used = users.get(tariff.id.casefold())
        if used is None or is_over(tariff, here):
            continue
        offers.append(
            Offer(
                tariff=tariff,
                described=words.price_list(tariff, here, code, language),
                plugs=tuple([key_of(plug) for plug in plugs if key_of(plug) in used]),
                partly=any(used.get(key_of(plug), plug.connectors) < plug.connectors for plug in plugs),
            )
        )
    return sorted(offers, key=_ad_hoc_first)


def _ad_hoc_first(offer: Offer) -> tuple[int, date, bool]:
    described = offer.described
    return ORDER.index(described.kind), described.begins or date.min, not described.parts


def _users(station: Station) -> dict[str, dict[PlugKey, int]]:
    """Tariff id, folded -> how many connectors of each kind name it."""
    users: dict[str, dict[PlugKey, int]] = {}
    for entry in station.evses:
        for connector in entry.evse.connectors:
            key = plug_key(connector)
            for tariff_id in connector.tariff_ids:
                named = users.setdefault(tariff_id.casefold(), {})
                named[key] = named.get(key, 0) + 1
    return users


def _grouped(offers: Sequence[Offer]) -> list[Group]:
    alike: dict[tuple[str, bool, PriceList], list[Offer]] = {}
    for offer in offers:
        if offer.described.parts or offer.described.own_words or offer.described.url:
            alike.setdefault((_kind(offer.tariff), offer.partly, offer.described), []).append(offer)
    return [
        Group(
            kind=kind,
            described=described,
            plugs=tuple(dict.fromkeys(key for offer in found for key in offer.plugs)),
            partly=partly,
            ids=tuple(offer.tariff.id.casefold() for offer in found),
        )
        for (kind, partly, described), found in alike.items()
    ]


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


def _title(group: Group, titles: Mapping[PlugKey, str]) -> str:
    begins = group.described.begins
    kind = _("%(kind)s, from %(day)s", kind=group.kind, day=day(begins)) if begins else group.kind
    if len(group.plugs) == len(titles) and not group.partly:
        return kind
    title = f"{kind}: {listed([bare(titles[key]) for key in group.plugs])}"
    return _("%(title)s (some charging points)", title=title) if group.partly else title


def _becoming(group: Group, groups: Sequence[Group]) -> tuple[str, ...]:
    """What is announced for these plugs: "From 1 December 2026: SEK 5.49/kWh."."""
    if group.described.begins is not None:
        return ()
    return tuple(
        _("From %(day)s: %(price)s.", day=day(each.described.begins), price=each.described.headline.price)
        for each in groups
        if each.described.begins
        and each.described.headline
        and each.kind == group.kind
        and not set(each.plugs).isdisjoint(group.plugs)
    )


def _priced(group: Group, title: str, tax: str, becoming: tuple[str, ...], here: datetime) -> Priced:
    described = group.described
    week = described.week if described.begins is None else None
    return Priced(
        title=title,
        parts=described.parts,
        notes=tuple(
            note
            for note in (
                _("Free of charge.") if described.free else "",
                "" if described.tax == tax else described.tax,
                described.valid,
                _("The operator states 100 % renewable electricity at this price.") if described.green else "",
                "" if described.parts else _("The price in figures is not given by the operator."),
            )
            if note
        ),
        own_words=quoted(described.own_words),
        page=link(_("The operator's price page"), described.url) if described.url else None,
        next=becoming,
        ahead=described.begins is not None,
        week=station_week.table(week, described.unit, described.currency, here)
        if week and described.currency
        else None,
    )


def _change(plugs: Sequence[Plug], on_site: Sequence[Offer], titles: Mapping[PlugKey, str], here: datetime) -> str:
    """Of the first plug on the board whose price moves with the clock."""
    for plug in plugs:
        found = [offer for offer in on_site if key_of(plug) in offer.plugs]
        week = found[0].described.week if len(found) == 1 else None
        if week and (currency := found[0].described.currency):
            words = station_week.next_change(week, found[0].described.unit, currency, here)
            named = listed([bare(titles[key_of(each)]) for each in plugs if key_of(each) in found[0].plugs])
            return f"{named}: {words}" if words and len(found[0].plugs) < len(plugs) else words
    return ""


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


def _priced_connectors(station: Station, on_site: Sequence[Offer]) -> Counter[PlugKey]:
    """How many connectors of each kind have a known price without a contract."""
    known = {offer.tariff.id.casefold() for offer in on_site if offer.described.parts}
    return Counter(
        plug_key(connector)
        for entry in station.evses
        for connector in entry.evse.connectors
        if any(tariff_id.casefold() in known for tariff_id in connector.tariff_ids)
    )


def _missing(plugs: Sequence[Plug], priced: Counter[PlugKey], titles: Mapping[PlugKey, str]) -> str:
    if not priced:
        return _("Price on site: not given by the operator.")
    without = [
        _("%(title)s (some charging points)", title=title) if priced[key_of(plug)] else title
        for plug in plugs
        if priced[key_of(plug)] < plug.connectors and (title := bare(titles[key_of(plug)]))
    ]
    return _("Price on site for %(plugs)s: not given by the operator.", plugs=listed(without)) if without else ""


def _board(plugs: Sequence[Plug], on_site: Sequence[Offer]) -> tuple[tuple[str, ...], str]:
    """A price stands on the board only where one tariff holds for all plugs of a kind, and all prices mean the same."""
    headlines = []
    for plug in plugs:
        found = {
            offer.described.headline
            for offer in on_site
            if key_of(plug) in offer.plugs and not offer.partly and offer.described.parts
        }
        headlines.append(found.pop() if len(found) == 1 else None)
    taxes = {headline.tax for headline in headlines if headline}
    if len(taxes) != 1:
        return ("",) * len(plugs), ""
    said = {
        "included": _("Prices on site incl. VAT."),
        "excluded": _("Prices on site excl. VAT."),
        "none": _("Prices on site, no VAT."),
    }
    return tuple(headline.price if headline else "" for headline in headlines), said[taxes.pop()]
