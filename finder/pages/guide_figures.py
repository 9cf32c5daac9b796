"""The figures of the guides in words: each with what it was counted on; what is not known is None, and the guides say so."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import sqlalchemy as sa
from babel.numbers import get_currency_name
from flask import current_app
from markupsafe import Markup

from finder.ocpi.types import Struct
from finder.pages import guide_drawn
from finder.pages.about import is_silent
from finder.pages.guide_drawn import Bar
from finder.pages.rows import CENT, kwh_price
from finder.pages.words import CONNECTOR_PAGES, connector, drawing
from finder.store import figures
from finder.store.figures import ByClock, Figures, Looked, PlugCount, PointCount, Source, Spread
from finder.tariffs.charge import Charge
from finder.tariffs.quotes_in_words import TOLD_WHOLE, amount
from finder.tariffs.words import price
from finder.web import language as say
from finder.web.language import (
    LOCALES,
    clock,
    day,
    kilowatts,
    language,
    listed,
    ngettext,
    number,
    path_to,
    site_urls,
    when,
)
from finder.web.language import gettext as _

HELD = timedelta(minutes=10)
MOST_NAMED = 4
USUAL = Charge()
CLASSES = 8


class Share(Struct):
    """So many of the stations: "1 174", "36 %"; `percent` of nothing is "none"."""

    count: str
    percent: str
    any: bool


class PlugTold(Struct):
    """`points` and `form` are of the stations that were looked at. `url` leads to the page of the plug, else to a search."""

    name: str
    drawing: str | None
    stations: str
    percent: str
    kw: str
    points: str
    form: str
    url: str
    searched: bool


class PriceTold(Struct):
    """Of a kWh with VAT: the median ("5,84 kr"), the middle half, and what the usual charge costs at the median."""

    figure: str
    per_kwh: str
    low: str
    high: str
    priced: str
    of: str
    unpriced: int
    kwh: str
    charge: str
    cheapest: str
    dearest: str


class PartsTold(Struct):
    priced: str
    energy_only: Share
    time: Share
    idle: Share
    session: Share


class ClockTold(Struct):
    """`saving` is what the difference makes for the usual charge; `hours` are those when most are at their lowest."""

    stations: Share
    difference: str
    saving: str
    hours: str


class VersionTold(Struct):
    version: str
    sources: str
    stations: str


class SourceTold(Struct):
    name: str
    version: str
    stations: str
    heard: str


class Told(Struct):
    """`at` is when it was counted, `basis` the stations that what documents say was counted of. Empty or None: not known."""

    at: str
    stations: str
    points: str
    any: bool
    basis: str
    smart: Share | None
    provider: Share | None
    operator: Share | None
    profiles: Share | None
    steered_points: Share | None
    green: Share | None
    plugs: tuple[PlugTold, ...]
    direct: PriceTold | None
    alternating: PriceTold | None
    parts: PartsTold | None
    clock: ClockTold | None
    sources: tuple[SourceTold, ...]
    heard: int
    by: str
    versions: tuple[VersionTold, ...]
    newest: str
    prices_drawn: Markup
    plugs_drawn: Markup
    hours_drawn: Markup
    versions_drawn: Markup


def held(connection: sa.Connection, now: datetime) -> Told:
    """Counted at most every ten minutes, with the time they were counted."""
    known: Figures | None = current_app.extensions.get("finder.guide_figures")
    if known is None or not timedelta(0) <= now - known.at < HELD:
        known = current_app.extensions["finder.guide_figures"] = figures.figures(connection, now)
    return told(known, now)


def told(found: Figures, now: datetime) -> Told:
    looked = found.looked
    return Told(
        at=_("Counted %(day)s at %(time)s.", day=day(found.at), time=clock(found.at)),
        stations=number(found.stations),
        points=number(found.points),
        any=found.stations > 0,
        basis=_basis(looked.stations, found.stations),
        smart=share(found.smart, found.stations),
        provider=share(looked.steering.provider, looked.stations),
        operator=share(looked.steering.operator, looked.stations),
        profiles=share(looked.steering.priced, looked.stations),
        steered_points=share(looked.steering.points, looked.points),
        green=share(found.green, found.stations),
        plugs=_plugs(found),
        direct=_price(looked.direct, alternating=False),
        alternating=_price(looked.alternating, alternating=True),
        parts=_parts(looked),
        clock=_clock(looked.clock, looked),
        sources=_sources(found.sources, now),
        heard=sum(not is_silent(source, now) for source in found.sources),
        by=_by(found.sources),
        versions=_versions(found.sources),
        newest=_newest(found.sources, now),
        prices_drawn=_prices_drawn(looked.direct),
        plugs_drawn=_plugs_drawn(found),
        hours_drawn=_hours_drawn(looked.clock),
        versions_drawn=_versions_drawn(found.sources),
    )


def _basis(looked: int, of: int) -> str:
    if looked == of:
        return ngettext("Based on %(num)s charging station.", "Based on all %(num)s charging stations.", of)
    return _(
        "Based on %(looked)s of our %(all)s charging stations, drawn evenly.", looked=number(looked), all=number(of)
    )


def share(part: int, whole: int) -> Share | None:
    """None where there is nothing to have a share of."""
    return Share(number(part), percent(part, whole) if part else _("none"), part > 0) if whole else None


def percent(part: int, whole: int) -> str:
    """ "36 %"; what is little but not nothing is "under 1 %", and what is nearly everything is "over 99 %"."""
    exact = 100 * part / whole
    if 0 < exact < 1:
        return _("under %(share)s%%", share=1)
    if 99 < exact < 100:
        return _("over %(share)s%%", share=99)
    return _("%(share)s%%", share=number(round(exact)))


# Plugs

PAGES = {standard: page for page, standard in CONNECTOR_PAGES.items()}


def _plugs(found: Figures) -> tuple[PlugTold, ...]:
    points = {each.standard: each for each in found.looked.plugs}
    return tuple(_plug(each, points.get(each.standard), found) for each in found.plugs)


def _plug(plug: PlugCount, points: PointCount | None, found: Figures) -> PlugTold:
    page = PAGES.get(plug.standard)
    return PlugTold(
        name=connector(plug.standard),
        drawing=drawing(plug.standard),
        stations=number(plug.stations),
        percent=percent(plug.stations, found.stations),
        kw=kilowatts(plug.usual_kw) if plug.usual_kw else _("Not stated"),
        points=percent(points.points, found.looked.points) if points else _("Not stated"),
        form=_form(points),
        url=path_to("connectors.show", plug=page) if page else f"{site_urls().search}?connector={plug.standard}",
        searched=page is None,
    )


def _form(points: PointCount | None) -> str:
    told = points.cables + points.sockets if points else 0
    if points is None or not told:
        return _("Not stated")
    if not points.sockets:
        return _("Cable attached")
    if not points.cables:
        return _("Bring your cable")
    return _("Bring your cable at %(share)s", share=percent(points.sockets, told))


def _plugs_drawn(found: Figures) -> Markup:
    bars = [
        Bar(connector(each.standard), each.stations, percent(each.stations, found.stations)) for each in found.plugs
    ]
    if not bars:
        return Markup()
    finding = _(
        "%(plug)s is the most common: at %(share)s of the charging stations.", plug=bars[0].name, share=bars[0].words
    )
    return guide_drawn.bars(
        bars,
        finding,
        _("Share of charging stations with the plug. One station can have several."),
        _("Plug"),
        _("Share"),
    )


# Prices


def _price(spread: Spread | None, alternating: bool) -> PriceTold | None:
    if spread is None:
        return None
    low, high = spread.middle
    kwh = USUAL.energy(alternating)
    return PriceTold(
        figure=_kwh(spread.median, spread.currency),
        per_kwh=kwh_price(spread.median, spread.currency),
        low=_kwh(low, spread.currency),
        high=kwh_price(high, spread.currency),
        priced=number(len(spread.amounts)),
        of=number(spread.of),
        unpriced=spread.of - len(spread.amounts),
        kwh=number(kwh, 1),
        charge=_rounded(spread.median * kwh, spread.currency),
        cheapest=_rounded(low * kwh, spread.currency),
        dearest=_rounded(high * kwh, spread.currency),
    )


def _kwh(value: Decimal, currency: str) -> str:
    """Without its unit."""
    rounded = value.quantize(CENT, rounding=ROUND_HALF_UP)
    return price(rounded, rounded, "kWh", currency, say)


def _rounded(value: Decimal, currency: str) -> str:
    return amount(value, currency, say, 0 if currency in TOLD_WHOLE else 2)


def _parts(looked: Looked) -> PartsTold | None:
    parts = looked.parts
    energy_only, time = share(parts.energy_only, parts.priced), share(parts.time, parts.priced)
    idle, session = share(parts.idle, parts.priced), share(parts.session, parts.priced)
    if energy_only is None or time is None or idle is None or session is None:
        return None
    return PartsTold(number(parts.priced), energy_only, time, idle, session)


def _clock(moving: ByClock, looked: Looked) -> ClockTold | None:
    """None where no price is known to move."""
    of = share(moving.stations, looked.parts.priced)
    spread = looked.direct or looked.alternating
    if of is None or moving.difference is None or spread is None:
        return None
    currency = spread.currency
    return ClockTold(
        stations=of,
        difference=kwh_price(moving.difference, currency),
        saving=_rounded(moving.difference * USUAL.energy(alternating=False), currency),
        hours=_cheapest_hours(moving.cheapest),
    )


def _cheapest_hours(cheapest: Sequence[int]) -> str:
    """ "22–06": the longest run, past midnight too, of hours in which most of them are at their lowest."""
    most = max(cheapest, default=0)
    low = [2 * count > most for count in cheapest]
    if not most or all(low):
        return ""
    runs = [_run(low, begin) for begin in range(24) if low[begin] and not low[begin - 1]]
    length, begin = max(runs)
    return f"{begin:02d}–{(begin + length) % 24:02d}"


def _run(low: Sequence[bool], begin: int) -> tuple[int, int]:
    length = next(n for n in range(1, 25) if not low[(begin + n) % 24])
    return length, begin


def _prices_drawn(spread: Spread | None) -> Markup:
    """So many classes of the same width that the middle is told apart; the lowest and highest take the rest."""
    if spread is None:
        return Markup()
    edges = _edges(spread)
    counts = Counter(sum(edge <= each for edge in edges) for each in spread.amounts)
    middle = sum(edge <= spread.median for edge in edges)
    bars = [Bar(_between(edges, n), counts[n], number(counts[n]), strong=n == middle) for n in range(len(edges) + 1)]
    unit = get_currency_name(spread.currency, count=2, locale=LOCALES[language()])
    finding = _("Most common: %(price)s per kWh.", price=max(bars, key=lambda bar: bar.value).name)
    return guide_drawn.classes(
        bars,
        finding,
        _(
            "Charging stations by what a kWh of direct current costs, in %(currency)s incl. VAT. The median lies in the dark bar.",
            currency=unit,
        ),
        _("Price per kWh"),
        _("Charging stations"),
    )


def _edges(spread: Spread) -> list[Decimal]:
    """From the lowest to the highest of all but a twentieth at each end, at round figures."""
    amounts = spread.amounts
    low, high = amounts[len(amounts) // 20], amounts[-1 - len(amounts) // 20]
    width = max(Decimal("0.05"), (high - low) / (CLASSES - 2))
    step = next(each for each in STEPS if each >= width or each == STEPS[-1])
    first = (low // step + 1) * step
    return [first + n * step for n in range(CLASSES - 1) if first + (n - 1) * step < high]


STEPS = tuple(Decimal(each) for each in ("0.05", "0.1", "0.2", "0.25", "0.5", "1", "2", "5", "10"))


def _between(edges: Sequence[Decimal], n: int) -> str:
    if n == 0:
        return _("under %(price)s", price=number(edges[0], 2))
    if n == len(edges):
        return _("%(price)s and more", price=number(edges[-1], 2))
    return f"{number(edges[n - 1], 2)}–{number(edges[n], 2)}"


def _hours_drawn(moving: ByClock) -> Markup:
    if not moving.told or moving.difference is None:
        return Markup()
    hours = _cheapest_hours(moving.cheapest)
    columns = [
        Bar(f"{hour:02d}–{(hour + 1) % 24:02d}", count, percent(count, moving.told))
        for hour, count in enumerate(moving.cheapest)
    ]
    return guide_drawn.columns(
        columns,
        _("Most of them are cheapest between %(hours)s.", hours=hours)
        if hours
        else _("They are cheapest at different hours."),
        _(
            "Of the charging stations whose price follows the clock: how many are at their lowest price, hour by hour of a working day."
        ),
        _("Time"),
        _("Share"),
    )


# Sources


def _sources(found: Iterable[Source], now: datetime) -> tuple[SourceTold, ...]:
    ordered = sorted(found, key=lambda source: (-(source.stations or 0), source.name))
    return tuple(
        SourceTold(
            name=source.name,
            version=source.version or _("Not stated"),
            stations=_("Not stated") if source.stations is None else number(source.stations),
            heard=when(source.last_success, now) if source.last_success else _("Has never answered"),
        )
        for source in ordered
    )


def _by(found: Sequence[Source]) -> str:
    """Whose word the figures are."""
    names = [source.name for source in found if source.last_success]
    if len(names) > MOST_NAMED:
        return _("Source: what %(count)s operators and platforms tell.", count=number(len(names)))
    return _("Source: %(partner)s.", partner=listed(names)) if names else ""


def _newest(found: Iterable[Source], now: datetime) -> str:
    heard = [source.last_success for source in found if source.last_success]
    return when(max(heard), now) if heard else ""


def _by_version(found: Iterable[Source]) -> list[tuple[str, int, int]]:
    """Newest first: the version, its sources and their charging stations."""
    sources: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for source in found:
        if source.version:
            sources[source.version] += 1
            told[source.version] += source.stations or 0
    newest = sorted(sources, key=lambda version: [int(part) for part in version.split(".")], reverse=True)
    return [(version, sources[version], told[version]) for version in newest]


def _versions(found: Iterable[Source]) -> tuple[VersionTold, ...]:
    return tuple(VersionTold(version, number(sources), number(told)) for version, sources, told in _by_version(found))


def _versions_drawn(found: Sequence[Source]) -> Markup:
    bars = [
        Bar(f"OCPI {version}", told, ngettext("%(num)s charging station", "%(num)s charging stations", told))
        for version, _sources, told in _by_version(found)
    ]
    most = max(bars, key=lambda bar: bar.value, default=None)
    if most is None or not most.value:
        return Markup()
    return guide_drawn.bars(
        bars,
        _("Most are told in %(version)s: %(stations)s.", version=most.name, stations=most.words),
        _("What our sources tell, by the version that they speak. What several tell counts where it was told first."),
        _("Version"),
        _("Charging stations"),
    )
