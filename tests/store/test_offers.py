"""What a charge costs at the stations of a search: the filters and orders that look into documents."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from finder.ocpi.types import (
    Connector,
    Evse,
    Location,
    PriceComponent,
    PriceLimit,
    Tariff,
    TariffElement,
    TariffRestrictions,
)
from finder.stations.prices import best, plug_prices
from finder.stations.types import Station
from finder.stations.zones import zone
from finder.store import documents, kinds, stations, tariffs
from finder.store.database import writing
from finder.store.offers import Cheapest
from finder.store.stations import Found, OtherOrder, Search, TooMany
from finder.tariffs.charge import Charge, NoSuchTime
from tests.store.country import location, partner, write

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)  # Monday 10:00 in Stockholm
TWENTY = Charge(energy_kwh=Decimal(20))


def plug(*tariff_ids: str, standard: str = "IEC_62196_T2_COMBO", kw: float | None = 150, **more: Any) -> Connector:
    power_type = "DC" if "COMBO" in standard or standard == "CHADEMO" else "AC_3_PHASE"
    power = None if kw is None else kw * 1000
    return Connector(
        "1", standard=standard, power_type=power_type, max_electric_power=power, tariff_ids=tariff_ids, **more
    )


def place(id: str, *connectors: Connector, north: float = 0, **more: Any) -> Location:
    evses = [Evse(uid=f"{id}{n}", evse_id=f"SE*NOR*E{id}{n}1", connectors=(each,)) for n, each in enumerate(connectors)]
    return location(id, 58.35 + north, 11.81, *evses, **more)


def tariff(id: str, *prices: str | PriceComponent, vat: int | None = 25, **more: Any) -> Tariff:
    components = tuple(
        PriceComponent("ENERGY", Decimal(each), None if vat is None else Decimal(vat))
        if isinstance(each, str)
        else each
        for each in prices
    )
    elements = (TariffElement(components),) if components else ()
    return Tariff(**{"country_code": "SE", "party_id": "NOR", "id": id, "currency": "SEK", "elements": elements} | more)


def keep(engine: sa.Engine, partner_pk: int, *given: Tariff) -> None:
    with writing(engine) as connection:
        packer = documents.Packer(connection, Tariff)
        (last,) = connection.execute(sa.text("SELECT coalesce(max(pk), 0) FROM tariffs")).one()
        rows = [
            tariffs.Row(
                pk, partner_pk, one.id.casefold(), f"{one.country_code}/{one.party_id}".casefold(), str(pk).encode(), None, 0,
                packer.pack(documents.encode(one)),
            )
            for pk, one in enumerate(given, start=last + 1)
        ]  # fmt: skip
        tariffs.save(connection, rows)
        kinds.note_free(connection, partner_pk, [one.id.casefold() for one in given if kinds.may_be_free(one)])
        kinds.tell_free(connection)


def find(engine: sa.Engine, **search: Any) -> Found:
    with engine.connect() as connection:
        return stations.find(connection, Search(**{"limit": 100, "now": NOW} | search))


def ids(found: Found) -> list[str]:
    return [station.location.id for station in found.stations]


def totals(found: Found) -> list[Decimal | None]:
    return [None if price is None else price.quote.incl_vat for price in found.prices]


def whole(engine: sa.Engine, station: Station) -> Station:
    with engine.connect() as connection:
        found = stations.by_id(connection, station.id)
    assert isinstance(found, Station)
    return found


def station_pk(engine: sa.Engine, id: str) -> int:
    with engine.connect() as connection:
        return connection.scalars(sa.text("SELECT pk FROM stations WHERE name = :name"), {"name": f"Plats {id}"}).one()


@pytest.fixture
def nord(engine: sa.Engine) -> int:
    """Dear, cheap, free, without a price and without tariffs, from north to south."""
    pk = partner(engine)
    given = [
        place("dear", plug("T9"), plug("T8", standard="CHADEMO", kw=50), north=0.04),
        place("cheap", plug("T2", standard="IEC_62196_T2", kw=22), north=0.03),
        place("free", plug("T9"), plug("T0", standard="IEC_62196_T2", kw=11), north=0.02),
        place("lost", plug("T404", kw=None), north=0.01),
        place("mute", plug()),
    ]
    write(engine, pk, given)
    keep(engine, pk, tariff("T9", "9"), tariff("T8", "8"), tariff("T2", "2"), tariff("T0", "0", vat=None))
    return pk


def test_the_cheapest_come_first_and_those_without_a_price_last(engine: sa.Engine, nord: int) -> None:
    found = find(engine, sort="cost", charge=TWENTY)
    assert ids(found)[:3] == ["free", "cheap", "dear"]
    assert totals(found) == [0, 50, 200, None, None]
    reasons = {
        station.location.id: price.quote.reason
        for station, price in zip(found.stations, found.prices, strict=True)
        if price is not None
    }
    assert reasons == {"free": None, "cheap": None, "dear": None, "lost": "unresolved", "mute": "no_tariff"}


def test_without_a_price_the_nearest_comes_first(engine: sa.Engine, nord: int) -> None:
    assert ids(find(engine, sort="cost", near=(58.35, 11.81)))[3:] == ["mute", "lost"]
    assert ids(find(engine, sort="cost", near=(58.40, 11.81)))[3:] == ["lost", "mute"]


def test_of_two_that_cost_the_same_the_nearer_comes_first(engine: sa.Engine, nord: int) -> None:
    write(engine, nord, [place("near", plug("T2"), north=0.041)])
    assert ids(find(engine, sort="cost", charge=TWENTY, near=(58.40, 11.81)))[1:3] == ["near", "cheap"]
    assert ids(find(engine, sort="cost", charge=TWENTY, near=(58.35, 11.81)))[1:3] == ["cheap", "near"]


def test_only_the_plugs_that_are_asked_for_are_priced(engine: sa.Engine, nord: int) -> None:
    found = find(engine, sort="cost", charge=TWENTY, connectors=("CHADEMO", "IEC_62196_T2"))
    assert (ids(found), totals(found), found.total) == (["free", "cheap", "dear"], [0, 50, 200], 3)
    found = find(engine, charge=TWENTY, connectors=("IEC_62196_T2_COMBO",), near=(58.40, 11.81))
    assert (ids(found), totals(found)) == (["dear", "free", "lost", "mute"], [225, 225, None, None])


def test_any_of_several_plugs_is_enough(engine: sa.Engine, nord: int) -> None:
    assert ids(find(engine, connectors=("CHADEMO",))) == ["dear"]
    assert ids(find(engine, connectors=("CHADEMO", "IEC_62196_T2"))) == ["cheap", "dear", "free"]
    assert find(engine, connectors=("MCS",)) == Found(stations=(), total=0)


def test_a_list_has_prices_for_the_charge_that_is_asked_for(engine: sa.Engine, nord: int) -> None:
    for search in (
        {},
        {"near": (58.35, 11.81)},
        {"sort": "power"},
        {"bbox": (11, 58, 12, 59)},
        {"connectors": ("IEC_62196_T2",)},
    ):
        found = find(engine, charge=TWENTY, **search)
        told = dict(zip(ids(found), totals(found), strict=True))
        assert told == {id: total for id, total in (("cheap", 50), ("dear", 200), ("free", 0), ("lost", None), ("mute", None)) if id in told}  # fmt: skip
        assert find(engine, **search).prices == ()


def test_prices_in_a_list_are_those_of_the_stations_page(engine: sa.Engine, nord: int) -> None:
    charge = Charge(parking_minutes=Decimal(30))
    found = find(engine, sort="cost", charge=charge)
    for station, price in zip(found.stations, found.prices, strict=True):
        of_page = best(plug_prices(whole(engine, station), charge, zone(station.location.time_zone), NOW))
        assert price == of_page


# Free of charge


@pytest.mark.parametrize(
    ("said", "free"),
    [
        (tariff("X", "0"), True),
        (tariff("X", "0", vat=None), True),
        (tariff("X", PriceComponent("FLAT", Decimal(0))), True),
        (tariff("X", "0", min_price=PriceLimit(Decimal(0), Decimal(0))), True),
        (tariff("X", "0", type="AD_HOC_PAYMENT"), True),
        (tariff("X", "0.01"), False),
        (tariff("X", "0", PriceComponent("PARKING_TIME", Decimal(5))), False),
        (tariff("X", "0", min_price=PriceLimit(Decimal(1), Decimal(1))), False),
        (tariff("X", PriceComponent("ENERGY", None)), False),
        (tariff("X", "0", PriceComponent("TELEPORT", None)), False),
        (tariff("X", "0", currency=None), False),
        (tariff("X"), False),
        (tariff("X", "0", type="REGULAR"), False),
        (tariff("X", "0", end_date_time=NOW), False),
        (tariff("X", "0", start_date_time=datetime(2026, 11, 24, tzinfo=UTC)), False),
        (tariff("Y", "0"), False),
    ],
)
def test_free_is_only_what_a_tariff_says_is_free_for_anybody_now(engine: sa.Engine, said: Tariff, free: bool) -> None:
    pk = partner(engine)
    write(engine, pk, [place("a", plug("X"))])
    keep(engine, pk, said)
    assert ids(find(engine, free=True)) == (["a"] if free else [])
    assert ids(find(engine, free=True, charge=Charge(pay="contract", tariff="nosuch"))) == (["a"] if free else [])


def test_free_at_night_is_free_at_night(engine: sa.Engine) -> None:
    pk = partner(engine)
    write(engine, pk, [place("a", plug("X"))])
    night = TariffElement(
        (PriceComponent("ENERGY", Decimal(0)),), TariffRestrictions(start_time="22:00", end_time="06:00")
    )
    keep(engine, pk, tariff("X", elements=(night,)))
    assert ids(find(engine, free=True)) == []
    assert ids(find(engine, free=True, charge=Charge(start=datetime(2026, 11, 23, 23)))) == ["a"]


def test_free_is_at_the_plug_that_is_asked_for(engine: sa.Engine, nord: int) -> None:
    assert ids(find(engine, free=True)) == ["free"]
    assert ids(find(engine, free=True, connectors=("IEC_62196_T2",))) == ["free"]
    assert ids(find(engine, free=True, connectors=("IEC_62196_T2_COMBO",))) == []


# Which tariffs are meant


def test_a_tariff_of_another_partner_is_not_meant(engine: sa.Engine, nord: int) -> None:
    other = partner(engine, "syd")
    keep(engine, other, tariff("T2", "0.1"), tariff("T404", "0.1"))
    assert totals(find(engine, sort="cost", charge=TWENTY)) == [0, 50, 200, None, None]


def test_the_own_partys_tariff_is_meant_where_several_have_the_id(engine: sa.Engine, nord: int) -> None:
    keep(engine, nord, tariff("T2", "0.1", party_id="OST"), tariff("T404", "1", party_id="OST"))
    found = find(engine, sort="cost", charge=TWENTY)
    assert dict(zip(ids(found), totals(found), strict=True)) == {
        "free": 0,
        "lost": 25,
        "cheap": 50,
        "dear": 200,
        "mute": None,
    }


def test_an_evse_that_two_describe_has_the_prices_of_the_first(engine: sa.Engine, nord: int) -> None:
    """As on the station's page."""
    pk = station_pk(engine, "dear")
    twin = msgspec.structs.replace(place("dear", plug("T2"), plug("T2", standard="CHADEMO")), id="twin")
    write(engine, nord, [twin], station=pk)
    found = find(engine, sort="cost", charge=TWENTY, near=(58.39, 11.81), radius_km=1)
    assert totals(found) == [200]
    assert whole(engine, found.stations[0]).tariffs


