"""What a charge costs at many stations at once: of each only its plugs and their tariffs are read."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from finder.ocpi.power import watts
from finder.ocpi.types import Tariff
from finder.stations import zones
from finder.stations.identity import bare_evse_id
from finder.stations.prices import PlugPrice, Pricing, best, cheapest_first
from finder.stations.traits import Wanted
from finder.store import documents, plugs
from finder.store.database import Prepared, among_given
from finder.store.plugs import Place, Plug
from finder.store.schema import locations, partners, tariffs
from finder.tariffs.pricing import Rules, rules
from finder.tariffs.rates import costs, read_rates

_PLUGS = (
    sa.select(locations.c.station_pk, locations.c.partner_pk, locations.c.doc)
    .where(among_given(locations.c.station_pk, "pks"), locations.c.doc.is_not(None))
    .order_by(locations.c.station_pk, locations.c.pk)
)
_ALL = Prepared(lambda _: _PLUGS)
_LICENSED = Prepared(
    lambda _: _PLUGS.join(partners, partners.c.pk == locations.c.partner_pk).where(partners.c.licence.is_not(None))
)
_TARIFFS = Prepared(
    lambda _: (
        sa.select(tariffs.c.partner_pk, tariffs.c.ref, tariffs.c.party, tariffs.c.doc)
        .where(among_given(tariffs.c.partner_pk, "partner_pks"), among_given(tariffs.c.ref, "refs"))
        .order_by(tariffs.c.pk)
    )
)


# Compiled tariffs by their stored document, from one request to the next: to compile one takes as long as to price ten
# charges. 5 KB each.
MOST_COMPILED = 4_096
_compiled: dict[bytes, Rules] = {}

ANY_PLUG = Wanted()


class _Asked(NamedTuple):
    """Whose tariffs a station's plugs name: those of these partners, best of these parties."""

    partner_pks: frozenset[int]
    parties: frozenset[str]


class _Offered(NamedTuple):
    """A station: each kind of plug once, with its tariffs."""

    zone: ZoneInfo
    plugs: tuple[Plug, ...]
    asked: _Asked


class _Named(NamedTuple):
    """A tariff of a partner; compiled when it is first used."""

    partner_pk: int
    party: str
    doc: bytes


class Offers:
    """The plugs of some stations, by primary key, and the tariffs that they name."""

    def __init__(self, connection: sa.Connection, pks: Iterable[int], licensed: bool = False) -> None:
        """`licensed`: only what partners say that state a licence."""
        self._connection = connection
        self._stations = dict(_offered(connection, pks, licensed))
        self._tariffs = _named(connection, self._stations.values())
        self._known: dict[tuple[str, _Asked], Rules | None] = {}

    def of(self, pk: int) -> _Offered:
        return self._stations[pk]

    def known(self, plug: Plug, asked: _Asked) -> dict[str, Rules]:
        """The plug's tariffs by id, folded for case."""
        found = {ref: self._resolved(ref, asked) for ref in map(str.casefold, plug.tariff_ids)}
        return {ref: tariff for ref, tariff in found.items() if tariff is not None}

    def _resolved(self, ref: str, asked: _Asked) -> Rules | None:
        if (ref, asked) not in self._known:
            self._known[ref, asked] = self._find(ref, asked)
        return self._known[ref, asked]

    def _find(self, ref: str, asked: _Asked) -> Rules | None:
        """The location's own party first, as `stations` reads a station's tariffs."""
        found = None
        for named in self._tariffs.get(ref, ()):
            if named.partner_pk in asked.partner_pks and (found is None or named.party in asked.parties):
                found = named
        return None if found is None else self._compiled(found.doc)

    def _compiled(self, doc: bytes) -> Rules:
        found = _compiled.get(doc)
        if found is None:
            if len(_compiled) >= MOST_COMPILED:
                _compiled.clear()
            found = _compiled[doc] = rules(documents.unpack(self._connection, doc, Tariff))
        return found


def _offered(connection: sa.Connection, pks: Iterable[int], licensed: bool) -> Iterator[tuple[int, _Offered]]:
    told: dict[int, list[tuple[int, Place]]] = defaultdict(list)
    for station_pk, partner_pk, doc in (_LICENSED if licensed else _ALL).rows(connection, pks=list(pks)):
        told[station_pk].append((partner_pk, plugs.read(connection, doc)))
    for pk, said in told.items():
        places = [place for _, place in said]
        named = next((place.time_zone for place in places if place.time_zone is not None), None)
        asked = _Asked(frozenset([partner_pk for partner_pk, _ in said]), frozenset([place.party for place in places]))
        yield pk, _Offered(zones.zone(named), _merged(places), asked)


