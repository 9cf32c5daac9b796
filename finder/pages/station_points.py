"""The charging points of a station: the board of its sign, the status of each point, and what each plug can do."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from finder.ocpi.types import Connector, Evse, Image, Struct
from finder.pages import rows, words
from finder.pages.facts import Fact, Value, fact, given, link, spread, stated
from finder.pages.station_hours import span_in_words
from finder.pages.station_prices import bare, key_of
from finder.pages.words import name_of, short_id
from finder.stations.status import Group, Live
from finder.stations.summary import Plug, PlugKey, Summary, plug_key
from finder.stations.types import Origin, Station, StationEvse
from finder.tariffs.words import in_language
from finder.web.language import age, day, kilowatts, language, ngettext, number, when
from finder.web.language import gettext as _

Told = Callable[[datetime, datetime, ZoneInfo], str]

LONG_TABLE = 20
MOST_IDS = 50
KINDS: dict[Group, rows.Kind] = {
    "available": "free",
    "busy": "busy",
    "broken": "broken",
    "unknown": "unknown",
    "planned": "unknown",
}


class Line(Struct):
    """A kind of plug on the board; `price` may be empty. `note` counts the points that `state` cannot speak of."""

    drawing: str | None
    words: str
    price: str
    free: int
    busy: int
    broken: int
    unknown: int
    state: rows.State
    note: str


class Point(Struct):
    """A charging point: its status, since when, its name and id, and whose word it is where most of the others' differs."""

    state: rows.State
    since: str
    name: str
    id: str
    source: str


class Points(Struct):
    """Charging points with the same plugs. `folded`: too many to stand open."""

    caption: str
    points: tuple[Point, ...]
    folded: bool


class PlugFacts(Struct):
    title: str
    facts: tuple[Fact, ...]


class Described(Struct):
    plugs: tuple[PlugFacts, ...]
    facts: tuple[Fact, ...]


# Names


def titles(plugs: Sequence[Plug]) -> dict[PlugKey, str]:
    """ "CCS, 300 kW", with the cable where two lines would read the same."""
    short = {key_of(plug): _short(plug) for plug in plugs}
    taken = list(short.values())
    return {
        key_of(plug): text if taken.count(text) == 1 else ", ".join((text, *_cable(plug), *_current(plug)))
        for plug, text in zip(plugs, taken, strict=True)
    }


def _short(plug: Plug) -> str:
    name = words.connector(plug.standard)
    return name if plug.power_kw is None else f"{name}, {kilowatts(plug.power_kw)}"


def _cable(plug: Plug) -> tuple[str, ...]:
    return (words.lower(words.word(words.FORMATS, plug.format)),) if plug.format else ()


def _current(plug: Plug) -> tuple[str, ...]:
    return (words.lower(words.word(words.POWER_TYPES, plug.power_type)),) if plug.power_type else ()


# The board and the ages beneath it


def board(
    summary: Summary, prices: Sequence[str], named: dict[PlugKey, str], now: datetime, zone: ZoneInfo
) -> tuple[Line, ...]:
    """A line a plug; one for all points where the partner names no plugs."""
    if not summary.plugs:
        return (_line(None, _("Charging points"), "", summary, summary, now, zone),)
    return tuple(
        _line(words.drawing(plug.standard), named[key_of(plug)], price, plug, summary, now, zone)
        for plug, price in zip(summary.plugs, prices, strict=True)
    )


def room(summary: Summary) -> str:
    """How many cars fit at a time; empty where each charging point has one kind of plug, and the board says so already."""
    if sum([plug.total for plug in summary.plugs]) <= summary.total:
        return ""
    return ngettext(
        "Room for %(num)s car at a time: the plugs share one charging point.",
        "Room for %(num)s cars at a time: one at each charging point.",
        summary.total,
    )


def _line(
    drawing: str | None, text: str, price: str, counted: Plug | Summary, summary: Summary, now: datetime, zone: ZoneInfo
) -> Line:
    counts = counted.counts
    unknown = counts.unknown if counts.known else 0
    return Line(
        drawing=drawing,
        words=text,
        price=price,
        free=counts.available,
        busy=counts.busy,
        broken=counts.broken,
        unknown=counts.unknown,
        state=rows.state(replace(counts, unknown=counts.unknown - unknown), summary.unknown_since, now, zone),
        note=ngettext("%(num)s unknown", "%(num)s unknown", unknown) if unknown else "",
    )


def ages(station: Station, lives: Sequence[Live], now: datetime, zone: ZoneInfo, told: Told = age) -> tuple[str, ...]:
    """A sentence for each partner whose word on a point is shown: who, and how old (`told` puts an instant into words)."""
    spoken: dict[int, list[Live]] = {}
    for live in lives:
        spoken.setdefault(live.origin, []).append(live)
    return tuple(_age(station.origins[index], said, now, zone, told) for index, said in spoken.items())


