"""The price of a session, slowly and plainly: what the engine is held to.

Every period is cut wherever any restriction of the tariff could change its mind, every piece asks every element in turn,
and all sums are fractions. Nothing is compiled, kept or skipped, so that it can be read beside the rules.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from finder.ocpi.types import PriceComponent, PriceLimit, Tariff, TariffElement, TariffRestrictions
from finder.tariffs.session import HOUR, KWH, SECOND, Period, Session

WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
CALENDAR = ("start_time", "end_time", "start_date", "end_date", "day_of_week")
DIMENSIONS = ("ENERGY", "TIME", "PARKING_TIME", "FLAT")
ANYTIME = TariffRestrictions()


class Piece(NamedTuple):
    """A part of a period in which no restriction changes: what they test, and what is billed.

    `kwh` and `seconds` are at its begin, since the charge began: 0 while reserved.
    """

    kind: str
    local: datetime
    kwh: Fraction
    seconds: Fraction
    kw: Fraction
    amperes: Fraction | None
    hours: Fraction
    energy: Fraction


class Used(NamedTuple):
    """A component that held for a piece: `group` is what the step is taken of."""

    group: str
    component: PriceComponent
    volume: Fraction


class Line(NamedTuple):
    """One dimension of the answer, as `Item`."""

    volume: Fraction
    measured: Fraction
    excl_vat: Fraction | None
    incl_vat: Fraction | None


class Answer(NamedTuple):
    excl_vat: Fraction | None
    incl_vat: Fraction | None
    lines: dict[str, Line]
    reason: str | None = None


class Unknown(Exception):
    """Nobody can say what a moment costs; the argument is the reason."""


def price(tariff: Tariff, session: Session) -> Answer:
    if not tariff.elements:
        return Answer(None, None, {}, "text_only")
    if tariff.currency is None:
        return Answer(None, None, {}, "no_currency")
    try:
        found = components_used(tariff, session)
    except Unknown as unknown:
        return Answer(None, None, {}, str(unknown))
    if not found.anything:
        return Answer(None, None, {}, "outside_windows")
    billed = rounded_up(found.used)
    lines = {dimension: line(tariff, dimension, found.used, billed) for dimension in DIMENSIONS}
    lines = {dimension: each for dimension, each in lines.items() if each is not None}
    excl, incl = limited(
        tariff, total(each.excl_vat for each in lines.values()), total(each.incl_vat for each in lines.values())
    )
    return Answer(excl, incl, lines, "outside_windows" if found.uncovered > found.energy / 20 else None)


# Which component holds when (rules 2, 3, 5 and 7)


class Found:
    """What is billed, in the order of time; whether any element ever held, and for how much energy none did."""

    def __init__(self) -> None:
        self.used: list[Used] = []
        self.flats: set[object] = set()
        self.anything = False
        self.energy = Fraction(0)
        self.uncovered = Fraction(0)

    def add_flat(self, kind: str, element: TariffElement, component: PriceComponent) -> None:
        """Once for each price and condition, whatever the calendar."""
        when = element.restrictions or ANYTIME
        others = tuple(getattr(when, name) for name in when.__struct_fields__ if name not in CALENDAR)
        key = (component.price, component.vat, others)
        if key not in self.flats:
            self.flats.add(key)
            self.used.append(Used("RESERVED FLAT" if kind == "reserved" else "FLAT", component, Fraction(1)))


def components_used(tariff: Tariff, session: Session) -> Found:
    found = Found()
    expired = all(period.kind == "reserved" for period in session.periods)
    for piece in pieces(tariff, session):
        chosen = ask(tariff, piece, expired)
        if "OTHER" in chosen:
            raise Unknown("unsupported_dimension")
        found.anything = found.anything or bool(chosen)
        if "FLAT" in chosen:
            found.add_flat(piece.kind, *chosen["FLAT"])
        for group, dimension, volume in volumes(piece):
            if dimension in chosen and volume:
                found.used.append(Used(group, chosen[dimension][1], volume))
        found.energy += piece.energy
        if piece.energy and not chosen and not any(each.group == "FLAT" for each in found.used):
            found.uncovered += piece.energy
    last = at_the_end(session)
    if last is not None:
        chosen = ask(tariff, last, expired)
        if "FLAT" in chosen:
            found.anything = True
            found.add_flat(last.kind, *chosen["FLAT"])
    if any(each.component.price is None for each in found.used):
        raise Unknown("no_price")
    return found


def volumes(piece: Piece) -> list[tuple[str, str, Fraction]]:
    """Step group, dimension and volume of all that a piece could be billed for."""
    times = {
        "charging": ("TIME", "TIME"),
        "parking": ("PARKING_TIME", "PARKING_TIME"),
        "reserved": ("RESERVED TIME", "TIME"),
    }
    energy = [("ENERGY", "ENERGY", piece.energy)]
    return [*energy, (*times[piece.kind], piece.hours)] if piece.kind in times else energy


Chosen = dict[str, tuple[TariffElement, PriceComponent]]


def ask(tariff: Tariff, piece: Piece, expired: bool) -> Chosen:
    """For each dimension the first component whose element holds. Where the amperes are not known, any might flow: then what
    holds must not depend on them."""
    if piece.amperes is not None:
        return ask_knowing_all(tariff, piece, expired)
    every = [element.restrictions or ANYTIME for element in tariff.elements]
    limits = {
        limit for when in every for limit in (when.min_current, when.max_current) if limit is not None and limit > 0
    }
    possible = [ask_knowing_all(tariff, piece._replace(amperes=Fraction(each)), expired) for each in [0, *limits]]
    if any(each != possible[0] for each in possible):
        raise Unknown("unknown_current")
    return possible[0]


def ask_knowing_all(tariff: Tariff, piece: Piece, expired: bool) -> Chosen:
    elements = [element for element in tariff.elements if holds(element, piece, expired)]
    if expired:
        elements.sort(key=lambda element: reservation(element) != "RESERVATION_EXPIRES")
    chosen: Chosen = {}
    for element in elements:
        for component in element.price_components:
            if component.type in DIMENSIONS:
                chosen.setdefault(component.type, (element, component))
            elif component.price != 0:
                chosen["OTHER"] = element, component
    return chosen


def reservation(element: TariffElement) -> str | None:
    return element.restrictions.reservation if element.restrictions else None


def holds(element: TariffElement, piece: Piece, expired: bool) -> bool:
    wanted = ("RESERVATION", "RESERVATION_EXPIRES") if expired else ("RESERVATION",)
    if reservation(element) not in (wanted if piece.kind == "reserved" else (None,)):
        return False
    when = element.restrictions or ANYTIME
    return (
        time_holds(when, piece)
        and date_holds(when, piece.local.date())
        and (not when.day_of_week or WEEK[piece.local.weekday()] in when.day_of_week)
        and within(piece.kwh, when.min_kwh, when.max_kwh)
        and within(piece.seconds, when.min_duration, when.max_duration)
        and within(piece.kw, when.min_power, when.max_power)
        and within(piece.amperes, when.min_current, when.max_current)
    )


def time_holds(when: TariffRestrictions, piece: Piece) -> bool:
    if when.start_time is None and when.end_time is None:
        return True
    start, end = when.start_time or "00:00", when.end_time or "00:00"
    if start == "00:00" and end in ("00:00", "23:59"):
        return True
    clock = piece.local.strftime("%H:%M")
    if end == "00:00":
        return clock >= start
    if start == end:
        return False
    if start < end:
        return start <= clock < end
    return clock >= start or clock < end


def date_holds(when: TariffRestrictions, day: date) -> bool:
    if when.start_date is not None and when.start_date == when.end_date:
        return day.isoformat() == when.start_date
    if when.start_date is not None and day.isoformat() < when.start_date:
        return False
    return when.end_date is None or day.isoformat() < when.end_date


def within(value: Fraction, least: object, most: object) -> bool:
    if least is not None and value < Fraction(least):
        return False
    return most is None or value < Fraction(most)


# Pieces


def pieces(tariff: Tariff, session: Session) -> Iterator[Piece]:
    restrictions = [element.restrictions for element in tariff.elements if element.restrictions]
    clocks = {time for when in restrictions for time in (when.start_time, when.end_time) if time} | {"00:00"}
    durations = {
        Fraction(limit)
        for when in restrictions
        for limit in (when.min_duration, when.max_duration)
        if limit is not None
    }
    kwhs = {Fraction(limit) for when in restrictions for limit in (when.min_kwh, when.max_kwh) if limit is not None}
    begin = origin(session)
    moments = {begin + seconds * SECOND for seconds in durations} | set(clock_edges(session, clocks))
    kwh = Fraction(0)
    for period in session.periods:
        energy = Fraction(period.energy, KWH)
        cuts = {Fraction(0), Fraction(1)}
        if period.length:
            cuts |= {Fraction(moment - period.begin) / period.length for moment in moments}
        if energy:
            cuts |= {(limit - kwh) / energy for limit in kwhs}
        edges = sorted(cut for cut in cuts if 0 <= cut <= 1)
        for left, right in pairwise(edges):
            at = period.begin + left * period.length
            if not (period.length or energy):
                continue
            yield Piece(
                kind=period.kind,
                local=local(session, at // 1),
                kwh=kwh + left * energy,
                seconds=(at - begin) / SECOND if period.kind != "reserved" else Fraction(0),
                kw=kilowatts(period),
                amperes=amperes(period),
                hours=(right - left) * period.length / HOUR,
                energy=(right - left) * energy,
            )
        kwh += energy


def at_the_end(session: Session) -> Piece | None:
    """The very end of a charge: all energy and time are reached, the clock is still on the moment before."""
    last = [period for period in session.periods if period.length or period.energy][-1]
    if last.kind == "reserved":
        return None
    end = last.begin + last.length
    return Piece(
        kind=last.kind,
        local=local(session, end - 1 if last.length else end),
        kwh=sum((Fraction(period.energy, KWH) for period in session.periods), Fraction(0)),
        seconds=Fraction(end - origin(session), SECOND),
        kw=kilowatts(last),
        amperes=amperes(last),
        hours=Fraction(0),
        energy=Fraction(0),
    )


def origin(session: Session) -> int:
    """Where minutes and kWh are counted from: reservation comes before the session."""
    return next((period.begin for period in session.periods if period.kind != "reserved"), 0)


def kilowatts(period: Period) -> Fraction:
    if period.kind != "charging":
        return Fraction(0)
    if period.power is not None:
        return Fraction(period.power) / 1000
    return Fraction(period.energy, KWH) / Fraction(period.length, HOUR) if period.length else Fraction(0)


def amperes(period: Period) -> Fraction | None:
    if period.kind != "charging":
        return Fraction(0)
    return None if period.current is None else Fraction(period.current)


def local(session: Session, micros: int) -> datetime:
    return (session.start.astimezone(UTC) + timedelta(microseconds=int(micros))).astimezone(session.zone)


def clock_edges(session: Session, clocks: set[str]) -> Iterator[int]:
    """Microseconds since the start at which the clock on the wall shows one of these times, or is put forward or back."""
    start = session.start.astimezone(UTC)
    first, last = session.periods[0], session.periods[-1]
    begin, end = start + timedelta(microseconds=first.begin), start + timedelta(microseconds=last.begin + last.length)
    first_day = begin.astimezone(session.zone).date() - timedelta(days=1)
    for day in (first_day + timedelta(days=each) for each in range((end - begin).days + 4)):
        for clock in clocks:
            hour, minute = map(int, clock.split(":"))
            for fold in (0, 1):
                shown = datetime(day.year, day.month, day.day, hour, minute, tzinfo=session.zone, fold=fold)
                yield (shown.astimezone(UTC) - start) // timedelta(microseconds=1)
    yield from ((change - start) // timedelta(microseconds=1) for change in clock_changes(session, begin, end))


def clock_changes(session: Session, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Each is on a whole minute: found by looking at every quarter of an hour, then at every minute of it."""

    def offset(instant: datetime) -> timedelta | None:
        return instant.astimezone(session.zone).utcoffset()

    quarter, minute = timedelta(minutes=15), timedelta(minutes=1)
    at = begin.replace(minute=0, second=0, microsecond=0)
    while at <= end:
        if offset(at) != offset(at + quarter):
            yield next(at + minute * each for each in range(1, 16) if offset(at + minute * each) != offset(at))
        at += quarter


