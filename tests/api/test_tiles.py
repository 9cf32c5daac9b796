from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import isclose

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from finder.places import mercator
from finder.stations.summary import Summary, summarise
from finder.stations.types import Station
from finder.store import clusters, stations
from finder.store.database import reading, writing
from finder.store.schema import clusters as clusters_table
from finder.store.stations import Search
from tests import tile
from tests.api.conftest import TORP, Json, Take, connector, evse, location

STALE = timedelta(hours=2)
# Around the sound, so that many share a square on one zoom and none on another; some on the line of 180 degrees.
SPOTS = [(58.35 + place % 7 * 0.003, 11.81 + place % 5 * 0.02) for place in range(12)]
SPOTS += [(55.6 + place * 0.4, 13.0 - place * 0.3) for place in range(12)]
SPOTS += [(-16.8, 180.0), (-16.8, -180.0), (-16.9, 179.99), (-16.9, -179.99), (84.0, 0.0), (89.0, 10.0)]
STATUSES = ("AVAILABLE", "CHARGING", "OUTOFORDER", "UNKNOWN", "PLANNED", "RESERVED")


def feed(first: int = 0) -> list[Json]:
    """Stations with one to three points of every status."""
    found = []
    for number, (latitude, longitude) in enumerate(SPOTS, start=first):
        points = [
            evse(1000 + 10 * number + n, STATUSES[(number + n) % len(STATUSES)], connector(**plug(number)))
            for n in range(1 + number % 3)
        ]
        operator = "Nordladd" if number % 2 else "Västan Laddning"
        found.append(location(f"p{number}", latitude, longitude, *points, operator={"name": operator}))
    return found


def plug(number: int) -> Json:
    return {"standard": "CHADEMO" if number % 4 == 0 else "IEC_62196_T2_COMBO"}


def asked(client: FlaskClient, zoom: int, x: int, y: int, query: str = "") -> dict[str, list[tile.Feature]]:
    response = client.get(f"/tiles/{zoom}/{x}/{y}.mvt{query}")
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/vnd.mapbox-vector-tile"
    return tile.read(response.data)


def told(app: Flask, search: Search | None = None) -> list[tuple[Station, Summary]]:
    """What the pages show, one by one."""
    now = datetime.now(UTC)
    with reading(app.extensions["finder.engine"]) as connection:
        found = stations.find(connection, search or Search(limit=500))
    return [(station, summarise(station, now)) for station in found.stations]


def place(station: Station, zoom: int) -> tuple[int, int]:
    x, y = mercator.project(station.location.coordinates.latitude, station.location.coordinates.longitude)
    return int(x * 2**zoom), int(y * 2**zoom)


def every_tile(app: Flask, zoom: int) -> Iterator[tuple[int, int]]:
    yield from sorted({place(station, zoom) for station, _ in told(app)})


def counted(app: Flask, zoom: int, search: Search | None = None) -> Counter[tuple[int, int, int, int, int]]:
    """Squares of 64 pixels by column and row, with stations, points that are free, and points whose status is known."""
    squares: dict[tuple[int, int], list[Summary]] = {}
    for station, summary in told(app, search):
        squares.setdefault(place(station, zoom + 3), []).append(summary)
    return Counter(
        (*where, len(some), sum(each.available for each in some), sum(each.known for each in some))
        for where, some in squares.items()
    )


def drawn(app: Flask, client: FlaskClient, zoom: int, query: str = "") -> Counter[tuple[int, int, int, int, int]]:
    found = []
    for x, y in every_tile(app, zoom):
        for cluster in asked(client, zoom, x, y, query).get("clusters", ()):
            (((east, south),),) = cluster.geometry
            has = cluster.properties
            square = x * 8 + east // 512, y * 8 + south // 512
            found.append((*square, has["stations"], has.get("available", 0), has.get("known", 0)))
    return Counter(found)