def _merged(places: Sequence[Place]) -> tuple[Plug, ...]:
    """Each kind of plug once. As `merge` does: an EVSE that several describe has the plugs of the first that names any."""
    kinds = [dict.fromkeys([plug for evse in place.evses for plug in evse.connectors]) for place in places]
    if all(each.keys() <= kinds[0].keys() for each in kinds[1:]):
        return tuple(kinds[0])
    found: dict[object, tuple[Plug, ...]] = {}
    for origin, place in enumerate(places):
        for evse in place.evses:
            key = bare_evse_id(evse.evse_id) or (origin, evse.uid)
            found[key] = found.get(key) or evse.connectors
    return tuple(dict.fromkeys([plug for connectors in found.values() for plug in connectors]))


def _named(connection: sa.Connection, offered: Iterable[_Offered]) -> dict[str, list[_Named]]:
    partner_pks: set[int] = set()
    refs: set[str] = set()
    for station in offered:
        partner_pks |= station.asked.partner_pks
        refs.update([ref.casefold() for plug in station.plugs for ref in plug.tariff_ids])
    found: dict[str, list[_Named]] = defaultdict(list)
    if refs:
        rows = _TARIFFS.rows(connection, partner_pks=sorted(partner_pks), refs=sorted(refs))
        for partner_pk, ref, party, doc in rows:
            found[ref].append(_Named(partner_pk, party, doc))
    return found


class Prices:
    """What one charge costs at these stations. What was worked out is kept: many have the same plugs and tariffs."""

    def __init__(self, offers: Offers, pricing: Pricing) -> None:
        self._offers = offers
        self._pricing = pricing
        self._prices: dict[tuple[Plug, str, _Asked], PlugPrice] = {}

    def best(self, pk: int, wanted: Wanted = ANY_PLUG) -> PlugPrice | None:
        """The cheapest of the plugs asked for, else why there is no price; None: no such plug. Raises NoSuchTime."""
        return best(self.of(pk, wanted))

    def free_plugs(self, pk: int) -> frozenset[Plug]:
        """The kinds of plug at which a tariff says that nothing is charged for. Raises NoSuchTime."""
        station = self._offers.of(pk)
        return frozenset([plug for plug in station.plugs if is_free(self._price(plug, station))])

    def of(self, pk: int, wanted: Wanted = ANY_PLUG) -> tuple[PlugPrice, ...]:
        """At each kind of plug asked for. Raises NoSuchTime."""
        station = self._offers.of(pk)
        plugs = [plug for plug in station.plugs if not wanted.of_plugs or wanted.takes(plug.standard, watts(plug))]
        return tuple([self._price(plug, station) for plug in plugs])

    def _price(self, plug: Plug, station: _Offered) -> PlugPrice:
        key = plug, station.zone.key, station.asked
        if key not in self._prices:
            known = self._offers.known(plug, station.asked)
            self._prices[key] = self._pricing.price(plug, known, station.zone)
        return self._prices[key]


def is_free(price: PlugPrice) -> bool:
    """Nothing known to cost is not enough: the tariff has prices, and all of them are 0."""
    if price.quote.reason is not None or price.quote.incl_vat != 0 or price.tariff is None:
        return False
    rates = read_rates(price.tariff, price.start.date())
    return rates is not None and not any(map(costs, rates.values()))


# The order by cost

WRITTEN = re.compile(r"2|([01]) ([A-Z]{3}) (-?\d{1,40}(?:\.\d{1,60})?)", re.ASCII)
Rank = tuple[int, int, Decimal]
"""How surely the cost is known (`cheapest_first`), the currency, the total."""


class Cheapest:
    """Puts prices in order: those of the commonest currency first, for nobody can tell crowns from euros by their figures."""

    def __init__(self, prices: Iterable[PlugPrice | None]) -> None:
        currencies = Counter(price.quote.currency for price in prices if price is not None and _known(price) < 2)
        ordered = sorted(currencies, key=lambda currency: (-currencies[currency], currency or ""))
        self._currencies = {currency: place for place, currency in enumerate(ordered)}

    def rank(self, price: PlugPrice | None) -> Rank:
        if price is None or _known(price) == 2:
            return 2, 0, Decimal(0)
        return _known(price), self._currencies[price.quote.currency], cheapest_first(price)[1]

    def write(self, price: PlugPrice | None) -> str:
        """What `read` reads."""
        known, _, total = self.rank(price)
        return "2" if price is None or known == 2 else f"{known} {price.quote.currency} {total:f}"

    def read(self, written: str) -> Rank:
        """Raises ValueError."""
        match = WRITTEN.fullmatch(written)
        if match is None:
            raise ValueError(f"{written:.40} is no place in an order by cost")
        if match[1] is None:
            return 2, 0, Decimal(0)
        return int(match[1]), self._currencies.get(match[2], len(self._currencies)), Decimal(match[3])


def _known(price: PlugPrice) -> int:
    return cheapest_first(price)[0]
