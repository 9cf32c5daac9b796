"""What a charging session costs under a tariff, exactly (mod_tariffs; "step_size" in mod_cdrs).

A tariff is compiled once (`rules`) and prices any number of sessions. Volumes are fractions of whole numbers until the end, so
that where a session is cut changes nothing; each amount is divided once, to 40 digits, and nothing else is ever rounded.

Where the text is silent: `docs/decisions/0010-pricing.md`.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import gcd
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from finder.ocpi.types import PriceComponent, PriceLimit, Tariff, TariffRestrictions
from finder.tariffs.quote import DIMENSIONS, EXACT, Assumption, Part, Quote, Reason, unpriced
from finder.tariffs.restrictions import DAY, UNRESTRICTED, Axes, Box, Place
from finder.tariffs.session import HOUR, KWH, SECOND, Period, Session, power_of

ENERGY, TIME, PARKING_TIME, FLAT, RESERVED_TIME = GROUPS = range(5)
UNIT = (KWH, HOUR, HOUR, 1)
STEP = 1_000_000
"""nano-kWh in a Wh, and microseconds in a second: what step_size counts."""
IN_SESSION, RESERVED, EXPIRED = range(3)
RESERVATIONS = {None: IN_SESSION, "RESERVATION": RESERVED, "RESERVATION_EXPIRES": EXPIRED}
MOST_REMEMBERED = 20_000
Moment = tuple[int, int, int, int, int, int, int]
"""The fields of a `Place`, as a plain tuple: made for every piece of every session, and looked up."""
ANY_TIME = {0: (1, 0)}
UNKNOWN = -1
NOWHERE: Moment = (1, 0, 0, 0, 0, 0, IN_SESSION)

ZERO = Decimal(0)
NOTHING = Fraction(0)
NEGLIGIBLE = 20
"""A price for all but this part of the energy is one: feeds leave out a minute of the day, or the first minute."""
FORESEEN = 3 * DAY
"""No zone changes its offset twice within so many days."""
MICROSECOND = timedelta(microseconds=1)

Tax = Literal["excluded", "included", "none"]
TAXES: dict[str | None, Tax] = {"YES": "included", "N/A": "none"}


class Rate:
    """A component as it is billed. Not `readable`: its price is unknown, and so is every session that uses it.

    `alike`: components with the same price, VAT and step are one line of the bill; FLAT fees are one where they hold under
    the same conditions but for the calendar, since feeds write one element a weekday. `fee` is the line of a FLAT once it was
    billed: it is always the same.
    """

    __slots__ = (
        "alike",
        "dimension",
        "element",
        "factor",
        "fee",
        "name",
        "price",
        "readable",
        "scaled",
        "step",
        "tenths",
        "unit",
        "vat",
        "whole",
        "whole_price",
    )

    def __init__(self, component: PriceComponent, dimension: int, element: int, alike: int) -> None:
        self.dimension = dimension
        self.name = DIMENSIONS[dimension]
        self.element = element
        self.alike = alike
        self.readable = component.price is not None
        self.price = component.price or ZERO
        self.vat = component.vat
        self.step = (component.step_size or 0) * STEP
        exponent = self.price.as_tuple().exponent
        assert isinstance(exponent, int)
        self.tenths = 10 ** max(0, -exponent)
        self.scaled = int(self.price * self.tenths)
        self.unit = UNIT[dimension]
        self.fee: Part | None = None
        self.whole, self.whole_price = Decimal(self.unit), Decimal(self.unit * self.tenths)
        self.factor = None if component.vat is None else 1 + component.vat / 100


class Active(NamedTuple):
    """What one moment costs: a rate a dimension, or None. `reason`: why that is not known, or not all of it."""

    rates: tuple[Rate | None, ...]
    reason: Reason | None
    anything: bool


class _Volume:
    """So much of one rate: `count` over `parts`, in nano-kWh, microseconds or sessions; `added` of it by the step."""

    __slots__ = ("added", "count", "group", "parts", "rate")

    def __init__(self, rate: Rate, group: int, count: int, parts: int) -> None:
        self.rate = rate
        self.group = group
        self.count, self.parts = count, parts
        self.added = ZERO

    def add(self, count: int, parts: int) -> None:
        if parts == self.parts:
            self.count += count
            return
        self.count = self.count * parts + count * self.parts
        self.parts *= parts
        common = gcd(self.count, self.parts)
        self.count //= common
        self.parts //= common


class _Tally:
    """What a session has used so far: volumes by the number of their rate, and in `last` the one used last in each group of
    `step_size` (its dimension; reserved time is a group of its own)."""

    __slots__ = ("anything", "energy", "flats", "last", "reason", "uncovered", "volumes")

    def __init__(self) -> None:
        self.volumes: dict[int, _Volume] = {}
        self.last: list[_Volume | None] = [None] * len(GROUPS)
        self.energy = 0
        self.flats = 0
        self.anything = False
        self.uncovered = NOTHING
        self.reason: Reason | None = None

    def add(self, rate: Rate, count: int, parts: int, group: int) -> None:
        if count <= 0:
            return
        number = -1 - rate.alike if group == RESERVED_TIME else rate.alike
        volume = self.volumes.get(number)
        if volume is None:
            volume = self.volumes[number] = _Volume(rate, group, count, parts)
            if not rate.readable:
                self.reason = "no_price"
        else:
            volume.add(count, parts)
        self.last[group] = volume

    def add_fee(self, rate: Rate, reserved: bool = False) -> None:
        """A FLAT: once a session, however often it becomes active."""
        number = -1 - rate.alike if reserved else rate.alike
        if number not in self.volumes:
            self.volumes[number] = _Volume(rate, FLAT, 1, 1)
            self.flats += not reserved
            if not rate.readable:
                self.reason = "no_price"


class Rules:
    """A compiled tariff. `reason` is set where it has no price at all."""

    def __init__(self, tariff: Tariff) -> None:
        self.tariff = tariff
        self.currency = tariff.currency
        self.reason = _hopeless(tariff)
        self.tax: Tax = TAXES.get(tariff.tax_included, "excluded")
        restrictions = [element.restrictions or UNRESTRICTED for element in tariff.elements]
        self.axes = Axes(restrictions)
        self._elements = list(_compiled(tariff, restrictions, self.axes))
        self._parking_priced = any(component.type == "PARKING_TIME" for component, *_ in _components(tariff))
        self._remembered: dict[Moment, Active] = {}
        self._always = self._unrestricted()

    def quote(self, session: Session) -> Quote:
        if self.reason is not None:
            return unpriced(self.reason, self.currency)
        tally = _Tally()
        with localcontext(EXACT):
            if self._always is not None:
                self._bill_whole(session, self._always, tally)
            else:
                self._bill_pieces(session, tally)
            if tally.reason is not None:
                return unpriced(tally.reason, self.currency)
            if not tally.anything:
                return unpriced("outside_windows", self.currency)
            _round_steps(tally)
            return self._bill(session, tally)

    # Without restrictions

    def _unrestricted(self) -> Active | None:
        """What holds at every moment of every session, where nothing is restricted."""
        if any(box.reservation is not None for box, _rates, _reasons in self._elements):
            return None
        axes = self.axes
        if axes.by_clock or axes.energy or axes.duration or axes.power or axes.current:
            return None
        return self._find(NOWHERE)

    def _bill_whole(self, session: Session, active: Active, tally: _Tally) -> None:
        energy, time, parking, fee = active.rates
        for period in session.periods:
            kind = period.kind
            if kind == "reserved":
                continue
            tally.anything = active.anything
            tally.reason = tally.reason or active.reason
            if fee is not None:
                tally.add_fee(fee)
            tally.energy += period.energy
            if energy is not None:
                tally.add(energy, period.energy, 1, ENERGY)
            if kind == "charging" and time is not None:
                tally.add(time, period.length, 1, TIME)
            elif kind == "parking" and parking is not None:
                tally.add(parking, period.length, 1, PARKING_TIME)

    # With restrictions

    def _bill_pieces(self, session: Session, tally: _Tally) -> None:
        origin = next((period.begin for period in session.periods if period.kind != "reserved"), None)
        reserved = EXPIRED if origin is None else RESERVED
        clock = _Clock(session, self.axes) if self.axes.by_clock else None
        last = None
        for period in session.periods:
            if period.kind == "reserved":
                self._bill_reserved(period, clock, reserved, tally)
                continue
            if not (period.length or period.energy):
                continue
            assert origin is not None
            last = self._bill_period(period, clock, period.begin - origin, tally)
            tally.energy += period.energy
            if tally.reason is not None:
                return
        if last is not None and origin is not None and (self.axes.energy or self.axes.duration):
            end = session.periods[-1]
            self._bill_end(last, end.begin + end.length - origin, tally)

    def _bill_period(self, period: Period, clock: "_Clock | None", elapsed: int, tally: _Tally) -> Moment:
        """Bills one period, cut where anything changes; returns its last moment.

        A place in it is a whole number that grows by `by_time` a microsecond and by `by_energy` a nano-kWh, so that cuts by
        time and by energy are exact alike.
        """
        axes, energy = self.axes, tally.energy
        common = gcd(period.length, period.energy) or 1
        by_time, by_energy = period.energy // common or 1, period.length // common or 1
        places = {0, max(period.length * by_time, period.energy * by_energy)}
        clocked = clock.spaces(period.begin, period.length) if clock is not None else ANY_TIME
        places.update([cut * by_time for cut in clocked])
        if axes.duration:
            until = elapsed + period.length
            places.update([(edge - elapsed) * by_time for edge in axes.duration if elapsed < edge < until])
        if axes.energy:
            after = energy + period.energy
            places.update([(edge - energy) * by_energy for edge in axes.energy if energy < edge < after])
        power, current = self._strength(period) if axes.power or axes.current else (0, 0)
        moment = NOWHERE
        hour, day, used, passed = 1, 0, 0, 0
        for place, until in pairwise(sorted(places)):
            time = place // by_time if period.length else 0
            if time in clocked:
                hour, day = clocked[time]
            if axes.energy:
                used = bisect_right(axes.energy, energy + (place // by_energy if period.energy else 0))
            if axes.duration:
                passed = bisect_right(axes.duration, elapsed + time)
            moment = hour, day, used, passed, power, current, IN_SESSION
            active = self._remembered.get(moment) or self._find(moment)
            self._bill_piece(period, active, until - place, by_time, by_energy, tally)
        return moment

    def _strength(self, period: Period) -> tuple[int, int]:
        """The spaces of power and current, UNKNOWN among them. A car that does not charge takes 0 of both."""
        axes = self.axes
        if period.kind != "charging":
            return bisect_right(axes.power, ZERO), bisect_right(axes.current, ZERO)
        watts = power_of(period.energy, period.length) if period.power is None else period.power
        if period.current is None and axes.current:
            return bisect_right(axes.power, watts), UNKNOWN
        return bisect_right(axes.power, watts), bisect_right(axes.current, period.current or ZERO)

    def _bill_piece(
        self, period: Period, active: Active, share: int, by_time: int, by_energy: int, tally: _Tally
    ) -> None:
        energy, time, parking, fee = active.rates
        if fee is not None:
            tally.add_fee(fee)
        if active.anything:
            tally.anything = True
        elif period.energy and not tally.flats:
            tally.uncovered += Fraction(share, by_energy)
        if active.reason is not None:
            tally.reason = active.reason
        if energy is not None and period.energy:
            tally.add(energy, share, by_energy, ENERGY)
        rate, group = (time, TIME) if period.kind == "charging" else (parking, PARKING_TIME)
        if rate is not None and period.length and period.kind != "paused":
            tally.add(rate, share, by_time, group)

    def _bill_reserved(self, period: Period, clock: "_Clock | None", reserved: int, tally: _Tally) -> None:
        clocked = clock.spaces(period.begin, period.length) if clock is not None else ANY_TIME
        power, current = bisect_right(self.axes.power, ZERO), bisect_right(self.axes.current, ZERO)
        for begin, until in pairwise(sorted({*clocked, period.length})):
            moment = *clocked[begin], 0, 0, power, current, reserved
            active = self._remembered.get(moment) or self._find(moment)
            if active.reason is not None:
                tally.reason = active.reason
            tally.anything = tally.anything or active.anything
            _energy, time, _parking, fee = active.rates
            if time is not None:
                tally.add(time, until - begin, 1, RESERVED_TIME)
            if fee is not None:
                tally.add_fee(fee, reserved=True)

    def _bill_end(self, last: Moment, elapsed: int, tally: _Tally) -> None:
        """A fee that begins at so many minutes or kWh is due in a session that ends exactly there."""
        axes = self.axes
        used, passed = bisect_right(axes.energy, tally.energy), bisect_right(axes.duration, elapsed)
        end = *last[:2], used, passed, *last[4:]
        active = self._remembered.get(end) or self._find(end)
        if active.reason == "unknown_current":
            tally.reason = active.reason
        fee = active.rates[FLAT]
        if fee is not None:
            tally.anything = True
            tally.add_fee(fee)

    def _find(self, moment: Moment) -> Active:
        at = Place(*moment)
        found = self._first(at) if at.current != UNKNOWN else self._at_any_current(at)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[moment] = found
        return found

    def _at_any_current(self, at: Place) -> Active:
        """Known all the same where every current would cost the same."""
        every = [self._first(at._replace(current=current)) for current in range(len(self.axes.current) + 1)]
        same = all(found == every[0] for found in every)
        return every[0] if same else every[0]._replace(reason="unknown_current")

    def _first(self, at: Place) -> Active:
        """Per dimension the first element in the list whose restrictions all match."""
        rates: list[Rate | None] = [None, None, None, None]
        unsupported = False
        for stage in (EXPIRED, RESERVED) if at.reserved == EXPIRED else (at.reserved,):
            for box, components, others in self._elements:
                if RESERVATIONS.get(box.reservation, -1) != stage or not box.holds(at):
                    continue
                unsupported = unsupported or others
                for rate in components:
                    if rates[rate.dimension] is None:
                        rates[rate.dimension] = rate
        reason: Reason | None = "unsupported_dimension" if unsupported else None
        return Active(tuple(rates), reason, any(rate is not None for rate in rates))

    # The bill

    def _bill(self, session: Session, tally: _Tally) -> Quote:
        excl: Decimal | None = ZERO
        incl: Decimal | None = ZERO
        parts = []
        for volume in tally.volumes.values():
            part = self._part(volume)
            parts.append(part)
            excl = None if excl is None or part.excl_vat is None else excl + part.excl_vat
            incl = None if incl is None or part.incl_vat is None else incl + part.incl_vat
        assumed = self._assumed(session, tally, incl)
        limited: Literal["min", "max"] | None = None
        least, most = self.tariff.min_price, self.tariff.max_price
        if least is not None or most is not None:
            excl, incl, limited = _limits(excl, incl, least, most)
            if _contradict(least, most):
                assumed = (*assumed, "min_above_max")
        reason: Reason | None = None
        if tally.uncovered and tally.uncovered * NEGLIGIBLE > tally.energy:
            reason = "outside_windows"
        return Quote(self.currency, excl, incl, tuple(parts), limited, Decimal(tally.energy) / KWH, assumed, reason)

    def _part(self, volume: _Volume) -> Part:
        """Nothing is nothing with and without VAT, whatever the VAT."""
        rate = volume.rate
        if rate.fee is not None:
            return rate.fee
        count, rest = divmod(volume.count, volume.parts)
        if not rest:
            billed = Decimal(count) / rate.whole
            amount = Decimal(rate.scaled * count) / rate.whole_price
        else:
            billed = Decimal(volume.count) / Decimal(rate.unit * volume.parts)
            amount = Decimal(rate.scaled * volume.count) / Decimal(rate.unit * volume.parts * rate.tenths)
        excl: Decimal | None = amount
        incl: Decimal | None = amount
        if rate.scaled and self.tax != "none":
            if self.tax == "included":
                excl = None if rate.factor is None else amount / rate.factor
            else:
                incl = None if rate.factor is None else amount * rate.factor
        measured = billed - volume.added if volume.added else billed
        part = Part(rate.name, rate.price, rate.vat, billed, measured, excl, incl, rate.element)
        if rate.dimension == FLAT:
            rate.fee = part
        return part

    def _assumed(self, session: Session, tally: _Tally, incl: Decimal | None) -> tuple[Assumption, ...]:
        found: list[Assumption] = []
        if incl is None:
            found.append("vat_not_stated")
        if tally.flats > 1:
            found.append("several_flat")
        if tally.uncovered:
            found.append("uncovered")
        if len(session.periods) > 1 or session.periods[0].kind != "charging":
            kinds = [period.kind for period in session.periods]
            if "paused" in kinds:
                found.append("paused_unpriced")
            if not self._parking_priced and "parking" in kinds:
                found.append("parking_zero")
        return tuple(found)


def rules(tariff: Tariff) -> Rules:
    return Rules(tariff)


def quote(tariff: Tariff, session: Session) -> Quote:
    return Rules(tariff).quote(session)


# Compiling


def _hopeless(tariff: Tariff) -> Reason | None:
    if not tariff.elements:
        return "text_only"
    if tariff.currency is None:
        return "no_currency"
    return None


def _components(tariff: Tariff) -> Iterator[tuple[PriceComponent, int, TariffRestrictions]]:
    for number, element in enumerate(tariff.elements):
        for component in element.price_components:
            yield component, number, element.restrictions or UNRESTRICTED


Compiled = tuple[Box, list[Rate], bool]
"""An element: its box, its rates, and whether it has a price for something that OCPI does not know."""


def _compiled(tariff: Tariff, restrictions: list[TariffRestrictions], axes: Axes) -> Iterator[Compiled]:
    alike: dict[object, int] = {}
    for number, (element, when) in enumerate(zip(tariff.elements, restrictions, strict=True)):
        rates: list[Rate] = []
        others = False
        for component in element.price_components:
            if component.type not in DIMENSIONS:
                others = others or component.price is None or component.price != 0
                continue
            dimension = DIMENSIONS.index(component.type)
            kin = alike.setdefault(_kinship(component, when, dimension), len(alike))
            rates.append(Rate(component, dimension, number, kin))
        yield Box(when, axes), rates, others


def _kinship(component: PriceComponent, when: TariffRestrictions, dimension: int) -> object:
    same = (dimension, component.price, component.vat)
    if dimension != FLAT:
        return *same, component.step_size or 0
    begins = (when.min_kwh, when.max_kwh, when.min_duration, when.max_duration)
    return *same, *begins, when.min_power, when.max_power, when.min_current, when.max_current, when.reservation


# The clock


class _Clock:
    """The local time of a session's moments, and where the tariff's clock edges fall in it.

    Local time runs in stretches between changes of the zone's offset; a time that is skipped or comes twice needs no thought.
    """

    __slots__ = ("_begins", "_by_date", "_by_weekday", "_edges", "_locals")

    def __init__(self, session: Session, axes: Axes) -> None:
        self._edges = axes.clock
        self._by_date, self._by_weekday = axes.by_date, axes.by_weekday
        first, last = session.periods[0], session.periods[-1]
        self._begins = [first.begin]
        local, steady = _local(session.start, session.zone)
        self._locals = [local]
        if first.begin < 0 or last.begin + last.length > steady:
            self._part(session.start, first.begin, last.begin + last.length, session.zone)

    def _part(self, start: datetime, begin: int, end: int, zone: ZoneInfo) -> None:
        """Finds each change of the offset, to the microsecond, by halving the days in which it differs."""
        universal = self._locals[0] - _offset(start, 0, zone)
        self._locals = [universal + _offset(start, begin, zone)]
        low = begin
        while low < end:
            high = min(low + DAY, end)
            now = _offset(start, low, zone)
            if _offset(start, high, zone) != now:
                before, after = low, high
                while after - before > 1:
                    middle = (before + after) // 2
                    if _offset(start, middle, zone) == now:
                        before = middle
                    else:
                        after = middle
                self._begins.append(after)
                self._locals.append(universal + _offset(start, after, zone))
                high = after
            low = high

    def spaces(self, begin: int, length: int) -> dict[int, tuple[int, int]]:
        """The space of the clock and the day that a period begins in, and each change of them, by its distance from the begin."""
        found: dict[int, tuple[int, int]] = {}
        last = begin + length
        edges = self._edges
        for number, first in enumerate(self._begins):
            until = self._begins[number + 1] if number + 1 < len(self._begins) else last
            low, high = max(first, begin), min(until, last)
            if low >= high and low > begin:
                continue
            local = self._locals[number]
            day, time = divmod(local + low, DAY)
            found[low - begin] = bisect_right(edges, time), self._named(day)
            midnight = day * DAY - local
            while midnight < high:
                name = self._named(day)
                for space, edge in enumerate(edges, 1):
                    if low < midnight + edge < high:
                        found[midnight + edge - begin] = space, name
                midnight += DAY
                day += 1
        return found

    def _named(self, day: int) -> int:
        return day if self._by_date else (day - 1) % 7 + 1 if self._by_weekday else 0


@lru_cache(maxsize=1024)
def _local(start: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """The local time in microseconds since the ordinal 0, and for how many microseconds from here its offset holds: drivers
    price one start at a thousand stations."""
    here = start.astimezone(zone)
    seconds = (here.hour * 60 + here.minute) * 60 + here.second
    local = here.toordinal() * DAY + seconds * SECOND + here.microsecond
    same = _offset(start, 0, zone) == _offset(start, FORESEEN, zone)
    return local, FORESEEN if same else 0


def _offset(start: datetime, micros: int, zone: ZoneInfo) -> int:
    found = (start + micros * MICROSECOND).astimezone(zone).utcoffset()
    return found // MICROSECOND if found is not None else 0


# Steps, sums, limits


def _round_steps(tally: _Tally) -> None:
    """The total of a group is rounded up to the step of the rate used last, and the difference costs that rate.

    Where parking was billed only parking is rounded, charging time is not.
    """
    for group, volume in enumerate(tally.last):
        if volume is None or not volume.rate.step or (group == TIME and tally.last[PARKING_TIME] is not None):
            continue
        total = volume
        for each in tally.volumes.values():
            if each.group == group and each is not volume:
                if total is volume:
                    total = _Volume(volume.rate, group, volume.count, volume.parts)
                total.add(each.count, each.parts)
        up = -total.count % (total.parts * volume.rate.step)
        if up:
            parts = total.parts
            volume.added = Decimal(up) / Decimal(parts * volume.rate.unit)
            volume.add(up, parts)


def _limits(
    excl: Decimal | None, incl: Decimal | None, least: PriceLimit | None, most: PriceLimit | None
) -> tuple[Decimal | None, Decimal | None, Literal["min", "max"] | None]:
    """Each side for itself, where both it and its limit are known; the other follows where it would else be on the wrong side."""
    limited: Literal["min", "max"] | None = None
    if least is not None:
        before = excl, incl
        excl, incl = _at_least(excl, least.before_taxes), _at_least(incl, least.after_taxes)
        if (excl, incl) != before:
            limited = "min"
            incl = _at_least(incl, excl)
    if most is not None:
        before = excl, incl
        excl, incl = _at_most(excl, most.before_taxes), _at_most(incl, most.after_taxes)
        if (excl, incl) != before:
            limited = "max"
            excl = _at_most(excl, incl)
    return excl, incl, limited


def _at_least(total: Decimal | None, least: Decimal | None) -> Decimal | None:
    return total if total is None or least is None or total >= least else least


def _at_most(total: Decimal | None, most: Decimal | None) -> Decimal | None:
    return total if total is None or most is None or total <= most else most


def _contradict(least: PriceLimit | None, most: PriceLimit | None) -> bool:
    if least is None or most is None:
        return False
    sides = ((least.before_taxes, most.before_taxes), (least.after_taxes, most.after_taxes))
    return any(low is not None and high is not None and low > high for low, high in sides)