# What it comes to (rules 6, 8 and 9)


def rounded_up(used: list[Used]) -> list[Used]:
    """The same with the step of the last component of each group added to that component's volume."""
    billed = list(used)
    parked = any(each.group == "PARKING_TIME" and each.volume for each in used)
    for group in ("ENERGY", "PARKING_TIME" if parked else "TIME", "RESERVED TIME"):
        places = [place for place, each in enumerate(billed) if each.group == group]
        if not places:
            continue
        last = billed[places[-1]]
        step = Fraction(last.component.step_size or 0) / (1000 if group == "ENERGY" else 3600)
        if step:
            measured = sum((billed[place].volume for place in places), Fraction(0))
            added = ceil(measured / step) * step - measured
            billed[places[-1]] = last._replace(volume=last.volume + added)
    return billed


def line(tariff: Tariff, dimension: str, used: list[Used], billed: list[Used]) -> Line | None:
    mine = [each for each in billed if each.component.type == dimension]
    if not mine:
        return None
    costs = [cost(tariff, each) for each in mine]
    return Line(
        volume=sum((each.volume for each in mine), Fraction(0)),
        measured=sum((each.volume for each in used if each.component.type == dimension), Fraction(0)),
        excl_vat=total(excl for excl, _ in costs),
        incl_vat=total(incl for _, incl in costs),
    )


