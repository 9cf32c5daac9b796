"""Price lists of the demonstration: every kind of tariff OCPI can say, in the words of 2.3.0 with prices before taxes.

A plan is the list of tariff ids a connector carries (ad-hoc and contract beside each other). `TariffBook` gives the
plans of one operator in one country; `versions.py` puts the tariffs into the words of an older version.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from finder.demo.operators import Json, Operator

EVERY_DAY_BUT_SUNDAY = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"]
WORKDAYS = EVERY_DAY_BUT_SUNDAY[:5]
WEEKEND = ["SATURDAY", "SUNDAY"]


class Money(NamedTuple):
    """What a country pays with. `quick` and `slow` are common consumer prices of a kWh with VAT, `hour` of an hour."""

    currency: str
    vat: float
    quick: float
    slow: float
    hour: float
    start: float


MONEY: dict[str, Money] = {
    "SE": Money("SEK", 25, 5.89, 3.49, 12.0, 5.0),
    "NO": Money("NOK", 25, 5.99, 3.99, 15.0, 9.0),
    "DK": Money("DKK", 25, 4.75, 3.35, 10.0, 5.0),
    "FI": Money("EUR", 25.5, 0.49, 0.29, 1.2, 0.5),
    "AX": Money("EUR", 25.5, 0.52, 0.31, 1.2, 0.5),
    "DE": Money("EUR", 19, 0.69, 0.49, 2.4, 0.5),
}

# Texts that say what the elements do not (SHALL NOT repeat prices).
_IDLE_TEXT = {
    "sv": "Avgiften när bilen står kvar tas inte ut mellan 22 och 06.",
    "en": "The idle fee is not charged between 22:00 and 06:00.",
}
_TEXT_ONLY = {
    "sv": "Priset ingår i parkeringsavgiften. Se skylten vid infarten.",
    "en": "Charging is included in the parking fee. See the sign at the entrance.",
}
# Midnight of New Year in Sweden.
_FUTURE = ("2026-12-31T23:00:00Z", "2027-12-31T23:00:00Z")


class TariffBook:
    """The tariffs of one operator in one country, and which of them each plan names."""

    def __init__(self, operator: Operator, country: str, level: float) -> None:
        self.operator = operator
        self.country = country
        self.money = MONEY[country]
        self.level = level
        self.tariffs: dict[str, Json] = {}
        self.plans: dict[str, list[str]] = {}
        for plan in _QUICK_PLANS + _SLOW_PLANS:
            self.plans[plan] = [self._add(tariff) for tariff in _BUILDERS[plan](self)]
        # Named by connectors, yet in no list of tariffs; and connectors that name none at all.
        self.plans["lost"] = [f"{operator.party_id}-{country}-KAMPANJ-2025"]
        self.plans["none"] = []

    def net(self, gross: float) -> float:
        """A consumer price before taxes, four decimals as OCPI has them."""
        return round(gross * self.level / (1 + self.money.vat / 100), 4)

    def part(self, kind: str, gross: float, step: int = 1) -> Json:
        return {"type": kind, "price": self.net(gross), "vat": self.money.vat, "step_size": step}

    def limit(self, gross: float) -> Json:
        net = self.net(gross)
        return {"before_taxes": round(net, 2), "after_taxes": round(net * (1 + self.money.vat / 100), 2)}

    def tariff(self, name: str, kind: str | None, elements: Iterable[Json], **more: Any) -> Json:
        operator = self.operator
        made: Json = {
            "country_code": operator.country_code,
            "party_id": operator.party_id,
            "id": f"{operator.party_id}-{self.country}-{name}",
            "currency": self.money.currency,
        }
        if kind is not None:
            made["type"] = kind
        return made | more | {"elements": list(elements), "tax_included": "NO", "last_updated": "2026-09-01T06:00:00Z"}

    def _add(self, tariff: Json) -> str:
        self.tariffs[tariff["id"]] = tariff
        return str(tariff["id"])


def _element(*parts: Json, **restrictions: Any) -> Json:
    return {"price_components": list(parts)} | ({"restrictions": restrictions} if restrictions else {})


def _texts(texts: dict[str, str]) -> list[Json]:
    return [{"language": language, "text": text} for language, text in texts.items()]


# Plans of quick chargers.


def _plain(book: TariffBook) -> list[Json]:
    energy = book.money.quick
    return [
        book.tariff("SNABB-KORT", "AD_HOC_PAYMENT", [_element(book.part("ENERGY", energy))]),
        book.tariff("SNABB-AVTAL", "REGULAR", [_element(book.part("ENERGY", energy * 0.85))]),
    ]


def _clock(book: TariffBook) -> list[Json]:
    """Cheap at night and on weekends; the night's window runs past midnight."""
    energy = book.money.quick
    return [
        book.tariff(
            "SNABB-TID-KORT",
            "AD_HOC_PAYMENT",
            [
                _element(book.part("ENERGY", energy * 0.75), start_time="22:00", end_time="06:00"),
                _element(book.part("ENERGY", energy * 0.9), day_of_week=WEEKEND),
                _element(
                    book.part("ENERGY", energy * 1.15), start_time="15:00", end_time="19:00", day_of_week=WORKDAYS
                ),
                _element(book.part("ENERGY", energy)),
            ],
        ),
        book.tariff("SNABB-TID-AVTAL", "REGULAR", [_element(book.part("ENERGY", energy * 0.88))]),
    ]


