"""What a search asks, as its address says it: one search, one address."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import msgspec
from werkzeug.datastructures import MultiDict

from finder.ocpi.types import Struct
from finder.ocpi.vocabulary import STANDARDS
from finder.pages.charge_form import DEFAULTS, problem, written
from finder.pages.station_charge import NAMES
from finder.store.stations import Sort
from finder.tariffs.charge import Charge
from finder.web import parameters
from finder.web.language import SAFE, site_urls
from finder.web.language import gettext as _
from finder.web.parameters import FIELDS, N_, BadParameter, Parameter

LAST_PAGE = 50


def page_number(value: str) -> int:
    return int(parameters.within(parameters.count(value), 1, LAST_PAGE))


PAGE = Parameter("page", page_number, N_("page takes a number from 1 to 50"), "", {}, "2")
WHERE = (parameters.Q, parameters.NEAR, parameters.RADIUS_KM, parameters.BBOX)
# The operator, the plugs, then what else must hold.
CONDITIONS = (
    parameters.OPERATOR,
    parameters.CONNECTOR,
    parameters.FREE,
    *(each for each in parameters.CONDITIONS if each not in (parameters.CONNECTOR, parameters.FREE)),
)
# In this order in every address.
PARAMETERS = (*WHERE, *CONDITIONS, parameters.SORT, *parameters.CAR, PAGE)

Pairs = tuple[tuple[str, str], ...]
"""Names and values of an address, in the order of PARAMETERS."""


class Query(Struct):
    """`asked` is the address that says all this. `conditions` are all that a Search takes, by its own names."""

    asked: Pairs = ()
    text: str = ""
    near: tuple[float, float] | None = None
    radius_km: float | None = None
    bbox: tuple[float, float, float, float] | None = None
    operator: str | None = None
    connectors: tuple[str, ...] = ()
    conditions: tuple[tuple[str, Any], ...] = ()
    sort: Sort | None = None
    charge: Charge = Charge()
    page: int = 1

    @property
    def is_empty(self) -> bool:
        """Nothing says where to look or for whom."""
        return not (self.text or self.near or self.bbox or self.operator)

    def holds(self, parameter: Parameter) -> bool:
        """Whether this condition is set."""
        return any(name == parameter.name for name, _value in self.asked)


def cleaned(arguments: MultiDict[str, str]) -> Pairs:
    """What we know, that says something, in one order; a default says nothing."""
    found: list[tuple[str, str]] = []
    for parameter in PARAMETERS:
        said = [" ".join(value.split()) for value in arguments.getlist(parameter.name)]
        values = [_plain(parameter, written(parameter.name, value)) for value in said if value]
        if parameter.repeatable:
            values = sorted(dict.fromkeys(values), key=_order)
        else:
            values = values[:1]
        found += [(parameter.name, value) for value in values if value != _default(parameter.name, dict(found))]
    return tuple(found)


def _plain(parameter: Parameter, text: str) -> str:
    """The one way to write it, where there are several: 20 for 20,0, and the spec's letters for a plug."""
    try:
        value = parameter.read(text)
    except ValueError:
        return text
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if parameter is parameters.CONNECTOR else text


def _order(connector: str) -> tuple[int, str]:
    return (STANDARDS.index(connector) if connector in STANDARDS else len(STANDARDS)), connector


def _default(name: str, before: dict[str, str]) -> str | None:
    """The nearest stand first where there is a point to be near to, and a place that is typed has one."""
    if name == PAGE.name:
        return "1"
    if name == parameters.SORT.name:
        return "distance" if before.keys() & {"q", "near"} else "name"
    return DEFAULTS.get(name)


def read(asked: Pairs) -> Query:
    """Raises BadParameter. A point typed as the text is a point."""
    values: dict[str, Any] = {}
    for parameter in PARAMETERS:
        said = [value for name, value in asked if name == parameter.name]
        try:
            found = tuple(parameter.read(value) for value in said)
        except ValueError:
            raise BadParameter(parameter.name, words(parameter)) from None
        if found:
            values[parameter.name] = found if parameter.repeatable else found[0]
    try:
        charge = parameters.charge(values)
    except BadParameter as error:
        raise BadParameter(error.name, problem(error.name)) from None
    query = Query(
        asked=asked,
        text=values.get("q", ""),
        near=values.get("near"),
        radius_km=values.get("radius_km"),
        bbox=values.get("bbox"),
        operator=values.get("operator"),
        connectors=values.get("connector", ()),
        conditions=tuple((FIELDS[name], value) for name, value in values.items() if name in FIELDS),
        sort=values.get("sort"),
        charge=charge,
        page=values.get("page", 1),
    )
    if query.near is None and (where := _typed_point(query.text)) is not None:
        return msgspec.structs.replace(query, text="", near=where)
    return query


def words(parameter: Parameter) -> str:
    """What it takes: beside a field by its label, elsewhere by its name."""
    return problem(parameter.name) if is_of_charge(parameter.name) else _(parameter.takes)


def is_of_charge(name: str) -> bool:
    """Whether the form of the charge has a field for it."""
    return name in NAMES and name != parameters.CONNECTOR.name


def _typed_point(text: str) -> tuple[float, float] | None:
    try:
        return parameters.point(text)
    except ValueError:
        return None


# Addresses


def address(asked: Pairs) -> str:
    return f"{site_urls().search}?{urlencode(asked, safe=SAFE)}" if asked else site_urls().search


def changed(asked: Pairs, **values: str | None) -> Pairs:
    """With these in place of what it says of them, and from the first page on; None: without."""
    kept = [pair for pair in asked if pair[0] not in values and pair[0] != PAGE.name]
    return cleaned(MultiDict([*kept, *((name, value) for name, value in values.items() if value is not None)]))


def without(asked: Pairs, name: str, value: str) -> Pairs:
    """Without one of the values of a parameter."""
    return tuple(pair for pair in asked if pair != (name, value) and pair[0] != PAGE.name)


def only(asked: Pairs, *groups: Sequence[Parameter]) -> Pairs:
    names = {parameter.name for group in groups for parameter in group}
    return tuple(pair for pair in asked if pair[0] in names)


def of_charge(asked: Pairs) -> Pairs:
    """What a station's page takes of it: that has one charge, and one plug or all."""
    plugs = [pair for pair in asked if pair[0] == parameters.CONNECTOR.name]
    return (*only(asked, parameters.CAR), *(plugs if len(plugs) == 1 else ()))
