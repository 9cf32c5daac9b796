"""What a charging session costs under a tariff, exactly (mod_tariffs; "step_size" in mod_cdrs).

A tariff is compiled once (`rules`) and prices any number of sessions. Volumes are fractions of whole numbers until the end, so
that where a session is cut changes nothing; each amount is divided once, to 40 digits, and nothing else is ever rounded.

Where the text is silent: `docs/decisions/0010-pricing.md`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from decimal import Context, Decimal
from itertools import pairwise
from math import gcd
from typing import Literal, NamedTuple

from finder.ocpi.types import PriceComponent, PriceLimit, Tariff, TariffRestrictions
from finder.tariffs.quote import Assumption, Dimension, Item, Part, Quote, Reason, unpriced
from finder.tariffs.restrictions import DAY, UNRESTRICTED, Axes, Box, Moment, space
from finder.tariffs.session import HOUR, KWH, SECOND, Period, Session, power_of

DIMENSIONS: tuple[Dimension, ...] = ("ENERGY", "TIME", "PARKING_TIME", "FLAT")
ENERGY, TIME, PARKING_TIME, FLAT = range(4)
UNIT = (KWH, HOUR, HOUR, 1)
STEP = 1_000_000
"""nano-kWh in a Wh, and microseconds in a second: what step_size counts."""
IN_SESSION, RESERVED, EXPIRED = range(3)
RESERVATIONS = {None: IN_SESSION, "RESERVATION": RESERVED, "RESERVATION_EXPIRES": EXPIRED}
MOST_REMEMBERED = 20_000

EXACT = Context(prec=40)
ZERO = Decimal(0)
MICROSECOND = timedelta(microseconds=1)

Tax = Literal["excluded", "included", "none"]
TAXES: dict[str | None, Tax] = {"YES": "included", "N/A": "none"}
Sides = tuple[Decimal | None, Decimal | None]
"""Without and with VAT; None: not known."""


class Rate:
    """A component as it is billed. Not `readable`: its price is unknown, and so is every session that uses it.

    `alike`: components with the same price, VAT and step are one line of the bill; FLAT fees are one where they hold under
    the same conditions but for the calendar, since feeds write one element a weekday.
    """

    __slots__ = ("alike", "dimension", "element", "price", "readable", "scaled", "step", "tenths", "vat")

    def __init__(self, component: PriceComponent, dimension: int, element: int, alike: int) -> None:
        self.dimension = dimension
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


class Active(NamedTuple):
    """What one moment costs: a rate a dimension, or None. `unsupported`: and something that OCPI does not know."""

    rates: tuple[Rate | None, ...]
    unsupported: bool
    anything: bool


class _Volume:
    """So much of one rate: `count` over `parts`, in nano-kWh, microseconds or sessions."""

    __slots__ = ("count", "measured", "parts", "rate")

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self.count, self.parts = 0, 1
        self.measured: tuple[int, int] | None = None

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
    """What a session has used so far. `last` is the rate used last in each group of `step_size`."""

    __slots__ = ("anything", "flat", "last", "reason", "uncovered", "volumes")

    def __init__(self) -> None:
        self.volumes: dict[tuple[bool, int, int], _Volume] = {}
        self.last: dict[tuple[bool, int], Rate] = {}
        self.flat = False
        self.anything = False
        self.uncovered = False
        self.reason: Reason | None = None

    def add(self, rate: Rate, count: int, parts: int, reserved: bool = False) -> None:
        if count <= 0:
            return
        if not rate.readable:
            self.reason = "no_price"
        key = (reserved, rate.dimension, rate.alike)
        volume = self.volumes.get(key)
        if volume is None:
            volume = self.volumes[key] = _Volume(rate)
        volume.add(count, parts)
        self.last[reserved, rate.dimension] = rate

    def add_flat(self, rate: Rate, reserved: bool = False) -> None:
        """Once a session, however often it becomes active."""
        self.flat = True
        if not rate.readable:
            self.reason = "no_price"
        key = (reserved, FLAT, rate.alike)
        if key not in self.volumes:
            self.volumes[key] = volume = _Volume(rate)
            volume.count = 1


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
        return self._find(Moment(1, 0, 0, 0, 0, 0, IN_SESSION))

    def _bill_whole(self, session: Session, active: Active, tally: _Tally) -> None:
        energy, time, parking, flat = active.rates
        if active.unsupported:
            tally.reason = "unsupported_dimension"
        for period in session.periods:
            if period.kind == "reserved":
                continue
            tally.anything = active.anything
            if energy is not None:
                tally.add(energy, period.energy, 1)
            if period.kind == "charging" and time is not None:
                tally.add(time, period.length, 1)
            elif period.kind == "parking" and parking is not None:
                tally.add(parking, period.length, 1)
        if flat is not None and tally.anything:
            tally.add_flat(flat)

    # With restrictions

    def _bill_pieces(self, session: Session, tally: _Tally) -> None:
        origin = next((period.begin for period in session.periods if period.kind != "reserved"), None)
        reserved = EXPIRED if origin is None else RESERVED
        clock = _Clock(session, self.axes) if self.axes.by_clock else None
        energy = 0
        moment = None
        for period in session.periods:
            if period.kind == "reserved":
                self._bill_reserved(period, clock, reserved, tally)
                continue
            assert origin is not None
            moment = self._bill_period(period, clock, energy, period.begin - origin, tally)
            energy += period.energy
            if tally.reason is not None:
                return
        if moment is not None and origin is not None:
            self._bill_end(moment, energy, session.periods[-1], origin, tally)

    def _bill_period(
        self, period: Period, clock: "_Clock | None", energy: int, elapsed: int, tally: _Tally
    ) -> Moment | None:
        """Bills one period, cut where anything changes. A place in it is a whole number of its length times its energy, which
        makes cuts by time and by energy exact alike. Returns its last moment."""
        axes = self.axes
        idle = period.kind != "charging"
        length, whole_energy = max(period.length, 1), max(period.energy, 1)
        end = length * whole_energy
        cuts = {0, end}
        if clock is not None:
            cuts.update([cut * whole_energy for cut in clock.cuts(period.begin, length)])
        for edge in axes.duration:
            if elapsed < edge < elapsed + length:
                cuts.add((edge - elapsed) * whole_energy)  # type: ignore[arg-type]
        for edge in axes.energy:
            if energy < edge < energy + period.energy:
                cuts.add((edge - energy) * length)  # type: ignore[arg-type]
        power, current = self._strength(period, idle, tally)
        places = sorted(cuts)
        moment = None
        for place, until in pairwise(places):
            time = place // whole_energy
            moment = Moment(
                *((1, 0) if clock is None else clock.at(period.begin + time)),
                space(axes.energy, energy + place // length) if axes.energy else 0,
                space(axes.duration, elapsed + time) if axes.duration else 0,
                power,
                current,
                IN_SESSION,
            )
            active = self._remembered.get(moment) or self._find(moment)
            if active.unsupported:
                tally.reason = "unsupported_dimension"
                return moment
            self._bill_piece(period, active, until - place, length, whole_energy, tally)
        return moment

    def _strength(self, period: Period, idle: bool, tally: _Tally) -> tuple[int, int]:
        """The spaces of power and current. A car that does not charge takes 0 of both."""
        axes = self.axes
        if not axes.power and not axes.current:
            return 0, 0
        if idle:
            return space(axes.power, 0), space(axes.current, 0)
        watts = power_of(period.energy, period.length) if period.power is None else period.power
        if period.current is None and axes.current:
            tally.reason = "unknown_current"
        return space(axes.power, watts), space(axes.current, period.current or ZERO)

    def _bill_piece(
        self, period: Period, active: Active, share: int, length: int, whole_energy: int, tally: _Tally
    ) -> None:
        energy, time, parking, flat = active.rates
        if flat is not None:
            tally.add_flat(flat)
        tally.anything = tally.anything or active.anything
        if period.energy:
            if energy is not None:
                tally.add(energy, share, length)
            tally.uncovered = tally.uncovered or not (active.anything or tally.flat)
        rate = time if period.kind == "charging" else parking if period.kind == "parking" else None
        if rate is not None and period.length:
            tally.add(rate, share, whole_energy)

    def _bill_reserved(self, period: Period, clock: "_Clock | None", reserved: int, tally: _Tally) -> None:
        cuts = sorted({0, period.length, *(clock.cuts(period.begin, period.length) if clock is not None else ())})
        power, current = space(self.axes.power, 0), space(self.axes.current, 0)
        for begin, until in pairwise(cuts):
            day = (1, 0) if clock is None else clock.at(period.begin + begin)
            moment = Moment(*day, 0, 0, power, current, reserved)
            active = self._remembered.get(moment) or self._find(moment)
            if active.unsupported:
                tally.reason = "unsupported_dimension"
                return
            tally.anything = tally.anything or active.anything
            _energy, time, _parking, flat = active.rates
            if time is not None:
                tally.add(time, until - begin, 1, reserved=True)
            if flat is not None:
                tally.add_flat(flat, reserved=True)

    def _bill_end(self, last: Moment, energy: int, period: Period, origin: int, tally: _Tally) -> None:
        """A fee that begins at so many minutes or kWh is due in a session that ends exactly there."""
        elapsed = period.begin + period.length - origin
        end = last._replace(energy=space(self.axes.energy, energy), duration=space(self.axes.duration, elapsed))
        if end == last:
            return
        active = self._remembered.get(end) or self._find(end)
        fee = active.rates[FLAT]
        if fee is not None:
            tally.anything = True
            tally.add_flat(fee)

    def _find(self, at: Moment) -> Active:
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
        found = Active(tuple(rates), unsupported, any(rate is not None for rate in rates))
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[at] = found
        return found

    # The bill

    def _bill(self, session: Session, tally: _Tally) -> Quote:
        by_dimension: list[list[tuple[_Volume, Part]]] = [[], [], [], []]
        for volume in tally.volumes.values():
            by_dimension[volume.rate.dimension].append((volume, self._part(volume)))
        items = tuple([_item(DIMENSIONS[dimension], found) for dimension, found in enumerate(by_dimension) if found])
        excl, incl = _sum([item.excl_vat for item in items]), _sum([item.incl_vat for item in items])
        assumptions = list(self._assumptions(session, tally, by_dimension, incl))
        limited: Literal["min", "max"] | None = None
        if self.tariff.min_price is not None or self.tariff.max_price is not None:
            excl, incl, limited = _limits(excl, incl, self.tariff.min_price, self.tariff.max_price)
            if _contradict(self.tariff.min_price, self.tariff.max_price):
                assumptions.append("min_above_max")
        return Quote(
            currency=self.currency,
            excl_vat=excl,
            incl_vat=incl,
            items=items,
            limited=limited,
            energy_kwh=session.energy_kwh,
            assumptions=tuple(assumptions),
            reason="outside_windows" if tally.uncovered else None,
        )

    def _part(self, volume: _Volume) -> Part:
        rate = volume.rate
        unit = UNIT[rate.dimension] * volume.parts
        amount = EXACT.divide(Decimal(rate.scaled * volume.count), Decimal(unit * rate.tenths))
        excl, incl = self._taxed(amount, rate)
        return Part(rate.price, rate.vat, EXACT.divide(Decimal(volume.count), Decimal(unit)), excl, incl, rate.element)

    def _taxed(self, amount: Decimal, rate: Rate) -> Sides:
        """Nothing is nothing on both sides, whatever the VAT."""
        if self.tax == "none" or not rate.scaled:
            return amount, amount
        if rate.vat is None:
            return (None, amount) if self.tax == "included" else (amount, None)
        factor = 1 + rate.vat / 100
        if self.tax == "included":
            return EXACT.divide(amount, factor), amount
        return amount, EXACT.multiply(amount, factor)

    def _assumptions(
        self, session: Session, tally: _Tally, billed: list[list[tuple[_Volume, Part]]], incl: Decimal | None
    ) -> Iterable[Assumption]:
        if incl is None:
            yield "vat_not_stated"
        if sum(1 for reserved, dimension, _alike in tally.volumes if dimension == FLAT and not reserved) > 1:
            yield "several_flat"
        if tally.uncovered:
            yield "uncovered"
        if len(session.periods) > 1:
            kinds = {period.kind for period in session.periods}
            if "paused" in kinds:
                yield "paused_unpriced"
            if "parking" in kinds and not self._parking_priced:
                yield "parking_zero"


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
    return *same, *begins, when.min_power, when.max_power, when.min_current, when.max_current


# The clock


class _Clock:
    """The local time of a session's moments, and where the tariff's clock edges fall in it.

    Local time runs in stretches between changes of the zone's offset; a time that is skipped or comes twice needs no thought.
    """

    __slots__ = ("_begins", "_by_date", "_by_weekday", "_edges", "_locals")

    def __init__(self, session: Session, axes: Axes) -> None:
        self._edges = axes.clock
        self._by_date, self._by_weekday = axes.by_date, axes.by_weekday
        start = session.start
        end = max(period.begin + period.length for period in session.periods) if session.periods else 0
        self._begins = [min(0, session.periods[0].begin)] if session.periods else [0]
        here = start.astimezone(session.zone)
        offset = here.utcoffset() or timedelta(0)
        seconds = (here.hour * 60 + here.minute) * 60 + here.second
        local = here.toordinal() * DAY + seconds * SECOND + here.microsecond
        self._locals = [local]
        last = (start + end * MICROSECOND).astimezone(session.zone)
        if last.utcoffset() != offset or end > 5 * DAY:
            self._part(start, end, session.zone, local - offset // MICROSECOND)

    def _part(self, start: datetime, end: int, zone: tzinfo, universal: int) -> None:
        """Finds each change of the offset, to the second, by halving days in which it differs."""
        self._locals = [universal + _offset(start, 0, zone)]
        low = 0
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

    def at(self, moment: int) -> tuple[int, int]:
        """The space of the local clock, and the local day."""
        stretch = bisect_right(self._begins, moment) - 1 if len(self._begins) > 1 else 0
        day, time = divmod(self._locals[stretch] + moment, DAY)
        return bisect_right(self._edges, time), day if self._by_date else (day - 1) % 7 + 1 if self._by_weekday else 0

    def cuts(self, begin: int, length: int) -> list[int]:
        """Where in a period an edge of the clock, a midnight, or a change of the offset falls, from its begin."""
        found: list[int] = []
        last = begin + length
        for number, first in enumerate(self._begins):
            until = self._begins[number + 1] if number + 1 < len(self._begins) else last
            low, high = max(first, begin), min(until, last)
            if low >= high:
                continue
            if low > begin:
                found.append(low - begin)
            local = self._locals[number]
            edges = self._edges
            day = (local + low) // DAY
            while True:
                midnight = day * DAY - local
                if midnight >= high:
                    break
                for edge in edges:
                    if low < midnight + edge < high:
                        found.append(midnight + edge - begin)
                day += 1
        return found


def _offset(start: datetime, micros: int, zone: tzinfo) -> int:
    found = (start + micros * MICROSECOND).astimezone(zone).utcoffset()
    return found // MICROSECOND if found is not None else 0


# Steps, sums, limits


def _round_steps(tally: _Tally) -> None:
    """The total of a group is rounded up to the step of the rate used last, and the difference costs that rate.

    Where parking was billed only parking is rounded; reserved time is a group of its own.
    """
    last = tally.last
    for reserved, dimension in ((False, ENERGY), (False, PARKING_TIME), (False, TIME), (True, TIME)):
        rate = last.get((reserved, dimension))
        if rate is None or not rate.step or (dimension == TIME and not reserved and (False, PARKING_TIME) in last):
            continue
        total = _Volume(rate)
        for (kept, group, _alike), volume in tally.volumes.items():
            if kept == reserved and group == dimension:
                total.add(volume.count, volume.parts)
        up = -(-total.count // (total.parts * rate.step)) * rate.step * total.parts - total.count
        if up:
            volume = tally.volumes[reserved, dimension, rate.alike]
            volume.measured = volume.count, volume.parts
            volume.add(up, total.parts)


def _item(dimension: Dimension, found: list[tuple[_Volume, Part]]) -> Item:
    if len(found) == 1:
        volume, part = found[0]
        measured = _measured(volume) or part.volume
        return Item(dimension, part.volume, measured, part.excl_vat, part.incl_vat, (part,))
    parts = tuple([part for _volume, part in found])
    return Item(
        dimension=dimension,
        volume=_sum([part.volume for part in parts]) or ZERO,
        measured=_sum([_measured(volume) or part.volume for volume, part in found]) or ZERO,
        excl_vat=_sum([part.excl_vat for part in parts]),
        incl_vat=_sum([part.incl_vat for part in parts]),
        parts=parts,
    )


def _measured(volume: _Volume) -> Decimal | None:
    if volume.measured is None:
        return None
    count, parts = volume.measured
    return EXACT.divide(Decimal(count), Decimal(UNIT[volume.rate.dimension] * parts))


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    total = ZERO
    for amount in amounts:
        if amount is None:
            return None
        total = EXACT.add(total, amount)
    return total


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