def cost(tariff: Tariff, used: Used) -> tuple[Fraction | None, Fraction | None]:
    stated = Fraction(used.component.price) * used.volume
    vat = used.component.vat
    if tariff.tax_included == "N/A" or not stated:
        return stated, stated
    taxed = None if vat is None else 1 + Fraction(vat) / 100
    if tariff.tax_included == "YES":
        return (stated / taxed if taxed is not None else None), stated
    return stated, (stated * taxed if taxed is not None else None)


def total(costs: Iterator[Fraction | None]) -> Fraction | None:
    known = list(costs)
    return None if None in known else sum(known, Fraction(0))


def limited(tariff: Tariff, excl: Fraction | None, incl: Fraction | None) -> tuple[Fraction | None, Fraction | None]:
    """min_price, then max_price, which so holds where the two disagree; a gross total is never below the net one for it."""
    least, most = tariff.min_price or PriceLimit(), tariff.max_price or PriceLimit()
    raised = side(max, excl, least.before_taxes), side(max, incl, least.after_taxes)
    if raised != (excl, incl):
        excl, incl = raised
        if excl is not None and incl is not None and incl < excl:
            incl = excl
    lowered = side(min, excl, most.before_taxes), side(min, incl, most.after_taxes)
    if lowered != (excl, incl):
        excl, incl = lowered
        if excl is not None and incl is not None and incl < excl:
            excl = incl
    return excl, incl


def side(choose: object, value: Fraction | None, limit: object) -> Fraction | None:
    return value if value is None or limit is None else choose(value, Fraction(limit))
