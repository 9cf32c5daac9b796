"""The form in which a reader says what is to be charged: the same on a station's page and on the search page."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from finder.ocpi.types import Struct
from finder.web import language, parameters
from finder.web.drawings import escape
from finder.web.language import gettext as _
from finder.web.language import ngettext
from finder.web.parameters import BadParameter, Parameter

# What the form holds when nothing is asked: these values say nothing new in an address.
DEFAULTS = {"battery_kwh": "60", "from": "20", "to": "80", "parking_minutes": "0", "pay": "adhoc"}
# Of its fields, those that most drivers leave as they are.
SELDOM = ("energy_kwh", "power_kw", "parking_minutes", "start", "pay")
FIELDS = ("battery_kwh", "from", "to", *SELDOM)
PERCENT, MINUTES = {"%", "procent", "percent"}, {"min", "minuter", "minutes"}
UNITS = {
    "battery_kwh": {"kwh"},
    "energy_kwh": {"kwh"},
    "from": PERCENT,
    "to": PERCENT,
    "power_kw": {"kw"},
    "parking_minutes": MINUTES,
}
WITH_UNIT = re.compile(r"([\d.,]+)\s*([a-z]+|%)", re.ASCII | re.IGNORECASE)
SPACED = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", re.ASCII)


class Option(Struct):
    value: str
    words: str
    chosen: bool


class ChargeForm(Struct):
    """`typed` is as it was written, `kept` what the form takes along. Without `plugs` there is no choice of one.

    `problems` are the parameters that cannot be read, each with the sentence beside it.
    """

    action: str
    typed: Mapping[str, str]
    plugs: tuple[Option, ...] = ()
    kept: Sequence[tuple[str, str]] = ()
    problems: Mapping[str, str] = {}

    @property
    def wrong(self) -> bool:
        return bool(self.problems)


def written(name: str, text: str) -> str:
    """Without the unit that its label says already, and a date and a time as a field for them takes them."""
    if name == parameters.START.name:
        return text.replace(" ", "T") if SPACED.fullmatch(text) else text
    units = UNITS.get(name)
    found = WITH_UNIT.fullmatch(text) if units else None
    return found[1] if units and found and found[2].lower() in units else text


def read(typed: Mapping[str, str], known: Iterable[Parameter]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values by name, and what is wrong with each that cannot be read or does not go with the others."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for parameter in known:
        if parameter.name in typed:
            try:
                values |= parameters.read(MultiDict({parameter.name: typed[parameter.name]}), (parameter,))
            except BadParameter:
                problems[parameter.name] = problem(parameter.name)
    try:
        parameters.charge(values)
    except BadParameter as error:
        # Without the figure before the charge nobody can say that the one after it is too low.
        if not (error.name == parameters.TO.name and parameters.FROM.name in problems):
            problems[error.name] = problem(error.name)
    return values, problems


def problem(name: str) -> str:
    """What the field of that parameter takes, for whoever fills it in."""
    match name:
        case "energy_kwh":
            return _("Write kWh from 0.1 to 500, for example 20.")
        case "battery_kwh":
            return _("Write kWh from 1 to 500, for example 60.")
        case "from":
            return _("Write percent from 0 to 100.")
        case "to":
            return _("Write percent up to 100, and more than before the charge.")
        case "power_kw":
            return _("Write kW, for example 11 or 150, enough for the charge to end within 30 days.")
        case "start":
            return _("Write a date and a time that exist, for example 2026-12-01 09:30.")
        case "parking_minutes":
            return _("Write minutes from 0 to 10,000.")
        case "charging_minutes":
            return _("The minutes of the charge do not fit its energy, or its power is given too.")
        case "tariff":
            return _("No price list of this station has that id.")
        case _:
            return _("Choose one of those in the list.")


def drawn(form: ChargeForm) -> Markup:
    """Written here and not in a template: nine fields on every station page."""
    kept = "".join(
        [f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in form.kept]
    )
    return Markup(  # noqa: S704 - every text in it is escaped
        f'{_marked(form)}<form class="calc" action="{escape(form.action)}">{kept}{_often(form)}{_seldom(form)}</form>'
    )


def _marked(form: ChargeForm) -> str:
    """Above the form: why there is no sum."""
    count = sum([_has_field(form, name) for name in form.problems])
    if not count:
        return ""
    told = ngettext(
        "The sum is not worked out until the marked field is mended.",
        "The sum is not worked out until the %(num)s marked fields are mended.",
        count,
    )
    return f'<p class="broken b">{escape(told)}</p>'


def _often(form: ChargeForm) -> str:
    work_out = _("Work out")
    return "".join(
        (
            _unseen(form),
            _choice(form, "connector", _("Plug"), form.plugs) if form.plugs else "",
            _entry(form, "battery_kwh", _("Battery, kWh")),
            _entry(form, "from", _("From, percent")),
            _entry(form, "to", _("To, percent")),
            f'<div class="field"><button class="btn">{escape(work_out)}</button></div>',
        )
    )


def _seldom(form: ChargeForm) -> str:
    """Folded away, unless something in it is set or wrong."""
    note = _("Left empty: the start is now, and the car takes 75 kW of direct and 11 kW of alternating current.")
    summary = _("Amount, power, time and payment")
    opened = " open" if any(name in form.problems or name in form.typed for name in SELDOM) else ""
    contract = form.typed.get("pay") == "contract"
    pays = (
        Option("adhoc", _("On site, without a contract"), not contract),
        Option("contract", _("With a charging provider"), contract),
    )
    made = "".join(
        (
            _entry(form, "energy_kwh", _("Or an amount, kWh")),
            _entry(form, "power_kw", _("The car takes at most, kW")),
            _entry(form, "parking_minutes", _("Minutes parked afterwards")),
            _entry(form, "start", _("Starts"), "datetime-local"),
            _choice(form, "pay", _("How you pay"), pays),
        )
    )
    return (
        f'<details class="more"{opened}><summary>{escape(summary)}</summary><div class="calc">{made}</div>'
        f'<p class="xs q">{escape(note)}</p></details>'
    )


def _entry(form: ChargeForm, name: str, label: str, kind: str = "text") -> str:
    """A field to write in; numbers bring up a keyboard of digits."""
    value = form.typed.get(name, DEFAULTS.get(name, ""))
    mode = ' inputmode="decimal" autocomplete="off"' if kind == "text" else ""
    marked, sentence = _error(form, name)
    return (
        f'<div class="field{"" if kind == "text" else " wide2"}"><label for="c-{name}">{escape(label)}</label>'
        f'<input id="c-{name}" name="{name}" type="{kind}"{mode} value="{escape(_written(value))}"{marked}>{sentence}</div>'
    )


def _written(value: str) -> str:
    """Decimals as the reader writes them."""
    return value.replace(".", ",") if language.language() == "sv" and parameters.AMOUNT.fullmatch(value) else value


def _choice(form: ChargeForm, name: str, label: str, options: Sequence[Option]) -> str:
    made = "".join(
        [
            f'<option value="{escape(each.value)}"{" selected" if each.chosen else ""}>{escape(each.words)}</option>'
            for each in options
        ]
    )
    marked, sentence = _error(form, name)
    return (
        f'<div class="field wide2"><label for="c-{name}">{escape(label)}</label>'
        f'<select id="c-{name}" name="{name}"{marked}>{made}</select>{sentence}</div>'
    )


def _error(form: ChargeForm, name: str) -> tuple[str, str]:
    """What marks the field, and the sentence beneath it."""
    told = form.problems.get(name)
    if told is None:
        return "", ""
    return (
        f' aria-invalid="true" aria-describedby="c-{name}-error"',
        f'<p class="s broken b" id="c-{name}-error">{escape(told)}</p>',
    )


def _unseen(form: ChargeForm) -> str:
    """What is wrong with values that no field of the form holds."""
    told = [sentence for name, sentence in form.problems.items() if not _has_field(form, name)]
    return "".join([f'<p class="s broken b wide2">{escape(sentence)}</p>' for sentence in told])


def _has_field(form: ChargeForm, name: str) -> bool:
    return name in FIELDS or (name == "connector" and bool(form.plugs))
