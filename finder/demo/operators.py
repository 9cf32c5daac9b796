"""Who runs the demonstration's chargers: three partners, one a version of OCPI, and the invented operators behind them."""

from typing import Any, NamedTuple

Json = dict[str, Any]


class Partner(NamedTuple):
    """A platform. `country_code` and `party_id` are what its credentials say; 2.1.1 objects carry no others."""

    slug: str
    name: str
    version: str
    country_code: str
    party_id: str
    licence: str
    token: str


class Operator(NamedTuple):
    """`weights`: how often it is met in each country. `kinds` are the sorts of place it runs (`country.py`), empty: all."""

    name: str
    partner: str
    country_code: str
    party_id: str
    phone: str
    website: str
    weights: dict[str, float]
    kinds: frozenset[str] = frozenset()
    green: bool = True

    @property
    def details(self) -> Json:
        return {"name": self.name, "website": self.website}


PARTNERS: tuple[Partner, ...] = (
    Partner("vastan", "Västan Laddning", "2.1.1", "SE", "VST", "CC0-1.0", "vastan-demo-6b1f0c5d92"),
    Partner("nordladd", "Nordladd", "2.2.1", "SE", "NLD", "CC-BY-4.0", "nordladd-demo-41c7e9a2f8"),
    Partner("tallmo", "Tallmo", "2.3.0", "SE", "TLM", "CC-BY-4.0", "tallmo-demo-d3805b7e1a"),
)


def partner(version: str) -> Partner:
    return next(partner for partner in PARTNERS if partner.version == version)


def _kinds(names: str) -> frozenset[str]:
    return frozenset(names.split())


OPERATORS: tuple[Operator, ...] = (
    Operator(
        "Västan Laddning",
        "vastan",
        "SE",
        "VST",
        "0771-39 01 10",
        "https://www.vastanladdning.example",
        {"SE": 8},
    ),
    Operator(
        "Bohus Parkering",
        "vastan",
        "SE",
        "BOP",
        "031-390 06 20",
        "https://bohusparkering.example",
        {"SE": 2.5},
        _kinds("garage street station museum sport housing"),
    ),
    Operator(
        "Fjällvinden Laddning",
        "vastan",
        "SE",
        "FJV",
        "0771-39 01 30",
        "https://fjallvinden.example",
        {"SE": 1.5},
        _kinds("resort hotel motorway supermarket camping"),
    ),
    Operator(
        "Sundets Ladestander",
        "vastan",
        "DK",
        "SUN",
        "+45 70 20 01 40",
        "https://sundetsladestander.example",
        {"DK": 4},
        green=False,
    ),
    Operator(
        "Nordladd",
        "nordladd",
        "SE",
        "NLD",
        "0771-40 02 10",
        "https://www.nordladd.example",
        {"SE": 7, "NO": 4, "FI": 2},
    ),
    Operator("Kustladd", "nordladd", "SE", "KUS", "0771-40 02 20", "https://kustladd.example", {"SE": 3, "AX": 2}),
    Operator("Fjordlade", "nordladd", "NO", "FJO", "+47 815 00 230", "https://fjordlade.example", {"NO": 7}),
    Operator("Järvilataus", "nordladd", "FI", "JRV", "+358 20 390 0240", "https://jarvilataus.example", {"FI": 6}),
    Operator(
        "Stadens Stolpar",
        "nordladd",
        "SE",
        "STS",
        "0771-40 02 50",
        "https://stadensstolpar.example",
        {"SE": 3},
        _kinds("street garage station sport museum housing office"),
    ),
    Operator("Tallmo", "tallmo", "SE", "TLM", "0771-41 03 10", "https://www.tallmo.example", {"SE": 5}),
    Operator(
        "Tunga Laddnätet",
        "tallmo",
        "SE",
        "TNG",
        "0771-41 03 20",
        "https://tungaladdnatet.example",
        {"SE": 1.5, "DK": 0.5},
        _kinds("truck motorway"),
    ),
    Operator("Bælt Opladning", "tallmo", "DK", "BLT", "+45 70 20 03 30", "https://baeltopladning.example", {"DK": 4}),
    Operator(
        "Hanse Ladepark",
        "tallmo",
        "DE",
        "HLP",
        "+49 800 0003340",
        "https://hanse-ladepark.example",
        {"DE": 5},
        green=False,
    ),
    Operator(
        "Skärgårdens Laddkraft",
        "tallmo",
        "FI",
        "SKG",
        "+358 18 39 0350",
        "https://skargardens.example",
        {"AX": 3, "FI": 1},
    ),
    Operator("Viddekraft", "tallmo", "NO", "VID", "+47 815 00 360", "https://viddekraft.example", {"NO": 2}),
)
