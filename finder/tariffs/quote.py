"""What a session costs under a tariff, item by item, or why nobody can say."""

from collections.abc import Iterator
from decimal import Context, Decimal, localcontext
from typing import Literal

from finder.ocpi.types import Struct

Dimension = Literal["ENERGY", "TIME", "PARKING_TIME", "FLAT"]
EXACT = Context(prec=40)
"""What every amount is divided and added in."""
DIMENSIONS: tuple[Dimension, ...] = ("ENERGY", "TIME", "PARKING_TIME", "FLAT")

Reason = Literal[
    "no_tariff",  # the partner names no tariff for this plug
    "unresolved",  # it names one that its feed does not have
    "not_for_payment",  # its tariffs are for another way to pay (a contract, say)
    "expired",  # all that fit are over
    "not_yet_valid",  # all that fit begin later
    "conflicting",  # several hold at once and disagree
    "text_only",  # words, no prices
    "no_currency",
    "no_price",  # a component, or a restriction, that cannot be read
    "unsupported_dimension",  # a component that OCPI does not know
    "outside_windows",  # no element holds for a part of the charge
    "unknown_current",  # a limit in amperes, and nobody knows how many flow
    "vat_not_stated",  # there is a price, but only without VAT
]
"""Why there is no price. Codes of the API; words.py and the pages say them to people."""

Assumption = Literal[
    "vat_not_stated",  # prices are without VAT, its rate unknown
    "several_flat",  # two different start or overstay fees in one session: each counted once
    "uncovered",  # a part of the charge that no element names costs nothing by the letter
    "min_above_max",  # the lowest price is above the highest: the highest holds
    "paused_unpriced",  # time in which the operator held power back counts as neither charging nor parking
    "amperes_from_power",  # current worked out with 230 V
    "parking_zero",  # PARKING_TIME has no component: parking is free
]
"""What an estimate takes for granted, or what is doubtful about it."""


class Part(Struct):
    """So much at one price. `volume` (kWh, hours or sessions) is what is billed, `measured` what was used before the step was
    rounded up. `price` and `vat` are as the tariff has them; whether the price includes tax, the tariff says."""

    dimension: Dimension
    price: Decimal
    vat: Decimal | None
    volume: Decimal
    measured: Decimal
    excl_vat: Decimal | None
    incl_vat: Decimal | None
    element: int


class Item(Struct):
    """All parts of one dimension, and their sums."""

    dimension: Dimension
    volume: Decimal
    measured: Decimal
    excl_vat: Decimal | None
    incl_vat: Decimal | None
    parts: tuple[Part, ...]


class Quote(Struct):
    """The price of a session. A total of None is not known (VAT not stated), never 0.

    - `parts` (and `items`, the same by dimension in the order of AFIR) do not hold `min_price` and `max_price`; `limited` says
      whether one of those made the total.
    - `reason` is set where no driver should be told the total: then both totals are None, but for `outside_windows`, where they
      are what the letter of the specification gives (nothing for what no element names).
    """

    currency: str | None
    excl_vat: Decimal | None
    incl_vat: Decimal | None
    parts: tuple[Part, ...] = ()
    limited: Literal["min", "max"] | None = None
    energy_kwh: Decimal = Decimal(0)
    assumptions: tuple[Assumption, ...] = ()
    reason: Reason | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """Energy, charging time, parking time, start fee: those that were used."""
        with localcontext(EXACT):
            return tuple(self._items())

    def _items(self) -> Iterator[Item]:
        by_dimension = {name: [part for part in self.parts if part.dimension == name] for name in DIMENSIONS}
        yield from (_item(name, parts) for name, parts in by_dimension.items() if parts)

    @property
    def per_kwh_incl_vat(self) -> Decimal | None:
        """Everything, spread over the energy: what a driver compares."""
        if self.incl_vat is None or self.reason is not None or not self.energy_kwh:
            return None
        return self.incl_vat / self.energy_kwh


def _item(dimension: Dimension, parts: list[Part]) -> Item:
    return Item(
        dimension=dimension,
        volume=sum([part.volume for part in parts], Decimal(0)),
        measured=sum([part.measured for part in parts], Decimal(0)),
        excl_vat=_sum([part.excl_vat for part in parts]),
        incl_vat=_sum([part.incl_vat for part in parts]),
        parts=tuple(parts),
    )


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def unpriced(reason: Reason, currency: str | None = None) -> Quote:
    return Quote(currency=currency, excl_vat=None, incl_vat=None, reason=reason)