def _idle(book: TariffBook) -> list[Json]:
    """Who stands there after 45 minutes pays for it, in the daytime."""
    energy = book.money.quick
    fee = book.part("PARKING_TIME", book.money.hour * 10, 60)
    return [
        book.tariff(
            "SNABB-KO-KORT",
            "AD_HOC_PAYMENT",
            [
                _element(fee, min_duration=2700, start_time="06:00", end_time="22:00"),
                _element(book.part("ENERGY", energy * 1.03)),
            ],
            tariff_alt_text=_texts(_IDLE_TEXT),
        ),
        book.tariff(
            "SNABB-KO-AVTAL",
            "REGULAR",
            [
                _element(fee, min_duration=2700, start_time="06:00", end_time="22:00"),
                _element(book.part("ENERGY", energy * 0.86)),
            ],
            tariff_alt_text=_texts(_IDLE_TEXT),
        ),
    ]


def _start_fee(book: TariffBook) -> list[Json]:
    money = book.money
    return [
        book.tariff(
            "SNABB-START",
            None,
            [_element(book.part("FLAT", money.start), book.part("ENERGY", money.quick * 0.95, 100))],
            min_price=book.limit(money.start * 4),
            preauthorize_amount=round(money.quick * 60),
        )
    ]


def _by_power(book: TariffBook) -> list[Json]:
    """Two prices by the momentary power."""
    energy = book.money.quick
    return [
        book.tariff(
            "SNABB-EFFEKT",
            "AD_HOC_PAYMENT",
            [
                _element(book.part("ENERGY", energy * 0.9), max_power=50),
                _element(book.part("ENERGY", energy * 1.1), min_power=50),
            ],
        ),
        book.tariff("SNABB-EFFEKT-AVTAL", "REGULAR", [_element(book.part("ENERGY", energy * 0.87))]),
    ]


def _announced(book: TariffBook) -> list[Json]:
    """Three price lists in a row: one in force, the others announced."""
    energy = book.money.quick
    first, second = _FUTURE
    return [
        book.tariff(
            "SNABB-2026", "AD_HOC_PAYMENT", [_element(book.part("ENERGY", energy * 0.98))], end_date_time=first
        ),
        book.tariff(
            "SNABB-2027",
            "AD_HOC_PAYMENT",
            [_element(book.part("ENERGY", energy * 1.08))],
            start_date_time=first,
            end_date_time=second,
        ),
        book.tariff(
            "SNABB-2028", "AD_HOC_PAYMENT", [_element(book.part("ENERGY", energy * 1.12))], start_date_time=second
        ),
    ]


def _dynamic(book: TariffBook) -> list[Json]:
    """A price for each hour of the day, as operators on the spot market print them."""
    energy = book.money.quick
    curve = (80, 78, 77, 77, 79, 85, 96, 108, 110, 104, 99, 95, 92, 91, 93, 99, 110, 120, 122, 115, 106, 98, 90, 84)
    hours = [
        _element(
            book.part("ENERGY", energy * share / 100),
            start_time=f"{hour:02d}:00",
            end_time=f"{(hour + 1) % 24:02d}:00",
        )
        for hour, share in enumerate(curve)
    ]
    return [book.tariff("SNABB-SPOT", None, hours)]


# Plans of slow ones.


def _slow(book: TariffBook) -> list[Json]:
    energy = book.money.slow
    return [
        book.tariff("NORMAL-KORT", "AD_HOC_PAYMENT", [_element(book.part("ENERGY", energy))]),
        book.tariff("NORMAL-AVTAL", "REGULAR", [_element(book.part("ENERGY", energy * 0.9))]),
    ]


def _per_minute(book: TariffBook) -> list[Json]:
    hour = book.money.hour
    return [
        book.tariff("MINUT", None, [_element(book.part("TIME", hour * 2.5, 60), book.part("PARKING_TIME", hour, 900))])
    ]