def test_a_plug_that_only_the_second_describes_counts(engine: sa.Engine, nord: int) -> None:
    pk = station_pk(engine, "dear")
    write(engine, nord, [place("other", plug("T2"))], station=pk)
    assert totals(find(engine, sort="cost", charge=TWENTY, near=(58.39, 11.81), radius_km=1)) == [50]


def test_what_a_partner_without_a_licence_asks_is_not_passed_on(engine: sa.Engine, nord: int) -> None:
    closed = partner(engine, "closed", licence=None)
    pk = station_pk(engine, "dear")
    write(engine, closed, [place("other", plug("T1"))], station=pk)
    write(engine, closed, [place("alone", plug("T1"))])
    keep(engine, closed, tariff("T1", "0"))
    assert set(ids(find(engine, free=True))) == {"dear", "free", "alone"}
    assert ids(find(engine, free=True, licensed=True)) == ["free"]
    assert totals(find(engine, sort="cost", charge=TWENTY, licensed=True)) == [0, 50, 200, None, None]


# Order and pages


def test_the_strongest_come_first_and_those_of_unknown_power_last(engine: sa.Engine, nord: int) -> None:
    for near in (None, (58.35, 11.81)):
        found = ids(find(engine, sort="power", near=near))
        assert (set(found[:3]), found[3:]) == ({"dear", "free", "mute"}, ["cheap", "lost"])
    assert ids(find(engine, sort="power", connectors=("CHADEMO", "IEC_62196_T2"))) == ["dear", "cheap", "free"]


