"""What the prices of a list are for, in a sentence, and the form in which the reader says it of the own car."""

from collections.abc import Iterator
from datetime import datetime

from markupsafe import Markup

from finder.ocpi.types import Struct
from finder.ocpi.vocabulary import STANDARDS
from finder.pages import fields
from finder.pages import words as names
from finder.pages.search_query import CONDITIONS, WHERE, Pairs, is_of_charge, only
from finder.pages.station_charge import DEFAULTS, Option
from finder.stations.prices import is_alternating
from finder.tariffs.charge import Charge
from finder.tariffs.words import exact
from finder.web import language, parameters
from finder.web.drawings import escape
from finder.web.language import day, site_urls
from finder.web.language import gettext as _
from finder.web.parameters import BadParameter

USUAL_PLUGS = ("IEC_62196_T2_COMBO", "IEC_62196_T2", "CHADEMO")
# Of the form's fields, those that most drivers leave as they are.
SELDOM = ("energy_kwh", "power_kw", "parking_minutes", "start", "pay")


class ChargeForm(Struct):
    """`kept` is what the form takes along; `wrong` the parameter that cannot be read, `problem` the sentence beside it."""

    typed: Pairs
    kept: Pairs
    plugs: tuple[Option, ...]
    wrong: str = ""
    problem: str = ""


def form(asked: Pairs, error: BadParameter | None = None) -> ChargeForm:
    chosen = [value for name, value in asked if name == parameters.CONNECTOR.name]
    kept = only(asked, WHERE, CONDITIONS, (parameters.SORT, parameters.CHARGING_MINUTES))
    if len(chosen) < 2:
        kept = tuple(pair for pair in kept if pair[0] != parameters.CONNECTOR.name)
    mine = error is not None and is_of_charge(error.name)
    return ChargeForm(
        typed=asked,
        kept=kept,
        plugs=_plugs(chosen) if len(chosen) < 2 else (),
        wrong=error.name if error and mine else "",
        problem=str(error) if mine else "",
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
    """What the prices of the list are for, and that they hold VAT unless they say otherwise."""
    amounts = kilowatt_hours(charge, connectors)
    if len(amounts) == 1:
        amount = _("%(kwh)s kWh", kwh=amounts[0])
    else:
        amount = _("%(direct)s kWh (%(other)s on alternating current)", direct=amounts[0], other=amounts[1])
    return _("Price incl. VAT of %(amount)s: %(what)s.", amount=amount, what=", ".join(_asked(charge, now)))


def _asked(charge: Charge, now: datetime) -> Iterator[str]:
    if charge.energy_kwh is None:
        yield _(
            "%(begin)s–%(end)s %% of %(battery)s kWh",
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
    return time if f"{start:%Y-%m-%d}" == f"{now:%Y-%m-%d}" else f"{day(start.date())} {time}"


# Drawn


def drawn_form(shown: ChargeForm) -> Markup:
    return Markup(  # noqa: S704 - every text in it is escaped
        f'<form class="calc mine" action="{escape(site_urls().search)}">{fields.hidden(shown.kept)}{_often(shown)}{_seldom(shown)}</form>'
        f'<p class="xs q">{escape(_("Left empty: the start is now, and the car takes 75 kW of direct and 11 kW of alternating current."))}</p>'
    )


def _often(shown: ChargeForm) -> str:
    plugs = fields.choice("connector", _("Plug"), shown.plugs) if shown.plugs else ""
    return plugs + "".join(
        [
            _entry(shown, "battery_kwh", _("Battery, kWh")),
            _entry(shown, "from", _("From, percent")),
            _entry(shown, "to", _("To, percent")),
            f'<div class="field"><button class="btn">{escape(_("Work out"))}</button></div>',
            _unseen(shown),
        ]
    )


def _seldom(shown: ChargeForm) -> str:
    """Folded away, unless something in it is set or wrong."""
    is_open = shown.wrong in SELDOM or any(name in SELDOM for name, _value in shown.typed)
    contract = ("pay", "contract") in shown.typed
    pays = (
        Option("adhoc", _("On site, without a contract"), not contract),
        Option("contract", _("With a charging provider"), contract),
    )
    made = "".join(
        [
            _entry(shown, "energy_kwh", _("Or an amount, kWh")),
            _entry(shown, "power_kw", _("The car takes, kW")),
            _entry(shown, "parking_minutes", _("Stays after, min")),
            _entry(shown, "start", _("Starts"), "datetime-local"),
            fields.choice("pay", _("Pays"), pays, _problem(shown, "pay")),
        ]
    )
    opened = " open" if is_open else ""
    return (
        f'<details class="more"{opened}><summary>{escape(_("Amount, power, time and payment"))}</summary>'
        f'<div class="calc">{made}</div></details>'
    )


def _entry(shown: ChargeForm, name: str, label: str, kind: str = "text") -> str:
    value = dict(shown.typed).get(name, DEFAULTS.get(name, ""))
    return fields.entry(name, label, _written(value) if kind == "text" else value, _problem(shown, name), kind)


def _written(value: str) -> str:
    """Decimals as the reader writes them."""
    return value.replace(".", ",") if language.language() == "sv" and parameters.AMOUNT.fullmatch(value) else value


def _problem(shown: ChargeForm, name: str) -> str:
    return shown.problem if shown.wrong == name else ""


def _unseen(shown: ChargeForm) -> str:
    """What is wrong with a value that no field of the form holds."""
    if shown.wrong != parameters.CHARGING_MINUTES.name:
        return ""
    return f'<p class="s broken b wide2">{escape(shown.problem)}</p>'