def _age(origin: Origin, lives: Sequence[Live], now: datetime, zone: ZoneInfo, told: Told) -> str:
    if origin.fetched_at is None:
        return _("%(name)s has not answered yet", name=origin.name)
    if any(live.word == "unknown" and live.since is not None for live in lives):
        return _("Last answer from %(name)s %(time)s", name=origin.name, time=when(origin.fetched_at, now, zone))
    time = told(origin.fetched_at, now, zone)
    if all(live.word == "unknown" for live in lives):
        return _("Facts from %(name)s %(time)s, without status", name=origin.name, time=time)
    return _("Status from %(name)s %(time)s", name=origin.name, time=time)


# The status of each point


def tables(
    station: Station, summary: Summary, named: dict[PlugKey, str], now: datetime, zone: ZoneInfo
) -> tuple[Points, ...]:
    grouped: dict[tuple[PlugKey, ...], list[Point]] = {}
    order = {key_of(plug): place for place, plug in enumerate(summary.plugs)}
    usual = usual_origin(summary.lives)
    for entry, live in zip(station.evses, summary.lives, strict=True):
        keys = sorted({plug_key(connector) for connector in entry.evse.connectors}, key=order.__getitem__)
        source = station.origins[live.origin].name if live.origin != usual else ""
        grouped.setdefault(tuple(keys), []).append(_point(entry.evse, live, source, now, zone))
    ranked = sorted(grouped.items(), key=lambda each: [order[key] for key in each[0]] or [len(order)])
    return tuple(Points(_caption(keys, named), tuple(points), len(points) > LONG_TABLE) for keys, points in ranked)


def usual_origin(lives: Sequence[Live]) -> int:
    """The partner whose word most of the statuses are."""
    return Counter(live.origin for live in lives).most_common(1)[0][0] if lives else 0


def _caption(keys: Sequence[PlugKey], named: dict[PlugKey, str]) -> str:
    if not keys:
        return _("Plug not stated")
    if len(keys) == 1:
        cable = words.word(words.FORMATS, keys[0][1]) if keys[0][1] else ""
        title = named[keys[0]]
        return f"{title}, {words.lower(cable)}" if cable and words.lower(cable) not in title else title
    return _("%(plugs)s, one car at a time", plugs=" + ".join(bare(named[key]) for key in keys))


def _point(evse: Evse, live: Live, source: str, now: datetime, zone: ZoneInfo) -> Point:
    return Point(
        state=rows.State(KINDS[live.group], words.word(words.STATUSES, live.word)),
        since=_since(evse, live, now, zone),
        name=name_of(evse),
        id=short_id(evse) if evse.physical_reference else "",
        source=source,
    )


def _since(evse: Evse, live: Live, now: datetime, zone: ZoneInfo) -> str:
    """Of a point that is not open yet, the day that is announced for it: since when it is planned is nothing to a driver."""
    if live.group == "planned":
        opens = _opening_day(evse, now)
        return _("opens %(day)s", day=day(opens, zone)) if opens else "–"
    return when(live.since, now, zone) if live.since else "–"


def _opening_day(evse: Evse, now: datetime) -> datetime | None:
    """The first day on which it is announced to be available, or no longer planned."""
    edges = [
        each.period_end if each.status == "PLANNED" else each.period_begin
        for each in evse.status_schedule
        if each.status in ("AVAILABLE", "PLANNED")
    ]
    return min([edge for edge in edges if edge is not None and edge > now], default=None)