def test_by_name_and_by_distance(engine: sa.Engine, nord: int) -> None:
    by_name = ["cheap", "dear", "free", "lost", "mute"]
    assert ids(find(engine, sort="name", near=(58.35, 11.81))) == by_name
    assert ids(find(engine, sort="name")) == by_name
    assert ids(find(engine, sort="distance")) == by_name
    assert ids(find(engine, sort="distance", near=(58.35, 11.81))) == ["mute", "lost", "free", "cheap", "dear"]


def test_near_and_a_box_hold_together(engine: sa.Engine, nord: int) -> None:
    assert ids(find(engine, near=(58.35, 11.81), bbox=(11, 58.365, 12, 58.385))) == ["free", "cheap"]
    assert ids(find(engine, near=(58.35, 11.81), bbox=(11.8, 58, 11.7, 59))) == ids(find(engine, near=(58.35, 11.81)))


SEARCHES: list[dict[str, Any]] = [
    {"sort": "cost"},
    {"sort": "cost", "charge": TWENTY, "near": (58.4, 11.81)},
    {"sort": "power"},
    {"sort": "power", "near": (58.4, 11.81)},
    {"sort": "name", "near": (58.4, 11.81)},
    {"sort": "name", "connectors": ("IEC_62196_T2_COMBO", "IEC_62196_T2")},
    {"sort": "power", "connectors": ("IEC_62196_T2_COMBO", "IEC_62196_T2")},
    {"free": True},
]