@pytest.mark.parametrize("zoom", [0, 3, 6, 9, 11])
def test_clusters_count_what_the_pages_show(app: Flask, client: FlaskClient, take: Take, zoom: int) -> None:
    take(*feed())
    assert sum(counted(app, zoom).values()) > 0
    assert drawn(app, client, zoom) == counted(app, zoom)


@pytest.mark.parametrize("query", ["operator=nordladd", "connector=CHADEMO", "q=plats"])
@pytest.mark.parametrize("zoom", [2, 8])
def test_clusters_of_a_search_count_what_the_list_shows(
    app: Flask, client: FlaskClient, take: Take, query: str, zoom: int
) -> None:
    take(*feed())
    name, value = query.split("=")
    field: Json = {"operator": {"operator": value}, "connector": {"connectors": (value,)}, "q": {"text": value}}
    search = Search(**field[name], limit=500)
    assert drawn(app, client, zoom, f"?{query}") == counted(app, zoom, search)


def test_free_of_charge_is_a_condition_too(app: Flask, client: FlaskClient, take: Take) -> None:
    nothing = {
        "id": "T1",
        "elements": [{"price_components": [{"type": "ENERGY", "price": 0, "vat": 0, "step_size": 1}]}],
    }
    take(*feed(), tariffs=({"country_code": "SE", "party_id": "NOR", "currency": "SEK", **nothing, "last_updated": "2026-11-01T00:00:00Z"},))  # fmt: skip
    assert drawn(app, client, 5, "?free=1") == counted(app, 5)
    take(*feed())
    assert not drawn(app, client, 5, "?free=1")


@pytest.mark.parametrize("zoom", [12, 14])
def test_single_stations_are_where_they_are_and_say_what_the_pages_say(
    app: Flask, client: FlaskClient, take: Take, zoom: int
) -> None:
    take(*feed())
    found = {}
    for x, y in every_tile(app, zoom):
        for pin in asked(client, zoom, x, y)["stations"]:
            (((east, south),),) = pin.geometry
            assert 0 <= east < 4096
            assert 0 <= south < 4096
            assert pin.properties["id"] not in found
            found[pin.properties["id"]] = (x + east / 4096) / 2**zoom, (y + south / 4096) / 2**zoom, pin.properties
    shown = told(app)
    assert found.keys() == {station.id for station, _ in shown}
    for station, summary in shown:
        x, y, has = found[station.id]
        spot = mercator.project(station.location.coordinates.latitude, station.location.coordinates.longitude)
        assert isclose(x, spot[0], abs_tol=1 / 4096 / 2**zoom)
        assert isclose(y, spot[1], abs_tol=1 / 4096 / 2**zoom)
        assert (has["name"], has["points"]) == (station.location.name, summary.total)
        assert has["status"] == summary.status
        assert (has.get("available", 0), has.get("known", 0)) == (summary.available, summary.known)
        assert ("status_at" in has) == (summary.status != "unknown")


def test_a_pin_leads_to_the_page_of_its_station(client: FlaskClient, take: Take) -> None:
    take(TORP)
    x, y = (int(part * 2**12) for part in mercator.project(58.3535, 11.8105))
    (pin,) = asked(client, 12, x, y)["stations"]
    page = client.get(f"/sv/laddstation/{pin.properties['path']}/", follow_redirects=True)
    assert page.status_code == 200
    assert "Torp köpcentrum" in page.text


def test_a_word_that_no_longer_holds_is_unknown(app: Flask, client: FlaskClient, take: Take) -> None:
    take(*feed(), ago=STALE)
    for zoom, kind in ((4, "clusters"), (12, "stations")):
        for x, y in every_tile(app, zoom):
            for each in asked(client, zoom, x, y)[kind]:
                assert each.properties["status"] == "unknown"
                assert not each.properties.keys() & {"available", "known", "status_at"}


def test_a_partner_that_is_late_does_not_spoil_what_others_say(app: Flask, client: FlaskClient, take: Take) -> None:
    take(*feed(), slug="nordladd", ago=STALE)
    take(*(each | {"id": f"v{each['id']}"} for each in feed(100)), slug="vastan")
    for zoom in (1, 7, 11):
        assert drawn(app, client, zoom) == counted(app, zoom)


