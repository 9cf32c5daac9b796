"""What every list of stations has: its counts and figures, its pages, its structured data."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
import sqlalchemy as sa
from flask import abort, current_app, request

from finder import places
from finder.ocpi.power import watts
from finder.ocpi.types import Struct
from finder.pages import area_prices, rows
from finder.pages.area_prices import USUAL, Median
from finder.pages.words import connector
from finder.places import Area
from finder.stations.prices import PlugPrice, best
from finder.stations.summary import Summary, count, summarise
from finder.stations.traits import Wanted
from finder.stations.types import Station
from finder.stations.zones import SITE_ZONE
from finder.store import listed, partners, stations
from finder.store.listed import CLASSES_KW, Census, Choice, Count, Member, New
from finder.store.offers import ANY_PLUG
from finder.store.times import instant
from finder.web.head import TITLE, Json, absolute, cut
from finder.web.language import LOCALES, clock, day, kilowatts, language, ngettext, number
from finder.web.language import gettext as _

T = TypeVar("T")
PAGE_SIZE = 50
# So many stations are read for the figures of a list; of longer ones only a page, and some for the prices.
READ_WHOLE = 200
# More pages than these are not all linked by their numbers.
NUMBERED = 200
PRICED, HEARD, SAMPLED, COUNTED_LIVE = 400, 300, 1_000, 20_000
HELD, LIVE_HELD, PRICES_HELD, HOURS_HELD = (
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
)
MOST_HELD = 20_000
PLUGS_SHOWN = 4
# So many of a list are told to programs: a country's municipalities would weigh as much as the rest of its page.
MOST_ITEMS = 100
# Of fewer charges, or in less time, an hour of the week says nothing.
LEAST_STARTS, LEAST_HEARD, WEEKS = 40, timedelta(days=7), timedelta(days=28)

Summaries = Sequence[tuple[Station, Summary]]
Prices = Mapping[str, tuple[PlugPrice, ...]]
"""By a station's id, one for each kind of plug."""


class Link(Struct):
    name: str
    url: str
    count: str = ""


class Tally(Struct):
    """An area with what is counted in it and in the areas inside it."""

    area: Area
    count: Count

    @property
    def stations(self) -> int:
        return self.count.stations

    @property
    def evses(self) -> int:
        return self.count.evses

    @property
    def max_power_kw(self) -> float | None:
        return self.count.max_power_kw


Tallies = Mapping[str, Tally]


class Counted(Struct):
    """All that is counted, as of one pull."""

    census: Census
    tallies: Tallies


# What is held between requests


def counted(connection: sa.Connection, now: datetime) -> Counted:
    """Counted anew after a pull, and now and then for what comes without one: as rarely as it takes long, for it reads every
    station there is."""
    pull = partners.newest_pull(connection)
    held: tuple[Counted, int, datetime] | None = current_app.extensions.get("finder.counted")
    if held is not None:
        (found, of_pull, at), for_each = held, timedelta(milliseconds=held[0].census.total)
        if timedelta(0) <= now - at < (max(HELD, for_each) if of_pull == pull else for_each / 4):
            return found
    census = listed.census(connection, now)
    made = Counted(census, tallied(census.areas))
    current_app.extensions["finder.counted"] = made, pull, now
    return made


def tallied(counts: Mapping[str, Count]) -> Tallies:
    """By code, of these areas and all that they lie in."""
    inside: dict[str, list[Count]] = {}
    for leaf, here in counts.items():
        code: str | None = leaf
        while code is not None:
            inside.setdefault(code, []).append(here)
            code = places.area(code).parent
    return {code: Tally(places.area(code), listed.together(found)) for code, found in inside.items()}


def held(key: tuple[str, ...], now: datetime, long: timedelta, make: Callable[[], T]) -> T:
    """What `make` returned the last time, unless that is too long ago."""
    known: dict[tuple[str, ...], tuple[Any, datetime]] = current_app.extensions.setdefault("finder.figures", {})
    found = known.get(key)
    if found is None or not timedelta(0) <= now - found[1] < long:
        if len(known) >= MOST_HELD:
            known.clear()
        found = known[key] = make(), now
    return cast(T, found[0])


