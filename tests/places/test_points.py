"""Points get the area they lie in, whatever a partner says of their country."""

import gzip
import json
import math
from pathlib import Path

import pytest

from finder.places import area, areas, locate, nearest_town

FEED = (
    Path(__file__).parents[2].parent
    / "shared"
    / "data"
    / "ocpi"
    / "feeds"
    / "ndw_2026"
    / "ndw_national_locations.json.gz"
)

KNOWN = [
    ("Malmö C", 55.6090, 13.0007, "SE-1280"),
    ("Malmö, foot of the Öresund bridge", 55.5653, 12.8960, "SE-1280"),
    ("Dragör, Kastrup airport", 55.6290, 12.6490, "DK-185"),
    ("Kiruna", 67.8558, 20.2253, "SE-2584"),
    ("Karesuando", 68.4400, 22.4800, "SE-2584"),
    ("Visby", 57.6348, 18.2948, "SE-0980"),
    ("Fårösund", 57.8630, 19.0560, "SE-0980"),
    ("Haparanda", 65.8355, 24.1368, "SE-2583"),
    ("Tornio", 65.8481, 24.1466, "FI-10"),
    ("Strömstad", 58.9395, 11.1712, "SE-1486"),
    ("Halden", 59.1249, 11.3875, "NO-3101"),
    ("Amsterdam", 52.3728, 4.8936, "NL-0363"),
    ("Oslo", 59.9111, 10.7528, "NO-0301"),
    ("Narvik", 68.4385, 17.4273, "NO-1806"),
    ("Bodø", 67.2804, 14.4049, "NO-1804"),
    ("Copenhagen", 55.6759, 12.5655, "DK-101"),
    ("Helsingør", 56.0361, 12.6136, "DK-217"),
    ("Helsingborg", 56.0465, 12.6945, "SE-1283"),
    ("Helsinki", 60.1695, 24.9354, "FI-18"),
    ("Mariehamn", 60.0973, 19.9348, "FI-01"),
    ("Stockholm", 59.3293, 18.0686, "SE-0180"),
    ("Solna centrum", 59.3600, 18.0009, "SE-0184"),
    ("Sundbyberg", 59.3610, 17.9710, "SE-0183"),
    ("Lidingö", 59.3660, 18.1330, "SE-0186"),
    ("Mölndal", 57.6560, 12.0130, "SE-1481"),
    ("Göteborg", 57.7089, 11.9746, "SE-1480"),
    ("Gnesta, beside Södertälje", 59.0475, 17.3119, "SE-0461"),
    ("Kil, beside Karlstad", 59.5023, 13.3128, "SE-1715"),
    ("Hasslö, an island", 56.1080, 15.4770, "SE-1080"),
    ("Sälen", 61.1574, 13.2636, "SE-2023"),
    ("Munich", 48.1374, 11.5755, "DE-BY"),
    ("Paris", 48.8566, 2.3522, "FR-75C"),
    ("London", 51.5074, -0.1278, "GB-GLA"),
    ("New York", 40.7128, -74.0060, "US"),
    ("Suva, beside the date line", -18.1416, 178.4419, "FJ"),
]


@pytest.mark.parametrize(("name", "latitude", "longitude", "code"), KNOWN, ids=[row[0] for row in KNOWN])
def test_known_points(name: str, latitude: float, longitude: float, code: str) -> None:
    assert locate(latitude, longitude) == code
    assert locate(latitude, longitude, area(code).country) == code


def test_the_country_may_be_of_three_letters_and_of_any_case() -> None:
    assert locate(55.6090, 13.0007, "SWE") == locate(55.6090, 13.0007, "swe") == "SE-1280"


def test_beside_a_border_the_partners_country_decides() -> None:
    between = (65.8425, 24.1390)
    assert locate(*between, "SWE") == "SE-2583"
    assert locate(*between, "FIN") == "FI-10"


def test_aland_is_finnish_by_either_code() -> None:
    assert locate(60.0973, 19.9348, "ALA") == locate(60.0973, 19.9348, "FIN") == "FI-01"


@pytest.mark.parametrize("country", ["DEU", "BEL", "SWE", "USA", "XXX", "", "Nederland"])
def test_a_wrong_country_moves_no_point(country: str) -> None:
    assert locate(52.3728, 4.8936, country) == "NL-0363"


def test_malmo_stays_swedish_when_said_to_be_danish() -> None:
    assert locate(55.6090, 13.0007, "DNK") == "SE-1280"


def test_where_nothing_is_near_the_country_stands_alone() -> None:
    assert locate(0.0, 0.0) is None
    assert locate(0.0, 0.0, "SWE") == "SE"
    assert locate(58.5, -30.0) is None


@pytest.mark.parametrize("point", [(math.nan, 13.0), (55.0, math.nan), (math.inf, 0.0), (91.0, 0.0), (0.0, -181.0)])
def test_a_point_that_is_none_has_no_area(point: tuple[float, float]) -> None:
    assert locate(*point) is None
    assert locate(*point, "NOR") == "NO"
    assert nearest_town(*point) is None


def test_every_corner_of_the_earth_is_answered() -> None:
    codes = {place.code for place in areas()} | {None}
    steps = [(latitude, longitude) for latitude in range(-90, 91, 6) for longitude in range(-180, 181, 6)]
    assert all(locate(latitude, longitude) in codes for latitude, longitude in steps)


def test_the_nearest_town_is_of_some_size() -> None:
    town = nearest_town(55.6090, 13.0007)
    assert town is not None
    assert (town.name_sv, town.area) == ("Malmö", "SE-1280")
    assert nearest_town(0.0, 0.0) is None


@pytest.mark.skipif(not FEED.exists(), reason="needs the feeds of ../shared")
def test_a_whole_country_is_located_in_its_country() -> None:
    locations = json.loads(gzip.decompress(FEED.read_bytes()))
    points = [
        (float(found["coordinates"]["latitude"]), float(found["coordinates"]["longitude"]), found["country"])
        for found in locations
    ]
    del locations
    codes = [locate(*point) for point in points]
    assert all(code and code.startswith("NL-") for code in codes)
    assert len(set(codes)) > 330
