import json
from collections import Counter
from math import cos, hypot, radians

import pytest

from finder.demo.country import Country, seconds
from finder.demo.operators import OPERATORS
from finder.demo.spots import KM_PER_DEGREE
from finder.demo.statuses import DAY
from finder.demo.versions import VERSIONS
from tests.demo.conftest import NOON
from tests.demo.rules import STATUS, faults_of

AT = seconds(NOON)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_location_keeps_the_rules_of_its_version(country: Country, version: str) -> None:
    broken = {
        listing.id: found for listing in country.listings(version) if (found := faults_of(listing.at(AT), version))
    }

    assert broken == {}


def test_there_are_three_thousand_stations_and_every_partner_has_hundreds(country: Country) -> None:
    public = {listing.place for version in VERSIONS for listing in country.listings(version)}

    assert len(public) >= 3000
    assert all(len(country.listings(version)) > 500 for version in VERSIONS)
    assert Counter(place.spot.country for place in country.places).keys() == {"SE", "NO", "DK", "FI", "AX", "DE"}


@pytest.mark.parametrize("version", VERSIONS)
def test_ids_are_unique_within_a_partner(country: Country, version: str) -> None:
    listings = country.listings(version)
    evses = [evse for listing in listings for evse in listing.facts["evses"]]

    assert len({listing.id.casefold() for listing in listings}) == len(listings)
    assert len({evse["uid"] for evse in evses}) == len(evses)
    assert len({evse["evse_id"] for evse in evses}) == len(evses)


def test_a_place_known_to_two_partners_has_the_same_evses_under_another_id_and_name(country: Country) -> None:
    listings = {
        (slug, listing.id): listing
        for slug, version in (("vastan", "2.1.1"), ("nordladd", "2.2.1"), ("tallmo", "2.3.0"))
        for listing in country.listings(version)
    }

    assert len(country.shared) >= 120
    for first, second in country.shared:
        one, other = listings[first].facts, listings[second].facts
        assert first[0] != second[0]
        assert one["id"] != other["id"]
        assert one["name"] != other["name"]
        assert [evse["evse_id"] for evse in one["evses"]] == [evse["evse_id"] for evse in other["evses"]]


def test_partners_of_a_shared_place_may_disagree_on_its_statuses(country: Country) -> None:
    listings = {listing.place: listing for listing in country.listings("2.1.1")}
    both = [
        (listings[listing.place].at(AT), listing.at(AT))
        for listing in country.listings("2.2.1")
        if listing.place in listings
    ]
    statuses = [
        (one["status"], other["status"])
        for first, second in both
        for one, other in zip(first["evses"], second["evses"], strict=True)
    ]

    assert 0 < sum(one != other for one, other in statuses) < len(statuses)


def test_some_operators_stand_35_metres_from_each_other(country: Country) -> None:
    pairs = [
        (one, other) for one, other in zip(country.places, country.places[1:], strict=False) if other.number % 110 == 30
    ]

    assert len(pairs) >= 20
    for one, other in pairs:
        north = (one.spot.latitude - other.spot.latitude) * KM_PER_DEGREE * 1000
        east = (one.spot.longitude - other.spot.longitude) * KM_PER_DEGREE * 1000 * cos(radians(one.spot.latitude))
        assert hypot(north, east) == pytest.approx(35, abs=1)
        assert one.operator is not other.operator


def test_some_are_hidden_and_some_wholly_removed(country: Country) -> None:
    for version in ("2.2.1", "2.3.0"):
        assert any(not listing.facts["publish"] for listing in country.listings(version))
    removed = [
        listing
        for version in VERSIONS
        for listing in country.listings(version)
        if {evse["status"] for evse in listing.at(AT)["evses"]} == {"REMOVED"}
    ]
    assert len(removed) >= 20


def test_some_stations_are_taken_away_after_a_while(country: Country) -> None:
    def there(moment: int) -> set[str]:
        return {
            listing.id
            for listing in country.listings("2.2.1")
            if any(evse["status"] != "REMOVED" for evse in listing.at(moment)["evses"])
        }

    assert there(AT) - there(AT + 6 * DAY)


def test_every_status_is_met(country: Country) -> None:
    met = Counter(
        evse["status"]
        for version in VERSIONS
        for listing in country.listings(version)
        for evse in listing.at(AT)["evses"]
    )

    assert met.keys() == STATUS
    assert met["AVAILABLE"] > met["CHARGING"] > met["OUTOFORDER"]


def test_the_same_seed_gives_the_same_bytes() -> None:
    def written(seed: int) -> bytes:
        country = Country(seed, stations=60)
        objects = [listing.at(AT) for version in VERSIONS for listing in country.listings(version)]
        tariffs = [country.tariffs(version) for version in VERSIONS]
        return json.dumps([objects, tariffs]).encode()

    assert written(1) == written(1)
    assert written(1) != written(2)


def test_a_small_country_has_something_of_everything(small: Country) -> None:
    assert len(small.shared) == 3
    assert {place.fate for place in small.places} == {"public", "hidden", "removed"}
    assert {place.operator.partner for place in small.places} == {operator.partner for operator in OPERATORS}


@pytest.mark.parametrize("version", VERSIONS)
def test_connectors_name_tariffs_that_exist_but_for_a_few(country: Country, version: str) -> None:
    known = {tariff["id"] for tariff in country.tariffs(version)}
    named = Counter(
        id in known
        for listing in country.listings(version)
        for evse in listing.facts["evses"]
        for connector in evse["connectors"]
        for id in connector.get("tariff_ids", [connector.get("tariff_id")])
        if id
    )

    assert named[True] > 10 * named[False] > 0


def test_tariffs_are_of_every_kind(country: Country) -> None:
    tariffs = country.tariffs("2.3.0")
    elements = [element for tariff in tariffs for element in tariff["elements"]]
    parts = [part for element in elements for part in element["price_components"]]

    assert {part["type"] for part in parts} == {"ENERGY", "TIME", "PARKING_TIME", "FLAT"}
    assert {tariff.get("type") for tariff in tariffs} == {
        *(None, "AD_HOC_PAYMENT", "REGULAR", "PROFILE_CHEAP", "PROFILE_GREEN", "PROFILE_FAST")
    }
    assert {name for element in elements for name in element.get("restrictions", ())} == {
        *("start_time", "end_time", "start_date", "end_date", "day_of_week", "min_kwh", "max_kwh"),
        *("min_power", "max_power", "min_duration", "max_current", "reservation"),
    }
    assert {tariff["currency"] for tariff in tariffs} == {"SEK", "NOK", "DKK", "EUR"}
    assert {tariff["tax_included"] for tariff in tariffs} == {"YES", "NO"}
    assert {part["vat"] for part in parts} == {25, 25.5, 19}
    assert any(not tariff["elements"] and tariff["tariff_alt_text"] for tariff in tariffs)
    assert any(tariff.get("start_date_time", "") > "2026-12" for tariff in tariffs)


def test_older_versions_have_only_their_own_tariff_fields(country: Country) -> None:
    for tariff in country.tariffs("2.1.1"):
        assert tariff.keys() <= {
            *("id", "currency", "tariff_alt_text", "tariff_alt_url", "elements", "energy_mix", "last_updated")
        }
        assert all("vat" not in part for element in tariff["elements"] for part in element["price_components"])
    for tariff in country.tariffs("2.2.1"):
        assert "tax_included" not in tariff
        assert all("excl_vat" in tariff[name] for name in ("min_price", "max_price") if name in tariff)