def _night(book: TariffBook) -> list[Json]:
    energy = book.money.slow
    return [
        book.tariff(
            "NATT",
            None,
            [
                _element(book.part("ENERGY", energy * 0.7), start_time="23:00", end_time="06:00"),
                _element(book.part("ENERGY", energy * 0.85), day_of_week=WEEKEND),
                _element(book.part("ENERGY", energy)),
            ],
        )
    ]


def _free(book: TariffBook) -> list[Json]:
    return [book.tariff("FRI", None, [_element({"type": "FLAT", "price": 0.0, "vat": book.money.vat, "step_size": 0})])]


def _long_stay(book: TariffBook) -> list[Json]:
    """An hourly fee from the third hour, never more than a day's price."""
    money = book.money
    return [
        book.tariff(
            "LANGTID",
            None,
            [
                _element(
                    book.part("TIME", money.hour, 60), book.part("PARKING_TIME", money.hour, 60), min_duration=10_800
                ),
                _element(book.part("ENERGY", money.slow)),
            ],
            max_price=book.limit(money.hour * 20),
        )
    ]


def _smart(book: TariffBook) -> list[Json]:
    """A contract with the three charging profiles beside it."""
    energy = book.money.slow
    shares = (("REGULAR", 0.95), ("PROFILE_CHEAP", 0.75), ("PROFILE_GREEN", 0.85), ("PROFILE_FAST", 1.1))
    return [
        book.tariff("SMART-KORT", "AD_HOC_PAYMENT", [_element(book.part("ENERGY", energy * 1.05))]),
        *(
            book.tariff(f"SMART-{kind.removeprefix('PROFILE_')}", kind, [_element(book.part("ENERGY", energy * share))])
            for kind, share in shares
        ),
    ]


def _volume(book: TariffBook) -> list[Json]:
    energy = book.money.slow
    return [
        book.tariff(
            "VOLYM",
            None,
            [
                _element(book.part("ENERGY", energy, 1000), max_kwh=20),
                _element(book.part("ENERGY", energy * 0.8, 1000), min_kwh=20),
            ],
        )
    ]


def _bookable(book: TariffBook) -> list[Json]:
    money = book.money
    return [
        book.tariff(
            "BOKA",
            None,
            [
                _element(book.part("FLAT", money.start), book.part("TIME", money.hour, 300), reservation="RESERVATION"),
                _element(book.part("FLAT", money.start * 3), reservation="RESERVATION_EXPIRES"),
                _element(book.part("ENERGY", money.slow * 1.1)),
            ],
        )
    ]


def _by_season(book: TariffBook) -> list[Json]:
    """A winter price by dates, and a lower one where the current is small."""
    energy = book.money.slow
    return [
        book.tariff(
            "SASONG",
            None,
            [
                _element(book.part("ENERGY", energy * 1.15), start_date="2026-11-01", end_date="2027-04-01"),
                _element(book.part("ENERGY", energy * 0.85), max_current=20),
                _element(book.part("ENERGY", energy)),
            ],
            energy_mix={"is_green_energy": True},
        )
    ]


def _in_words(book: TariffBook) -> list[Json]:
    """A price that stands in words only. `elements` is required, but this is what such partners send."""
    return [
        book.tariff(
            "SKYLT", None, [], tariff_alt_text=_texts(_TEXT_ONLY), tariff_alt_url=f"{book.operator.website}/priser"
        )
    ]


_BUILDERS = {
    "plain": _plain,
    "clock": _clock,
    "idle": _idle,
    "start": _start_fee,
    "power": _by_power,
    "announced": _announced,
    "dynamic": _dynamic,
    "slow": _slow,
    "minute": _per_minute,
    "night": _night,
    "free": _free,
    "long": _long_stay,
    "smart": _smart,
    "volume": _volume,
    "bookable": _bookable,
    "season": _by_season,
    "words": _in_words,
}
_QUICK_PLANS = ("plain", "clock", "idle", "start", "power", "announced", "dynamic")
_SLOW_PLANS = ("slow", "minute", "night", "free", "long", "smart", "volume", "bookable", "season", "words")

# What a place draws its plan from: the more often named, the more often met.
QUICK = ("plain", "plain", "plain", "clock", "clock", "idle", "idle", "start", "power", "announced", "dynamic", "lost")
SLOW = ("slow", "slow", "slow", "minute", "night", "night", "long", "smart", "smart", "volume", "season", "none")
GUEST = ("free", "free", "slow", "bookable", "words", "night")
