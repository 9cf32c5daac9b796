"""The specification's own examples, field by field, in each version."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from finder.ocpi.hours import hours
from finder.ocpi.parts import energy_mix
from finder.ocpi.read import read_location, read_tariff
from finder.ocpi.repair import decoded
from finder.ocpi.types import (
    BusinessDetails,
    Connector,
    Coordinates,
    EnergySource,
    EnvironmentalImpact,
    EvseParking,
    ExceptionalPeriod,
    Hours,
    Location,
    Parking,
    PriceComponent,
    PriceLimit,
    RegularHours,
    Source,
    Tariff,
    TariffRestrictions,
)
from tests.conftest import FEEDS
from tests.ocpi.objects import NOW

pytestmark = pytest.mark.skipif(
    not FEEDS.exists(), reason="the examples are in ../shared/data/ocpi, beside the project"
)


def example(version: str, name: str) -> bytes:
    return (FEEDS / "spec" / version / f"{name}.json").read_bytes()


def location(version: str, name: str) -> Location:
    found = read_location(example(version, name), Source("spec", version, "BE", "BEC"), NOW)
    assert isinstance(found, Location), found
    return found


def tariff(version: str, name: str) -> Tariff:
    found = read_tariff(example(version, name), Source("spec", version, "DE", "ALL"), NOW)
    assert isinstance(found, Tariff), found
    return found


GENT = [("2.1.1", "mod_locations_05"), ("2.2.1", "location_example"), ("2.3.0", "location_example")]


@pytest.mark.parametrize(("version", "name"), GENT)
def test_the_location_in_gent_is_the_same_in_every_version(version: str, name: str) -> None:
    found = location(version, name)
    assert (found.country_code, found.party_id, found.id) == ("BE", "BEC", "LOC1")
    assert (found.name, found.address, found.city) == ("Gent Zuid", "F.Rooseveltlaan 3A", "Gent")
    assert (found.postal_code, found.country, found.time_zone) == ("9000", "BEL", "Europe/Brussels")
    assert found.coordinates == Coordinates(51.047599, 3.729944)
    assert found.operator == BusinessDetails("BeCharged")
    assert found.opening_times is None
    assert found.last_updated == datetime(2015, 6, 29, 20, 39, 9, tzinfo=UTC)
    assert [(evse.uid, evse.status, evse.floor_level, evse.physical_reference) for evse in found.evses] == [
        ("3256", "AVAILABLE", "-1", "1"),
        ("3257", "RESERVED", "-2", "2"),
    ]
    assert found.evses[0].capabilities == ("RESERVABLE",)
    assert found.evses[0].connectors[0] == Connector(
        id="1",
        standard="IEC_62196_T2",
        format="CABLE",
        power_type="AC_3_PHASE",
        max_voltage=220,
        max_amperage=16,
        tariff_ids=("11",),
    )
    assert found.parking_type == ("PARKING_GARAGE" if version == "2.3.0" else "ON_STREET")


def test_parking_places_of_2_3_0() -> None:
    found = location("2.3.0", "location_example")
    assert found.evses[0].parking == (EvseParking("1", "LEFT"), EvseParking("2", "RIGHT"))
    assert found.parking_places[0] == Parking(
        "1", "B1", ("PERSONAL_VEHICLE",), reservation_required=False, restricted_to_type=True
    )


def test_hours_of_a_parking_garage() -> None:
    found = location("2.2.1", "location_example_parking_garage_opening_hours").opening_times
    assert found is not None
    assert found.regular_hours[0] == RegularHours(1, "07:00", "18:00")
    assert not found.twentyfourseven


def test_exceptional_hours() -> None:
    always = hours(decoded(example("2.2.1", "location_hours_247_open_exception_closing")))
    morning = ExceptionalPeriod(datetime(2018, 12, 25, 3, tzinfo=UTC), datetime(2018, 12, 25, 5, tzinfo=UTC))
    assert always == Hours(True, exceptional_closings=(morning,))
    opened = hours(decoded(example("2.3.0", "location_hours_opening_hours_with_exceptional_opening")))
    later = ExceptionalPeriod(datetime(2018, 12, 25, 5, tzinfo=UTC), datetime(2018, 12, 25, 6, tzinfo=UTC))
    nights = (RegularHours(1, "00:00", "04:00"), RegularHours(2, "00:00", "04:00"))
    assert opened == Hours(False, nights, exceptional_openings=(later,))


def test_an_energy_mix() -> None:
    found = energy_mix(decoded(example("2.2.1", "location_energymix_example_complete"))["energy_mix"])
    assert found is not None
    assert found.is_green_energy is False
    assert found.energy_sources[0] == EnergySource("GENERAL_GREEN", 35.9)
    assert found.environ_impact[1] == EnvironmentalImpact("CARBON_DIOXIDE", 372)
    assert (found.supplier_name, found.energy_product_name) == ("E.ON Energy Deutschland", "E.ON DirektStrom eco")


def test_an_impact_of_2_1_1_names_its_category_source() -> None:
    found = energy_mix({"is_green_energy": True, "environ_impact": [{"source": "NUCLEAR_WASTE", "amount": 0.0006}]})
    assert found is not None
    assert found.environ_impact == (EnvironmentalImpact("NUCLEAR_WASTE", 0.0006),)


@pytest.mark.parametrize("version", ["2.2.1", "2.3.0"])
def test_the_complex_tariff(version: str) -> None:
    found = tariff(version, "tariff_4_complex")
    assert (found.country_code, found.party_id, found.id, found.currency, found.type) == (
        "DE",
        "ALL",
        "14",
        "EUR",
        "REGULAR",
    )
    assert found.tariff_alt_url == "https://company.com/tariffs/14"
    flat, slow, fast = found.elements[:3]
    assert (flat.price_components, flat.restrictions) == (
        (PriceComponent("FLAT", Decimal("2.50"), Decimal("15.0"), 1),),
        None,
    )
    assert slow.restrictions == TariffRestrictions(max_current=Decimal("32.00"))
    workdays = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")
    assert fast.restrictions == TariffRestrictions(min_current=Decimal("32.00"), day_of_week=workdays)
    assert found.elements[4].restrictions == TariffRestrictions(
        start_time="09:00", end_time="18:00", day_of_week=workdays
    )


@pytest.mark.parametrize(("version", "tax_included"), [("2.2.1", None), ("2.3.0", "NO")])
def test_a_lowest_price_has_two_sides_in_both_versions(version: str, tax_included: str | None) -> None:
    found = tariff(version, "tariff_12_025kwh_min_price")
    assert found.min_price == PriceLimit(Decimal("0.50"), Decimal("0.55"))
    assert (found.max_price, found.tax_included) == (None, tax_included)


def test_tax_included_of_2_3_0() -> None:
    assert tariff("2.3.0", "tariff_20_simple_north_american_inclusive").tax_included == "YES"
    assert tariff("2.3.0", "tariff_19_simple_north_american_exclusive").tax_included == "NO"


def test_a_free_tariff_of_2_1_1_is_of_the_source() -> None:
    found = tariff("2.1.1", "mod_tariffs_06")
    assert (found.country_code, found.party_id, found.id, found.currency) == ("DE", "ALL", "12", "EUR")
    assert found.elements[0].price_components == (PriceComponent("FLAT", Decimal("0.00"), None, 0),)