def scheduled(entries: Sequence[StationEvse], now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """What the partner has announced and is not over: "Out of order 24 november 2026 08–12"."""
    return spread([(name_of(entry.evse), _schedule(entry.evse, now, zone)) for entry in entries])


def _schedule(evse: Evse, now: datetime, zone: ZoneInfo) -> Iterable[str]:
    for each in sorted(evse.status_schedule, key=lambda each: each.period_begin):
        over = each.period_end is not None and each.period_end <= now
        if not over and not (each.period_end is None and each.period_begin <= now):
            yield f"{words.word(words.SCHEDULED, each.status)} {span_in_words(each.period_begin, each.period_end, zone)}"


# What each plug can do


def described(station: Station, summary: Summary, named: dict[PlugKey, str]) -> Described:
    alike: dict[PlugKey, list[Connector]] = {}
    for entry in station.evses:
        for connector in entry.evse.connectors:
            alike.setdefault(plug_key(connector), []).append(connector)
    return Described(
        plugs=tuple([_plug_facts(plug, alike[key_of(plug)], named[key_of(plug)]) for plug in summary.plugs]),
        facts=_common_facts(station, summary),
    )


def _plug_facts(plug: Plug, connectors: Sequence[Connector], title: str) -> PlugFacts:
    count = ngettext("%(num)s charging point", "%(num)s charging points", plug.total)
    return PlugFacts(
        title=f"{title}: {count}",
        facts=given(
            stated(_("Power"), _power(plug, connectors)),
            stated(_("Cable"), [words.word(words.FORMATS, plug.format)] if plug.format else []),
            _connector_count(plug),
            _terms(connectors),
        ),
    )


def _power(plug: Plug, connectors: Sequence[Connector]) -> Iterable[str]:
    current = words.word(words.POWER_TYPES, plug.power_type) if plug.power_type else ""
    if plug.power_kw is not None:
        most = _("Up to %(kw)s", kw=kilowatts(plug.power_kw))
        yield f"{most}, {words.lower(current)}" if current else most
    elif current:
        yield _("%(current)s, power not stated", current=current)
    yield from dict.fromkeys(text for each in connectors if (text := _electricity(each)))


def _electricity(connector: Connector) -> str:
    volts, amperes = connector.max_voltage, connector.max_amperage
    parts = (
        _("%(volts)s V", volts=number(volts)) if volts else "",
        _("%(amperes)s A", amperes=number(amperes)) if amperes else "",
    )
    return ", ".join(part for part in parts if part)


def _connector_count(plug: Plug) -> Fact | None:
    if plug.connectors == plug.total:
        return None
    return fact(_("Plugs"), ngettext("%(num)s in all", "%(num)s in all", plug.connectors))


def _terms(connectors: Sequence[Connector]) -> Fact | None:
    addresses = dict.fromkeys(each.terms_and_conditions for each in connectors if each.terms_and_conditions)
    values = tuple(value for url in addresses if (value := link(_("The operator's terms"), url)).url)
    return Fact(_("Terms"), values)


def _common_facts(station: Station, summary: Summary) -> tuple[Fact, ...]:
    evses = [entry.evse for entry in station.evses]
    connectors = sum(len(evse.connectors) for evse in evses)
    vehicles = [code for place in station.location.parking_places for code in place.vehicle_types if code != "DISABLED"]
    counts = (
        ngettext("%(num)s charging point", "%(num)s charging points", summary.total),
        ngettext("%(num)s plug", "%(num)s plugs", connectors),
    )
    ids = [evse.evse_id for evse in evses if evse.evse_id]
    return given(
        stated(_("Number"), [", ".join(counts)] if connectors else []),
        stated(_("Power of the whole station"), []) if summary.total > 1 else None,
        stated(_("Vehicles"), [words.in_line(words.said(words.VEHICLES, vehicles))] if vehicles else []),
        fact(_("Steering"), *_held(evses, words.STEERING)),
        fact(_("Good to know"), *_held(evses, words.HANDLING), *_others(evses)),
        fact(_("Level"), *spread([(name_of(evse), _level(evse)) for evse in evses])),
        _finding(evses),
        _pictures(evses),
        fact(_("EVSE ids"), *([", ".join(ids[:MOST_IDS])] if ids else [])),
    )


def _held(evses: Sequence[Evse], table: dict[str, str]) -> tuple[str, ...]:
    return spread([(name_of(evse), words.known(table, codes)) for evse in evses if (codes := capabilities(evse))])


def _others(evses: Sequence[Evse]) -> tuple[str, ...]:
    silent = words.SILENT | words.CAPABILITIES.keys()
    return spread(
        [
            (name_of(evse), [words.other(code) for code in codes if code not in silent])
            for evse in evses
            if (codes := capabilities(evse))
        ]
    )


def capabilities(evse: Evse) -> tuple[str, ...]:
    """The charging point's and its connectors'."""
    found = evse.capabilities
    for connector in evse.connectors:
        found += connector.capabilities
    return found


def _level(evse: Evse) -> tuple[str, ...]:
    return (_("Level %(level)s", level=evse.floor_level),) if evse.floor_level else ()


def _finding(evses: Sequence[Evse]) -> Fact:
    """Each point's directions in the reader's language, else in the one that there is, which is marked."""
    texts = [(name_of(evse), in_language(evse.directions, language())) for evse in evses]
    codes = {text.language.lower() for _name, text in texts if text}
    foreign = next((code for code in codes if len(codes) == 1 and not code.startswith(language())), None)
    told = spread([(name, (text.text,) if text else ()) for name, text in texts])
    return Fact(_("Finding it"), tuple(Value(text, language=foreign) for text in told))


def _pictures(evses: Sequence[Evse]) -> Fact:
    return Fact(_("Pictures"), pictures(dict.fromkeys(image for evse in evses for image in evse.images)))


def pictures(images: Iterable[Image]) -> tuple[Value, ...]:
    """Links: a page of ours loads nothing from elsewhere."""
    values = (link(words.word(words.IMAGES, image.category), image.url) for image in images)
    return tuple(value for value in values if value.url)
