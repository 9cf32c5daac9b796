"""What the prices of a list are for, in a sentence, and the form in which the reader says it of the own car."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from finder.ocpi.types import Struct
from finder.ocpi.vocabulary import STANDARDS
from finder.pages import words as names
from finder.pages.charge_form import ChargeForm, Option
from finder.pages.search_query import CONDITIONS, WHERE, Pairs, only
from finder.stations.prices import is_alternating
from finder.stations.zones import SITE_ZONE
from finder.tariffs.charge import Charge
from finder.tariffs.words import exact
from finder.web import language, parameters
from finder.web.language import day, site_urls
from finder.web.language import gettext as _

USUAL_PLUGS = ("IEC_62196_T2_COMBO", "IEC_62196_T2", "CHADEMO")
NO_PROBLEMS: Mapping[str, str] = {}


def form(asked: Pairs, problems: Mapping[str, str] = NO_PROBLEMS) -> ChargeForm:
    """`problems` are what cannot be read of the charge."""
    chosen = [value for name, value in asked if name == parameters.CONNECTOR.name]
    kept = only(asked, WHERE, CONDITIONS, (parameters.SORT, parameters.CHARGING_MINUTES))
    if len(chosen) < 2:
        kept = tuple(pair for pair in kept if pair[0] != parameters.CONNECTOR.name)
    return ChargeForm(
        action=site_urls().search,
        typed=dict(asked),
        kept=kept,
        plugs=_plugs(chosen) if len(chosen) < 2 else (),
        problems=problems,
    )


def _plugs(chosen: list[str]) -> tuple[Option, ...]:
    known = [standard for standard in dict.fromkeys((*USUAL_PLUGS, *chosen)) if standard in STANDARDS]
    every = Option("", _("Any plug"), not chosen)
    return (every, *(Option(standard, names.connector(standard), standard in chosen) for standard in known))


# In words


def kilowatt_hours(charge: Charge, connectors: tuple[str, ...]) -> tuple[str, ...]:
    """With direct and with alternating current, whichever of the two the plugs have; one figure where they agree."""
    currents = dict.fromkeys(is_alternating(_Plug(standard)) for standard in connectors) or (False, True)
    return tuple(dict.fromkeys(exact(charge.energy(current), language, 0) for current in currents))


class _Plug(Struct):
    """A plug of which only the kind is known."""

    standard: str
    power_type: None = None
    max_voltage: None = None
    max_amperage: None = None
    max_electric_power: None = None


def sentence(charge: Charge, connectors: tuple[str, ...], now: datetime) -> str:
    """What the prices of the list are for, and how to tell those that hold VAT."""
    amounts = kilowatt_hours(charge, connectors)
    if len(amounts) == 1:
        amount = _("%(kwh)s kWh", kwh=amounts[0])
    else:
        amount = _("%(direct)s kWh (%(other)s on alternating current)", direct=amounts[0], other=amounts[1])
    return _(
        "Price of %(amount)s: %(what)s. Incl. VAT unless it says + VAT.",
        amount=amount,
        what=", ".join(_asked(charge, now)),
    )


def _asked(charge: Charge, now: datetime) -> Iterator[str]:
    if charge.energy_kwh is None:
        yield _(
            "%(begin)s to %(end)s %% of %(battery)s kWh",
            begin=exact(charge.from_percent, language),
            end=exact(charge.to_percent, language),
            battery=exact(charge.battery_kwh, language),
        )
    if charge.power_kw is not None:
        yield _("the car takes at most %(kw)s kW", kw=exact(charge.power_kw, language))
    if charge.charging_minutes is not None:
        yield _("in %(minutes)s min", minutes=exact(charge.charging_minutes, language))
    yield _("starting %(time)s", time=_start(charge.start, now)) if charge.start else _("starting now")
    if charge.parking_minutes:
        yield _("parked for %(minutes)s min afterwards", minutes=exact(charge.parking_minutes, language))
    yield _("paid on site") if charge.pay == "adhoc" else _("paid through a charging provider")


def _start(start: datetime, now: datetime) -> str:
    """As the clock at the station shows it; with the date where it is not today's."""
    time = f"{start:%H:%M}"
    return time if start.date() == now.astimezone(SITE_ZONE).date() else f"{day(start.date())} {time}"
