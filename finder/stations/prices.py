"""What a driver's charge costs at a station, plug by plug, or why nobody can say."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from finder.ocpi.power import Electric, watts
from finder.ocpi.types import Struct, Tariff
from finder.stations.summary import whole_kilowatts
from finder.stations.types import Station
from finder.tariffs.charge import Charge
from finder.tariffs.choice import choose, is_ahead, is_over
from finder.tariffs.pricing import Rules, rules
from finder.tariffs.quote import Quote, Reason, unpriced
from finder.tariffs.session import Session

FOR_LORRIES = ("MCS", "PANTOGRAPH_BOTTOM_UP", "PANTOGRAPH_TOP_DOWN")
DIRECT = ("COMBO", "CHADEMO", "CHAOJI", "GBT_DC", "MCS", "PANTOGRAPH")


class Plug(Electric, Protocol):
    """What a price needs of a connector, so that a list need not read the rest."""

    @property
    def tariff_ids(self) -> tuple[str, ...]: ...


class Offer(Struct):
    """A tariff that holds for the charge, and what it makes of it."""

    tariff: Tariff
    quote: Quote


class PlugPrice(Struct):
    """`power_kw` is what the plug gives, `kw` what was reckoned with. `offers` are all tariffs that hold; `quote` is the one that
    they agree on, or says why there is none. `charging` is how long it takes."""

    standard: str | None
    power_type: str | None
    power_kw: float | None
    alternating: bool
    kw: Decimal
    start: datetime
    charging: timedelta
    quote: Quote
    offers: tuple[Offer, ...] = ()

    @property
    def tariff(self) -> Tariff | None:
        return self.offers[0].tariff if self.offers and self.quote.reason != "conflicting" else None


class Pricing:
    """Prices plugs for one charge at one moment. What was worked out is kept: many stations have the same plugs and tariffs."""

    def __init__(self, charge: Charge, now: datetime) -> None:
        self.charge = charge
        self.now = now
        self._sessions: dict[tuple[str, bool, int | None], Session] = {}
        # By identity, to which a hash of all that a session says would be slow; what is held here stays what it is.
        self._quotes: dict[tuple[int, int], tuple[Rules, Quote]] = {}

    def price(self, plug: Plug, known: Mapping[str, Rules], zone: ZoneInfo) -> PlugPrice:
        """`known` are the partner's tariffs by id, folded for case. Raises NoSuchTime for a start that the clocks skip."""
        power = watts(plug)
        alternating = is_alternating(plug)
        session = self._session(zone, alternating, power)
        quote, offers = self._offers(plug, known, session)
        period = session.periods[0]
        return PlugPrice(
            standard=plug.standard,
            power_type=plug.power_type,
            power_kw=whole_kilowatts(power),
            alternating=alternating,
            kw=self.charge.kilowatts(alternating, _kilo(power)),
            start=session.start,
            charging=timedelta(microseconds=period.length),
            quote=quote,
            offers=offers,
        )

    def _session(self, zone: ZoneInfo, alternating: bool, power: int | None) -> Session:
        key = zone.key, alternating, power
        if key not in self._sessions:
            self._sessions[key] = self.charge.session(zone, self.now, alternating, _kilo(power))
        return self._sessions[key]

    def _offers(self, plug: Plug, known: Mapping[str, Rules], session: Session) -> tuple[Quote, tuple[Offer, ...]]:
        refs = dict.fromkeys(ref.casefold() for ref in plug.tariff_ids)
        found = [known[ref] for ref in refs if ref in known]
        chosen = self._chosen([each.tariff for each in found], session.start)
        if isinstance(chosen, str):
            missing = len(found) < len(refs) and chosen in ("no_tariff", "not_for_payment")
            return unpriced("unresolved" if missing else chosen), ()
        offers = tuple([Offer(each.tariff, self._quote(each, session)) for each in found if each.tariff in chosen])
        totals = {(offer.quote.currency, offer.quote.excl_vat, offer.quote.incl_vat) for offer in offers}
        return (offers[0].quote if len(totals) == 1 else unpriced("conflicting")), offers

    def _chosen(self, tariffs: Sequence[Tariff], start: datetime) -> Collection[Tariff] | Reason:
        wanted = self.charge.tariff
        if wanted is None:
            return choose(tariffs, self.charge.pay, start)
        named = [tariff for tariff in tariffs if tariff.id.casefold() == wanted.casefold()]
        if not named:
            return "unresolved"
        if any(is_over(tariff, start) for tariff in named):
            return "expired"
        return "not_yet_valid" if any(is_ahead(tariff, start) for tariff in named) else named

    def _quote(self, rules: Rules, session: Session) -> Quote:
        key = id(rules), id(session)
        if key not in self._quotes:
            self._quotes[key] = rules, rules.quote(session)
        return self._quotes[key][1]


def plug_prices(
    station: Station, charge: Charge, zone: ZoneInfo, now: datetime, connectors: Collection[str] = ()
) -> tuple[PlugPrice, ...]:
    """One for each kind of plug and tariffs, the cheapest first, those without a price last. `connectors`: only of these standards.

    Raises NoSuchTime for a start that the clocks skip.
    """
    known = {tariff.id.casefold(): _rules(tariff) for tariff in station.tariffs}
    pricing = Pricing(charge, now)
    plugs: dict[tuple[object, ...], Plug] = {}
    for entry in station.evses:
        for connector in entry.evse.connectors:
            if not connectors or connector.standard in connectors:
                kind = connector.standard, connector.power_type, watts(connector), connector.tariff_ids
                plugs.setdefault(kind, connector)
    return tuple(sorted((pricing.price(plug, known, zone) for plug in plugs.values()), key=cheapest_first))


@lru_cache(maxsize=1024)
def _rules(tariff: Tariff) -> Rules:
    """Kept for the tariffs that are asked for again and again: to compile one takes twenty times as long as to find it here."""
    return rules(tariff)


def best(prices: Iterable[PlugPrice]) -> PlugPrice | None:
    """The cheapest with a total incl. VAT, else the first as `cheapest_first` has them; None: no plugs."""
    return min(prices, key=cheapest_first, default=None)


def cheapest_first(price: PlugPrice) -> tuple[int, Decimal, float]:
    """A price that is not known is never the lowest: totals with VAT, then totals without, then none.

    Of plugs that cost the same the strongest, those for lorries last.
    """
    quote = price.quote
    strongest = 1.0 if price.standard in FOR_LORRIES else -(price.power_kw or 0)
    if quote.reason is not None or (quote.incl_vat is None and quote.excl_vat is None):
        return 2, Decimal(0), strongest
    if quote.incl_vat is None:
        return 1, quote.excl_vat or Decimal(0), strongest
    return 0, quote.incl_vat, strongest


def is_alternating(plug: Electric) -> bool:
    """By its power type; where none is stated, by the plug."""
    if plug.power_type is not None:
        return plug.power_type.startswith("AC")
    return not any(word in (plug.standard or "") for word in DIRECT)


def _kilo(power: int | None) -> Decimal | None:
    return None if power is None else Decimal(power) / 1000
