"""Figures of all stations are counted in the database, and follow it."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from finder.store import database, figures
from finder.store.figures import Figures, PlugCount, PointCount
from tests.pages import priced, site
from tests.store.country import NOW as THEN
from tests.store.country import evse, location, partner, write

# A Monday.
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
Objects = list[dict[str, Any]]


def counted(folder: Path, locations: Objects, tariffs: Objects) -> Figures:
    app = site.application(folder)
    priced.take_in(app, folder, locations, tariffs)
    with database.reading(app.extensions["finder.engine"]) as connection:
        return figures.figures(connection, NOW)


def places(*named: str, **more: Any) -> Objects:
    """A station on direct current for each tariff."""
    return [priced.place(f"P{n}", f"Plats {n}", ref, metres=n * 200, **more) for n, ref in enumerate(named)]


def at_night(id: str, low: float, high: float) -> dict[str, Any]:
    """With 25 % VAT: `low` from 22 to 6, else `high`."""
    night = {"start_time": "22:00", "end_time": "06:00"}
    return priced.tariff(
        id,
        0,
        elements=[
            {"price_components": [{"type": "ENERGY", "price": low, "vat": 25, "step_size": 1}], "restrictions": night},
            {"price_components": [{"type": "ENERGY", "price": high, "vat": 25, "step_size": 1}]},
        ],
    )


def test_plugs_are_counted_of_every_station(tmp_path: Path) -> None:
    both = site.location(
        "BOTH",
        name="Båda",
        coordinates={"latitude": "59.0", "longitude": "12.0"},
        evses=[site.evse("b1", "AVAILABLE"), site.evse("b2", "AVAILABLE", dc=False)],
    )
    slow = priced.place("S", "Långsam", metres=900, dc=False)
    found = counted(tmp_path, [both, slow], [])
    assert (found.stations, found.points) == (2, 3)
    assert found.plugs == (PlugCount("IEC_62196_T2", 2, 22), PlugCount("IEC_62196_T2_COMBO", 1, 150))
    assert set(found.looked.plugs) == {
        PointCount("IEC_62196_T2", 2, cables=0, sockets=2),
        PointCount("IEC_62196_T2_COMBO", 1, cables=1, sockets=0),
    }


def test_the_median_is_of_prices_with_vat_and_follows_them(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    named = ("T-400", "T-320", "T-320", "T-NO-VAT", "T-MISSING")
    before = counted(first, places(*named), priced.TARIFFS).looked.direct
    assert before is not None
    assert (before.currency, before.median, len(before.amounts), before.of) == ("SEK", Decimal(4), 3, 5)
    dearer = [priced.tariff("T-400", 4), priced.tariff("T-320", 3.6)]
    after = counted(second, places(*named), dearer).looked.direct
    assert after is not None
    assert after.median == Decimal("4.5")


def test_of_too_few_prices_there_is_no_median(tmp_path: Path) -> None:
    looked = counted(tmp_path, places("T-400", "T-320", "T-NO-VAT"), priced.TARIFFS).looked
    assert looked.direct is None
    assert looked.alternating is None
    assert looked.clock.difference is None


def test_what_is_charged_for_besides_energy_is_counted(tmp_path: Path) -> None:
    def parts(id: str, *types: str) -> dict[str, Any]:
        components = [{"type": each, "price": 6, "vat": 25, "step_size": 1} for each in types]
        return priced.tariff(id, 0, elements=[{"price_components": components}])

    tariffs = [parts("E", "ENERGY"), parts("EP", "ENERGY", "PARKING_TIME"), parts("EF", "ENERGY", "FLAT")]
    found = counted(tmp_path, places("E", "E", "EP", "EF", "UNKNOWN"), tariffs).looked.parts
    assert (found.priced, found.energy_only, found.time, found.idle, found.session) == (4, 2, 0, 1, 1)


def test_prices_that_follow_the_clock_are_told_by_the_hour_of_a_working_day(tmp_path: Path) -> None:
    tariffs = [at_night("N1", 2, 3), at_night("N2", 2, 4), at_night("N3", 3, 4), priced.tariff("D", 4)]
    found = counted(tmp_path, places("N1", "N2", "N3", "D"), tariffs).looked.clock
    assert (found.stations, found.told, found.difference) == (3, 3, Decimal("1.25"))
    assert [hour for hour, count in enumerate(found.cheapest) if count == 3] == [0, 1, 2, 3, 4, 5, 22, 23]


def test_only_stations_that_say_so_can_be_steered(tmp_path: Path) -> None:
    steered, wished, silent = places("T-400", "T-400", "T-400")
    steered["evses"][0]["capabilities"] = ["CHARGING_PROFILE_CAPABLE", "RFID_READER"]
    wished["evses"][0]["capabilities"] = ["CHARGING_PREFERENCES_CAPABLE"]
    wished["evses"][0]["connectors"][0]["tariff_ids"] = ["T-400", "T-CHEAP"]
    silent["evses"][0]["capabilities"] = ["RFID_READER"]
    cheap = priced.tariff("T-CHEAP", 1, type="PROFILE_CHEAP")
    found = counted(tmp_path, [steered, wished, silent], [*priced.TARIFFS, cheap])
    assert found.smart == 2
    assert found.looked.steering == figures.Steering(provider=1, operator=1, priced=1, points=2)


def test_what_must_not_be_shown_is_not_counted(tmp_path: Path) -> None:
    shown, hidden = places("T-400", "T-400")
    hidden["publish"] = False
    shown["evses"].append(site.evse("gone", "REMOVED"))
    found = counted(tmp_path, [shown, hidden], priced.TARIFFS)
    assert (found.stations, found.points, found.looked.stations, found.looked.points) == (1, 1, 1, 1)


def test_of_many_stations_some_are_drawn_and_always_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MOST_LOOKED", 40)
    app = site.application(tmp_path)
    site.take_in(app, tmp_path, site.feed())
    with database.reading(app.extensions["finder.engine"]) as connection:
        first, again = (figures.figures(connection, NOW) for _ in range(2))
    assert first == again
    assert first.stations == 137
    assert 20 < first.looked.stations < 60


def test_sources_are_told_with_their_version(tmp_path: Path) -> None:
    found = counted(tmp_path, places("T-400", "T-320"), priced.TARIFFS)
    (source,) = found.sources
    assert (source.name, source.version, source.stations) == ("Nordladd", "2.2.1", 2)
    assert source.last_success is not None


def test_an_empty_database_has_no_figures(tmp_path: Path) -> None:
    app = site.application(tmp_path)
    with database.reading(app.extensions["finder.engine"]) as connection:
        found = figures.figures(connection, NOW)
    assert (found.stations, found.plugs, found.looked.direct, found.sources) == (0, (), None, ())


def test_sqlite_and_postgresql_count_alike(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MOST_LOOKED", 6)
    first = partner(engine)
    write(engine, first, [location(f"{n}", 58.35 + n / 100, 11.94, evse(f"{n}"), evse(f"{n}b")) for n in range(12)])
    with database.reading(engine) as connection:
        found = figures.figures(connection, THEN)
    assert (found.stations, found.points) == (12, 24)
    assert [(plug.standard, plug.stations, plug.usual_kw) for plug in found.plugs] == [("IEC_62196_T2_COMBO", 12, 150)]
    assert 0 < found.looked.stations < 12
    assert found.looked.points == 2 * found.looked.stations
    assert [source.stations for source in found.sources] == [None]
