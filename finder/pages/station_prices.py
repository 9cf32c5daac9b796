"""What charging costs at a station: each tariff in words with the plugs it is for, on-site prices before contracts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from finder.ocpi.types import Struct, Tariff
from finder.pages.facts import Value, link
from finder.stations.summary import Plug, PlugKey, plug_key
from finder.stations.types import Station
from finder.tariffs import words
from finder.tariffs.words import Kind, Part, PriceList
from finder.web import language
from finder.web.language import day, listed
from finder.web.language import gettext as _

ORDER: tuple[Kind, ...] = ("ad_hoc", "contract", "profile")


class Priced(Struct):
    """A tariff under its heading. No `parts`: the price is not known, and `own_words` are all there is."""

    title: str
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    own_words: Value | None
    page: Value | None


class Prices(Struct):
    """`missing` names the plugs without an on-site price. `board` holds a price for some plugs, all with `board_tax`."""

    priced: tuple[Priced, ...]
    missing: str
    board: tuple[str, ...]
    board_tax: str


class Offer(Struct):
    tariff: Tariff
    described: PriceList
    ahead: bool
    plugs: tuple[PlugKey, ...]
    partly: bool


def prices(
    station: Station, plugs: Sequence[Plug], titles: Mapping[PlugKey, str], zone: ZoneInfo, now: datetime
) -> Prices:
    """`titles` names each plug; `board` follows `plugs`."""
    offers = _offers(station, plugs, zone, now)
    on_site = [offer for offer in offers if offer.described.kind == "ad_hoc" and not offer.ahead]
    board, tax = _board(plugs, on_site)
    return Prices(
        priced=_grouped(offers, titles),
        missing=_missing(plugs, _priced_connectors(station, on_site), titles),
        board=board,
        board_tax=tax,
    )


def bare(title: str) -> str:
    """For the middle of a list: "CCS 300 kW"."""
    return title.replace(", ", " ")


def key_of(plug: Plug) -> PlugKey:
    return plug.standard, plug.format, plug.power_type, plug.power_kw


def _offers(station: Station, plugs: Sequence[Plug], zone: ZoneInfo, now: datetime) -> list[Offer]:
    users = _users(station)
    here = now.astimezone(zone)
    offers = [
        Offer(
            tariff=tariff,
            described=words.price_list(tariff, here, language.language(), language),
            ahead=words.is_ahead(tariff, now),
            plugs=tuple(key_of(plug) for plug in plugs if key_of(plug) in users[tariff.id.casefold()]),
            partly=any(
                users[tariff.id.casefold()].get(key_of(plug), plug.connectors) < plug.connectors for plug in plugs
            ),
        )
        for tariff in station.tariffs
        if tariff.id.casefold() in users and not words.is_over(tariff, now)
    ]
    return sorted(offers, key=lambda offer: (ORDER.index(offer.described.kind), offer.ahead, not offer.described.parts))


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


def _grouped(offers: Sequence[Offer], titles: Mapping[PlugKey, str]) -> tuple[Priced, ...]:
    """Feeds give each connector a tariff of its own that says the same: told once, with all its plugs."""
    alike: dict[tuple[str, bool, bool, PriceList], list[PlugKey]] = {}
    for offer in offers:
        if offer.described.parts or offer.described.own_words or offer.described.url:
            keys = alike.setdefault((_kind(offer.tariff), offer.ahead, offer.partly, offer.described), [])
            keys.extend(key for key in offer.plugs if key not in keys)
    return tuple(
        _priced(kind, partly, described, [titles[key] for key in keys], len(keys) == len(titles))
        for (kind, _ahead, partly, described), keys in alike.items()
    )


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


def _priced(kind: str, partly: bool, described: PriceList, plugs: Sequence[str], all_plugs: bool) -> Priced:
    title = kind if all_plugs and not partly else f"{kind}: {listed([bare(plug) for plug in plugs])}"
    own = described.own_words
    return Priced(
        title=_("%(title)s (some charging points)", title=title) if partly else title,
        parts=described.parts,
        notes=tuple(
            note
            for note in (
                _("Free of charge.") if described.free else "",
                described.tax,
                _("Applies from %(day)s.", day=day(described.begins)) if described.begins else "",
                described.valid,
                _("The operator states 100 % renewable electricity at this price.") if described.green else "",
                "" if described.parts else _("The price in figures is not given by the operator."),
            )
            if note
        ),
        own_words=Value(own.text, language=own.language if own.language != language.language() else None)
        if own
        else None,
        page=link(_("The operator's price page"), described.url) if described.url else None,
    )


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