@pytest.mark.parametrize("search", SEARCHES, ids=str)
def test_pages_hold_every_station_once_in_the_order_of_the_whole(
    engine: sa.Engine, nord: int, search: dict[str, Any]
) -> None:
    """Many alike in every respect but their id, and the cursor through JSON as the API sends it."""
    write(engine, nord, [place(f"{n}", plug(f"T{n % 4}"), north=0.05) for n in range(9)])
    keep(engine, nord, tariff("T3", "2", vat=None), tariff("T1", "0.3333333333", currency="EUR"))
    everything = find(engine, **search)
    shown: list[str] = []
    after = None
    while True:
        page = find(engine, limit=2, after=after, **search)
        assert page.total == everything.total
        shown += ids(page)
        if page.next is None:
            break
        after = msgspec.json.decode(msgspec.json.encode(page.next), type=tuple[str | float, str])
    assert shown == ids(everything)
    assert len(shown) == len(set(shown)) == everything.total
    assert ids(find(engine, offset=1, **search | {"limit": 3})) == shown[1:4]


def test_currencies_are_not_mixed_and_the_commonest_comes_first(engine: sa.Engine, nord: int) -> None:
    write(engine, nord, [place("euro", plug("E1"))])
    keep(engine, nord, tariff("E1", "0.5", currency="EUR"))
    assert ids(find(engine, sort="cost", charge=TWENTY))[:4] == ["free", "cheap", "dear", "euro"]


def test_a_price_without_vat_stands_after_those_with_it(engine: sa.Engine, nord: int) -> None:
    write(engine, nord, [place("bare", plug("B1"))])
    keep(engine, nord, tariff("B1", "0.5", vat=None))
    assert ids(find(engine, sort="cost", charge=TWENTY))[:4] == ["free", "cheap", "dear", "bare"]


@pytest.mark.parametrize("search", SEARCHES, ids=str)
@pytest.mark.parametrize("value", ["", "x", "3", "0 SEK", "0 SEK NaN", "0 SEK 1e9", "0 sek 1", "1 SEK 1.", "2 ", 1.5])
def test_a_place_in_another_order_is_refused(
    engine: sa.Engine, nord: int, search: dict[str, Any], value: str | float
) -> None:
    by_words = search.get("sort", "name") in ("name", "cost")
    if isinstance(value, str) == by_words and search.get("sort") != "cost":
        assert find(engine, after=(value, "x"), **search).total
        return
    with pytest.raises(OtherOrder):
        find(engine, after=(value, "x"), **search)


def test_a_station_that_is_gone_between_two_pages_hides_none(engine: sa.Engine, nord: int) -> None:
    first = find(engine, sort="cost", charge=TWENTY, limit=2)
    assert first.next is not None
    after = first.next[0], "gone"
    assert ids(find(engine, sort="cost", charge=TWENTY, after=after)) == [
        "cheap",
        *ids(find(engine, sort="cost", charge=TWENTY))[2:],
    ]


def test_a_price_is_written_and_read_as_the_same_place() -> None:
    order = Cheapest([])
    assert order.read(order.write(None)) == order.rank(None)


def test_more_than_can_be_priced_is_refused(engine: sa.Engine, nord: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stations, "MOST_READ", 1)
    with pytest.raises(TooMany):
        find(engine, sort="cost")
    assert find(engine, sort="cost", near=(58.40, 11.81), radius_km=0.1).total <= 1
    for search in ({"free": True}, {"connectors": ("CHADEMO",)}):
        assert find(engine, **search).total == len(find(engine, **search).stations)
    assert find(engine, sort="power", charge=TWENTY).total == 5


def test_a_start_that_the_clocks_skip_is_refused(engine: sa.Engine, nord: int) -> None:
    with pytest.raises(NoSuchTime):
        find(engine, sort="cost", charge=Charge(start=datetime(2027, 3, 28, 2, 30)))


def test_as_of_when_must_be_said(engine: sa.Engine, nord: int) -> None:
    with pytest.raises(TypeError):
        find(engine, sort="cost", now=None)
    assert find(engine, connectors=("CHADEMO",), now=None).total == 1