# Pages of a list


class Page(NamedTuple):
    """A page's number as it is linked; this page has no address."""

    number: str
    url: str | None


class Paging(Struct):
    """Neighbouring pages of a list, None where there is none, and all by their numbers."""

    where: str
    previous: str | None
    next: str | None
    pages: tuple[Page, ...] = ()


def page_number() -> int:
    """Of the request; ends it where that is no number of a page."""
    text = request.args.get("page", "1")
    if not text.isascii() or not text.isdigit() or not 1 <= len(text) <= 4 or int(text) < 1:
        abort(404)
    return int(text)


def pages(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))


def paging(page: int, total: int, path: Callable[[int], str]) -> Paging | None:
    last = pages(total)
    if last == 1:
        return None
    return Paging(
        where=_("Page %(page)s of %(last)s", page=number(page), last=number(last)),
        previous=path(page - 1) if page > 1 else None,
        next=path(page + 1) if page < last else None,
        pages=tuple([Page(number(n), None if n == page else path(n)) for n in _numbers(page, last)]),
    )


def page_sentence(page: int, total: int) -> tuple[str, ...]:
    """For the description of a later page."""
    if page == 1:
        return ()
    return (_("Page %(page)s of %(last)s", page=number(page), last=number(pages(total))) + ".",)


