"""All conditions of a search as a form: works without script, and says which of them may stand in for each other."""

from collections.abc import Iterable

from finder.ocpi.types import Struct
from finder.pages.search_query import CONDITIONS, Pairs, Query, address, only
from finder.pages.words import connector
from finder.web import parameters
from finder.web.conditions import FACILITIES, PAYMENTS, YES, conditions
from finder.web.language import gettext as _
from finder.web.language import kilowatts
from finder.web.parameters import Parameter

PLUGS = ("IEC_62196_T2_COMBO", "IEC_62196_T2", "CHADEMO", "IEC_62196_T1", "TESLA_S", "DOMESTIC_F")
POWERS = (11, 22, 50, 100, 150)
NEARBY = ("RESTAURANT", "CAFE", "SUPERMARKET", "HOTEL", "MALL", "TRAIN_STATION", "WIFI")


class Option(Struct):
    name: str
    value: str
    words: str
    chosen: bool


class Group(Struct):
    """`kind` is the type of its inputs: of radios one holds, of checkboxes all that are chosen."""

    legend: str
    kind: str
    options: tuple[Option, ...]


class Panel(Struct):
    """`kept` goes along with what is chosen; `clear` is the search without any condition."""

    groups: tuple[Group, ...]
    kept: Pairs
    clear: str


def build(query: Query) -> Panel:
    chosen = {(name, value) for name, value in query.asked}
    plugs = dict.fromkeys((*PLUGS, *query.connectors))
    nearby = dict.fromkeys((*NEARBY, *(value for name, value in query.asked if name == parameters.FACILITY.name)))
    shown = {parameter.name for parameter in CONDITIONS if parameter is not parameters.OPERATOR}
    rest = tuple(pair for pair in query.asked if pair[0] not in shown and pair[0] != "page")
    return Panel(
        groups=(
            _group(_("Plug, any of them"), parameters.CONNECTOR, [(each, connector(each)) for each in plugs], chosen),
            _powers(query, chosen),
            _group(_("Payment, all that you tick"), parameters.PAYMENT, _each(PAYMENTS, PAYMENTS), chosen),
            Group(
                _("Must hold"),
                "checkbox",
                tuple(Option(name, "1", _sentence(_(words)), (name, "1") in chosen) for name, words in YES.items()),
            ),
            _group(_("Nearby, all that you tick"), parameters.FACILITY, _each(FACILITIES, nearby), chosen),
        ),
        kept=rest,
        clear=address(only(rest, (parameters.Q, parameters.NEAR, parameters.BBOX, parameters.SORT), parameters.CAR)),
    )


def condition_words(parameter: Parameter, said: str) -> str:
    """A condition in the middle of a sentence: "at least 50 kW"."""
    value = parameter.read(said)
    [condition] = conditions({parameter.name: (value,) if parameter.repeatable else value})
    return condition.words


def _group(legend: str, parameter: Parameter, values: Iterable[tuple[str, str]], chosen: set[tuple[str, str]]) -> Group:
    options = tuple(Option(parameter.name, value, words, (parameter.name, value) in chosen) for value, words in values)
    return Group(legend, "checkbox", options)


def _powers(query: Query, chosen: set[tuple[str, str]]) -> Group:
    name = parameters.MIN_POWER_KW.name
    said = [value for each, value in query.asked if each == name]
    values = sorted({*map(str, POWERS), *said}, key=float)
    options = [Option(name, "", _("Any power"), not said)]
    options += [Option(name, value, kilowatts(float(value)), (name, value) in chosen) for value in values]
    return Group(_("Lowest power"), "radio", tuple(options))


def _each(words: dict[str, str], values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, _sentence(_(words[value]))) for value in values if value in words]


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