def test_of_two_partners_that_tell_of_one_station_the_newer_word_counts(
    app: Flask, client: FlaskClient, take: Take
) -> None:
    take(location("a", 58.35, 11.81, evse(1, "AVAILABLE"), evse(2, "CHARGING")), slug="nordladd")
    newer = evse(1, "CHARGING", last_updated=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    take(location("b", 58.35, 11.81, newer, evse(3, "AVAILABLE")), slug="vastan")
    (_, summary) = told(app)[0]
    assert (summary.total, summary.available, summary.known) == (3, 1, 3)
    for zoom in (0, 5, 11):
        assert drawn(app, client, zoom) == counted(app, zoom)


def test_clusters_follow_every_pull(app: Flask, client: FlaskClient, take: Take) -> None:
    """Statuses, moves, new stations and hidden ones: made anew where they changed, the counts are those of a fresh start."""
    take(*feed())
    changed = feed()
    changed[0]["evses"][0]["status"] = "CHARGING"
    changed[1]["coordinates"] = {"latitude": "59.3", "longitude": "18.05"}
    changed[2]["publish"] = False
    changed.append(location("new", 58.351, 11.812))
    for each in changed[:3]:
        each["last_updated"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    take(*changed)
    for zoom in (0, 4, 8, 11):
        assert drawn(app, client, zoom) == counted(app, zoom)
    engine = app.extensions["finder.engine"]
    with reading(engine) as connection:
        kept = sorted(map(tuple, connection.execute(sa.select(*list(clusters_table.c)[:5]))))
    with writing(engine) as connection:
        connection.execute(clusters_table.delete())
        clusters.mark_all(connection)
        clusters.refresh(connection)
        assert sorted(map(tuple, connection.execute(sa.select(*list(clusters_table.c)[:5])))) == kept


def test_stations_that_are_not_to_be_shown_are_in_no_tile(app: Flask, client: FlaskClient, take: Take) -> None:
    shown = location("shown", 58.35, 11.81)
    take(shown, location("gone", 58.351, 11.811))
    removed = location("gone", 58.351, 11.811, evse(9, "REMOVED"), last_updated=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))  # fmt: skip
    take(shown, removed, location("hidden", 58.352, 11.812, publish=False))
    x, y = place(told(app)[0][0], 12)
    assert [pin.properties["name"] for pin in asked(client, 12, x, y)["stations"]] == ["Plats shown"]
    assert [each.properties["stations"] for each in asked(client, 0, 0, 0)["clusters"]] == [1]


@pytest.mark.parametrize("path", ["5/32/0", "17/0/0", "-1/0/0", "x/0/0", "3/1.5/0", "3/1/9999999999", "٣/1/1"])
def test_a_tile_that_there_is_not_is_said_in_one_sentence(empty: FlaskClient, path: str) -> None:
    response = empty.get(f"/tiles/{path}.mvt")
    assert response.status_code == 404
    assert response.json["detail"].startswith("no such tile")


@pytest.mark.parametrize("query", ["connector=plug", "free=yes", "operator=%00", "colour=red", "q="])
def test_a_wrong_condition_is_refused_by_name(empty: FlaskClient, query: str) -> None:
    response = empty.get(f"/tiles/0/0/0.mvt?{query}")
    assert response.status_code == 400
    assert query.split("=")[0] in response.json["detail"]


def test_a_tile_is_kept_for_a_minute_and_not_sent_twice(client: FlaskClient, take: Take) -> None:
    take(TORP)
    first = client.get("/tiles/3/4/2.mvt")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = client.get("/tiles/3/4/2.mvt", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_tile_without_stations_is_empty(empty: FlaskClient) -> None:
    for path in ("0/0/0", "12/2104/1346"):
        response = empty.get(f"/tiles/{path}.mvt")
        assert (response.status_code, response.data) == (200, b"")