def _numbers(page: int, last: int) -> Iterable[int]:
    """All, so that no station is further away than its list; of a very long list the near ones and every tenth."""
    if last <= NUMBERED:
        return range(1, last + 1)
    step = -(-last // NUMBERED)
    return sorted({1, last, *range(step, last, step), *range(max(1, page - 2), min(last, page + 2) + 1)})


# The stations of a list


class Listing(Struct):
    """Stations of a list that is chosen by columns: a page of them, or all where they are `whole`."""

    members: tuple[Member, ...]
    summaries: tuple[tuple[Station, Summary], ...]
    prices: Prices
    total: int
    whole: bool

    @property
    def best(self) -> tuple[PlugPrice | None, ...]:
        return tuple([best(self.prices[station.id]) for station, _summary in self.summaries])

    def page(self, number_of: int) -> Summaries:
        if not self.whole:
            return self.summaries
        return self.summaries[(number_of - 1) * PAGE_SIZE : number_of * PAGE_SIZE]


def read(
    connection: sa.Connection, choice: Choice, total: int, page: int, now: datetime, wanted: Wanted = ANY_PLUG
) -> Listing:
    """Ends the request where there is no such page. `total` is as it was counted; of a short list it is counted anew."""
    whole = total <= READ_WHOLE
    limit, offset = (READ_WHOLE + PAGE_SIZE, 0) if whole else (PAGE_SIZE, (page - 1) * PAGE_SIZE)
    members = listed.members(connection, choice, limit, offset)
    made = of_members(connection, members, len(members) if whole else total, whole, now, wanted)
    if not members or page > pages(made.total):
        abort(404)
    return made


def of_members(
    connection: sa.Connection,
    members: Sequence[Member],
    total: int,
    whole: bool,
    now: datetime,
    wanted: Wanted = ANY_PLUG,
) -> Listing:
    """Without those that are gone since they were counted."""
    found = {station.id: station for station in stations.shown(connection, [each.id for each in members])}
    here = [each for each in members if each.id in found]
    by_plug = listed.prices(connection, [each.pk for each in here], USUAL, now, wanted)
    return Listing(
        members=tuple(here),
        summaries=tuple([(station, summarise(station, now)) for station in found.values()]),
        prices=dict(zip([each.id for each in here], by_plug, strict=True)),
        total=total,
        whole=whole,
    )


def drawn_rows(
    summaries: Summaries, prices: Prices, now: datetime, within: str = "", least_kw: float = 0
) -> tuple[rows.Row, ...]:
    """`least_kw`: what the plug gives that a row's price is for, where the station has such plugs."""
    return tuple(
        [
            rows.from_summary(
                station,
                summary,
                now,
                within=within,
                cost=rows.cost(area_prices.of_fast(prices[station.id], least_kw), summary),
            )
            for station, summary in summaries
        ]
    )


# Figures


class Live(Struct):
    """Of so many charging points, those whose status was known and fresh at `at`, and of these the free."""

    available: int
    known: int
    evses: int
    at: datetime


class Lowest(Struct):
    """Per kWh with VAT, everything spread over the energy."""

    per_kwh: Decimal
    currency: str
    where: str


class Busiest(Struct):
    """When most charges begin, by the site's clock: weekday from 0, hour. `at` None: too little is known."""

    since: datetime | None
    at: tuple[int, int] | None = None
    of: int = 0


class Figures(Struct):
    """`live`: None where it is not counted; then nothing is said of it."""

    live: Live | None = None
    median: Median | None = None
    lowest: Lowest | None = None
    busiest: Busiest = Busiest(None)
    newest: tuple[New, str] | None = None
    since: datetime | None = None


def figures(
    connection: sa.Connection,
    key: tuple[str, ...],
    choice: Choice,
    listing: Listing,
    counted: Counted,
    new: Sequence[New],
    now: datetime,
    wanted: Wanted = ANY_PLUG,
) -> Figures:
    """Of all the list's stations; where they are many, as `held_figures` has it."""
    if not listing.whole:
        return held_figures(connection, key, choice, listing.total, counted, new, now, wanted)
    return Figures(
        live=live_of(listing.summaries, now, wanted),
        median=area_prices.median_price(listing.best),
        lowest=lowest_of(listing.summaries, listing.best),
        busiest=held_busiest(connection, key, choice, now),
        newest=newest(connection, new),
        since=counted.census.since,
    )


def held_figures(
    connection: sa.Connection,
    key: tuple[str, ...],
    choice: Choice,
    total: int,
    counted: Counted,
    new: Sequence[New],
    now: datetime,
    wanted: Wanted = ANY_PLUG,
) -> Figures:
    """Without reading the stations: prices and hours are of some of them, from where most are, and all is held for a while."""
    some = msgspec.structs.replace(choice, areas=most_of(counted.census, choice))
    live = None
    if not wanted.of_plugs and choice.plugs is None and total <= COUNTED_LIVE:
        live = held_live(connection, key, choice, total, now)
    median, lowest = held_prices(connection, key, some, now, wanted)
    return Figures(
        live=live,
        median=median,
        lowest=lowest,
        busiest=held_busiest(connection, key, some, now),
        newest=newest(connection, new),
        since=counted.census.since,
    )


def most_of(census: Census, choice: Choice) -> tuple[str, ...]:
    """The areas with most stations, as many as it takes for SAMPLED of the choice's."""
    counts = census.areas if choice.operator is None else census.pairs[choice.operator]
    found, held = [], 0
    for code in sorted(choice.areas, key=lambda code: (-counts[code].stations if code in counts else 0, code)):
        if held >= SAMPLED:
            break
        found.append(code)
        held += counts[code].stations if code in counts else 0
    return tuple(found)


def live_of(summaries: Summaries, now: datetime, wanted: Wanted = ANY_PLUG) -> Live:
    """Of the charging points with a plug that is wanted."""
    if not wanted.of_plugs:
        counts = [summary.counts for _station, summary in summaries]
    else:
        counts = [
            count(
                [
                    live
                    for entry, live in zip(station.evses, summary.lives, strict=True)
                    if any(wanted.takes(plug.standard, watts(plug)) for plug in entry.evse.connectors)
                ]
            )
            for station, summary in summaries
        ]
    return Live(
        sum(each.available for each in counts),
        sum(each.known for each in counts),
        sum(each.total for each in counts),
        now,
    )


def held_live(connection: sa.Connection, key: tuple[str, ...], choice: Choice, total: int, now: datetime) -> Live:
    """Counted as rarely as it takes long."""

    def make() -> Live:
        pks = [each.pk for each in listed.members(connection, choice, COUNTED_LIVE)]
        return Live(*listed.live(connection, pks, now), now)

    return held(("live", *key), now, max(LIVE_HELD, timedelta(milliseconds=20 * total)), make)


def held_prices(
    connection: sa.Connection, key: tuple[str, ...], choice: Choice, now: datetime, wanted: Wanted = ANY_PLUG
) -> tuple[Median | None, Lowest | None]:
    return held(("prices", *key), now, PRICES_HELD, lambda: _sampled_prices(connection, choice, now, wanted))


def _sampled_prices(
    connection: sa.Connection, choice: Choice, now: datetime, wanted: Wanted
) -> tuple[Median | None, Lowest | None]:
    members = listed.members(connection, choice, PRICED)
    by_plug = listed.prices(connection, [each.pk for each in members], USUAL, now, wanted)
    told = [best(prices) for prices in by_plug]
    least = _least(told)
    lowest = None
    if least is not None:
        (station,) = stations.shown(connection, [members[least].id]) or (None,)
        lowest = _lowest(station, told[least]) if station is not None else None
    return area_prices.median_price(told), lowest


def lowest_of(summaries: Summaries, told: Sequence[PlugPrice | None]) -> Lowest | None:
    least = _least(told)
    return None if least is None else _lowest(summaries[least][0], told[least])


def _least(told: Sequence[PlugPrice | None]) -> int | None:
    """The place of the lowest that is known with VAT, in the currency of most."""
    currency = area_prices.usual_currency(told)
    known = [
        (price.quote.per_kwh_incl_vat, place)
        for place, price in enumerate(told)
        if price is not None and price.quote.currency == currency and price.quote.per_kwh_incl_vat is not None
    ]
    return min(known)[1] if len(known) >= area_prices.FEWEST else None


def _lowest(station: Station, price: PlugPrice | None) -> Lowest | None:
    if price is None or price.quote.per_kwh_incl_vat is None or price.quote.currency is None:
        return None
    return Lowest(price.quote.per_kwh_incl_vat, price.quote.currency, rows.named_with_city(station.location))


def held_busiest(connection: sa.Connection, key: tuple[str, ...], choice: Choice, now: datetime) -> Busiest:
    def make() -> Busiest:
        since = listed.listened_since(connection)
        if since is None or now - since < LEAST_HEARD:
            return Busiest(since)
        since = max(since, now - WEEKS)
        pks = [each.pk for each in listed.members(connection, choice, HEARD)]
        return busiest(listed.starts(connection, pks, since), since)

    return held(("hours", *key), now, HOURS_HELD, make)


def busiest(starts: Iterable[tuple[datetime, int]], since: datetime) -> Busiest:
    """The hour of the week with most of them, the first of those with as many."""
    by_hour: Counter[tuple[int, int]] = Counter()
    for at, number_of in starts:
        local = at.astimezone(SITE_ZONE)
        by_hour[local.weekday(), local.hour] += number_of
    total = sum(by_hour.values())
    if total < LEAST_STARTS:
        return Busiest(since, None, total)
    return Busiest(since, min(by_hour, key=lambda hour: (-by_hour[hour], hour)), total)


def newest(connection: sa.Connection, new: Sequence[New]) -> tuple[New, str] | None:
    """The newest of the new stations that is there, with its name."""
    for each in new[:1]:
        for station in stations.shown(connection, [each.id]):
            return each, rows.named_with_city(station.location)
    return None


# In words

Pairs = tuple[tuple[str, str], ...]


def answer(total: Count, live: Live | None) -> tuple[str, str, str]:
    """The figure on the sign, what it counts, and when it was counted."""
    if live is None or not live.known:
        words = ngettext("charging points at %(num)s place", "charging points at %(num)s places", total.stations)
        return number(total.evses), words, ""
    figure = _("%(free)s of %(known)s", free=number(live.available), known=number(live.known))
    words = ngettext("charging point is available now", "charging points are available now", live.available)
    told = _("Counted %(time)s.", time=clock(live.at))
    if unknown := max(0, live.evses - live.known):
        told += " " + ngettext(
            "%(num)s more has no known status and is not counted.",
            "%(num)s more have no known status and are not counted.",
            unknown,
        )
    return figure, words, told


def facts(total: Count, figures: Figures, *more: tuple[str, str]) -> Pairs:
    """What is found nowhere else: counted here, from what the operators say."""
    found = [
        (_("Charging stations"), number(total.stations)),
        (_("Charging points"), number(total.evses)),
        *classes(total),
        *more,
        *prices_facts(figures),
        (_("Most charges begin"), busiest_words(figures.busiest)),
        (_("Newest"), newest_words(figures)),
        (_("Facts last changed"), changed_words(total)),
    ]
    return tuple(found)


def classes(total: Count) -> Pairs:
    """ "12 with at least 150 kW, 3 with 50 to 150 kW, 40 below 50 kW"."""
    normal, fast, fastest = total.classes
    middle, high = (kilowatts(kw) for kw in CLASSES_KW[1:])
    told = [
        _("%(count)s with at least %(power)s", count=number(fastest), power=high) if fastest else "",
        _("%(count)s from %(power)s", count=number(fast), power=middle) if fast else "",
        _("%(count)s below %(power)s", count=number(normal), power=middle) if normal else "",
    ]
    if silent := total.stations - sum(total.classes):
        told.append(ngettext("%(num)s without a stated power", "%(num)s without a stated power", silent))
    found = [(_("Stations by power"), ", ".join(filter(None, told)))]
    if total.power:
        found.append((_("Highest power"), kilowatts(total.max_power_kw or 0)))
    return tuple(found)


def prices_facts(figures: Figures) -> Pairs:
    found = []
    if figures.median:
        found.append(area_prices.median_fact(figures.median))
    if figures.lowest:
        found.append((_("Lowest price"), lowest_words(figures.lowest)))
    if not found:
        found.append((_("Median price"), _("Too few have told a price with VAT")))
    return tuple(found)


def lowest_words(lowest: Lowest) -> str:
    if not lowest.per_kwh:
        return f"{_('No charge')}, {lowest.where}"
    price = rows.kwh_price(lowest.per_kwh, lowest.currency)
    return _("%(price)s incl. VAT, %(where)s", price=price, where=lowest.where)


def busiest_words(found: Busiest) -> str:
    if found.at is None:
        if found.since is None:
            return _("Too little is known yet")
        return _("Too little is known yet: we have listened since %(day)s", day=day(found.since))
    weekday, hour = found.at
    return _(
        "%(day)s %(hours)s, of %(count)s charges since %(since)s",
        day=LOCALES[language()].days["format"]["wide"][weekday],
        hours=f"{hour:02d}–{(hour + 1) % 24:02d}",
        count=number(found.of),
        since=day(found.since) if found.since else "",
    )


def newest_words(figures: Figures) -> str:
    if figures.newest is not None:
        new, name = figures.newest
        return f"{name}, {day(instant(new.created_at))}"
    if figures.since is None:
        return _("Too little is known yet")
    return _("No new one since %(day)s", day=day(figures.since))


def changed_words(total: Count) -> str:
    return day(instant(total.changed_at))


def plug_words(summaries: Summaries) -> str:
    """The commonest plugs with how many there are of each: "22 Typ 2, 16 CCS"."""
    totals: Counter[str] = Counter()
    for _station, summary in summaries:
        for plug in summary.plugs:
            if plug.standard:
                totals[connector(plug.standard)] += plug.connectors
    return ", ".join(f"{number(many)}\u00a0{plug}" for plug, many in totals.most_common(PLUGS_SHOWN))


def collection(title: str, url: str, items: Iterable[tuple[str, str]]) -> Json:
    """A page that lists others: (name, path) of the first of them, in the order shown. Each says the rest of itself."""
    return {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "name": cut(title, TITLE),
        "url": absolute(url),
        "inLanguage": language(),
        "mainEntity": {
            "@type": "ItemList",
            "itemListElement": [
                {"@type": "ListItem", "position": n, "name": called, "url": absolute(where)}
                for n, (called, where) in enumerate(items, 1)
            ],
        },
    }
