"""What one object means beside what is stored: refused ones, two of one key, hidden ones among shown ones."""

from typing import Any

import pytest

from finder.stations.types import Gone, Station
from tests.ingest.feed import Feeds, evse, location, statuses, tariff, without
from tests.ingest.partnership import dump

NOWHERE: dict[str, Any] = {"coordinates": {"latitude": "0", "longitude": "0"}}


# Refused objects


def test_a_refused_object_is_kept_with_its_text_its_reason_and_its_dates(feeds: Feeds) -> None:
    report = feeds.take("nord", [location("A"), location("B", **NOWHERE)])

    (refused,) = feeds.refused("nord")
    assert (report.outcome, report.locations.created, report.locations.rejected) == ("ok", 1, 1)
    assert report.reasons == {refused.reason: 1}
    assert (refused.module, refused.ref, refused.path) == ("locations", "se/nor/b", "coordinates")
    assert "degrees such as" in refused.reason
    assert b'"id": "B"' in refused.raw
    assert refused.first_seen == refused.last_seen == int(feeds.clock().timestamp() * 1000)


def test_a_refused_object_is_counted_each_time_and_written_once(feeds: Feeds) -> None:
    objects = [location("A"), location("B", **NOWHERE)]
    feeds.take("nord", objects)
    before = dump(feeds.engine)
    feeds.later(hours=1)

    report = feeds.take("nord", objects)

    assert report.locations.rejected == 1
    assert sum(report.reasons.values()) == 1
    assert dump(feeds.engine) == before


def test_one_that_is_refused_again_with_another_text_keeps_the_day_it_was_first_seen(feeds: Feeds) -> None:
    feeds.take("nord", [location("A"), location("B", **NOWHERE)])
    (first,) = feeds.refused("nord")
    feeds.later(hours=1)

    feeds.take("nord", [location("A"), location("B", **NOWHERE, name="Nytt namn")])

    (again,) = feeds.refused("nord")
    assert (again.first_seen, again.last_seen) == (first.first_seen, first.last_seen + 3_600_000)
    assert b"Nytt namn" in again.raw


def test_a_refusal_ends_when_a_good_object_follows(feeds: Feeds) -> None:
    feeds.take("nord", [location("A"), location("B", **NOWHERE)])
    feeds.take("nord", [location("A"), location("B")])

    assert feeds.refused("nord") == []
    assert feeds.shown("nord") == {"A", "B"}


def test_a_refusal_ends_when_the_good_object_of_before_is_back(feeds: Feeds) -> None:
    feeds.take("nord", [location("A"), location("B")])
    feeds.take("nord", [location("A"), location("B", **NOWHERE)])
    assert len(feeds.refused("nord")) == 1
    feeds.take("nord", [location("A"), location("B")])

    assert feeds.refused("nord") == []


def test_a_refusal_ends_when_the_object_is_gone(feeds: Feeds) -> None:
    feeds.take("nord", [location("A"), location("B", **NOWHERE), None, {"name": "Ingen"}])
    assert len(feeds.refused("nord")) == 3
    feeds.take("nord", [location("A")])

    assert feeds.refused("nord") == []


@pytest.mark.parametrize("bad", [NOWHERE, {"id": None, "name": None}, {"id": "x" * 5000}])
def test_a_bad_object_costs_only_itself_and_the_good_one_of_before_stays(feeds: Feeds, bad: dict[str, Any]) -> None:
    feeds.take("nord", [location("A"), location("B")])
    public_id = feeds.public_id("nord", "B")
    for _ in range(4):
        feeds.later(hours=12)
        assert feeds.take("nord", [location("A"), location("B") | bad]).locations.rejected == 1

    assert isinstance(feeds.by_id(public_id), Station)


def test_a_bad_tariff_leaves_the_good_one_of_before(feeds: Feeds) -> None:
    feeds.take("nord", [location("A")], [tariff("T1"), tariff("T2")])
    for _ in range(4):
        report = feeds.take("nord", [location("A")], [without(tariff("T1"), "elements"), tariff("T2")])
        assert report.tariffs.rejected == 1

    assert [one.id for one in feeds.station("nord", "A").tariffs] == ["T1"]


def test_an_object_without_an_id_may_be_one_absent_object_but_not_two(feeds: Feeds) -> None:
    feeds.take("nord", [location("A"), location("B"), location("C")])
    for _ in range(2):
        feeds.take("nord", [location("A"), location("B"), {"name": "Ingen"}])
    assert feeds.shown("nord") == {"A", "B", "C"}
    for _ in range(2):
        feeds.take("nord", [location("A"), {"name": "Ingen"}])

    assert feeds.shown("nord") == {"A"}


@pytest.mark.parametrize(
    "id",
    ["NUL\x00", "\ud83d", "Å" * 4000, "x" * 100, "ÅÄÖ" * 33, 4711, True, ["a"], {"a": 1}, "'; DROP TABLE stations;--"],
)
@pytest.mark.parametrize("more", [{}, NOWHERE, {"publish": False}])
def test_no_id_breaks_a_pull(feeds: Feeds, id: Any, more: dict[str, Any]) -> None:
    for _ in range(2):
        report = feeds.take("nord", [location("A"), location("B") | {"id": id} | more], [tariff("T1") | {"id": id}])
        assert report.outcome == "ok", report.reason
        assert "A" in feeds.shown("nord")


@pytest.mark.parametrize("text", ["NUL\x00", "Halv \ud83d", "\u202efdp", "'; DROP TABLE stations;--", "Å" * 300_000])
def test_no_text_breaks_a_pull(feeds: Feeds, text: str) -> None:
    everywhere = dict.fromkeys(("name", "address", "city", "postal_code", "country", "time_zone", "party_id"), text)
    odd = location("B", evse("1", physical_reference=text, status=text), **everywhere, operator={"name": text})
    report = feeds.take("nord", [location("A"), odd, odd | NOWHERE], [tariff("T1", currency=text)])

    assert report.outcome == "ok"
    assert "A" in feeds.shown("nord")


# Two objects with one key


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_objects_with_one_key_the_newest_is_taken(feeds: Feeds, newest_first: bool) -> None:
    new = location("A", name="Ny", last_updated="2026-11-20T11:00:00Z")
    old = location("A", name="Gammal", last_updated="2026-11-19T11:00:00Z")
    both = [new, old] if newest_first else [old, new]

    report = feeds.take("nord", both)

    assert feeds.station("nord", "A").location.name == "Ny"
    assert (report.locations.received, report.locations.created, report.locations.ignored) == (2, 1, 1)
    before = dump(feeds.engine)
    assert feeds.take("nord", both).locations.updated == 0
    assert dump(feeds.engine) == before


def test_ids_that_differ_only_in_case_are_one(feeds: Feeds) -> None:
    feeds.take(
        "nord", [location("abc", name="Ny"), location("ABC", name="Gammal", last_updated="2026-01-01T00:00:00Z")]
    )

    assert feeds.find().total == 1
    assert feeds.station("nord", "abc").location.name == "Ny"


def test_two_without_a_stamp_do_not_take_turns(feeds: Feeds) -> None:
    both = [without(location("A", name=name), "last_updated") for name in ("Ett", "Två")]
    feeds.take("nord", both)
    before = dump(feeds.engine)
    for _ in range(2):
        feeds.take("nord", both)

    assert dump(feeds.engine) == before
    assert feeds.station("nord", "A").location.name == "Ett"


def test_a_stamp_of_2099_beside_an_honest_one_in_one_pull(feeds: Feeds) -> None:
    objects = [location("A", name="Framtid", last_updated="2099-01-01T00:00:00Z"), location("A", name="Nu")]
    feeds.take("nord", objects)
    feeds.take("nord", [location("A", name="Sedan", last_updated="2026-11-20T12:00:00Z")])

    assert feeds.station("nord", "A").location.name == "Sedan"


def test_the_same_id_of_two_partners_is_two_locations(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1"), name="Nord")])
    feeds.take("syd", [location("A", evse("2"), name="Syd")])

    assert feeds.station("nord", "A").location.name == "Nord"
    assert feeds.station("syd", "A").location.name == "Syd"
    assert feeds.public_id("nord", "A") != feeds.public_id("syd", "A")


# Hidden ones


def test_a_location_that_was_never_shown_has_no_page_and_no_document(feeds: Feeds) -> None:
    report = feeds.take("nord", [location("A", publish=False, name="Hemma hos Berit")])

    assert report.locations.hidden == 1
    assert b"Berit" not in repr(dump(feeds.engine)).encode()
    assert feeds.find().total == 0


def test_what_hides_leaves_no_document_behind(feeds: Feeds) -> None:
    feeds.take("nord", [location("A"), location("B", name="Hemma hos Berit")])
    feeds.take("nord", [location("A"), location("B", name="Hemma hos Berit", publish=False)])

    assert not feeds.find(text="Berit").total
    assert [row[8] for row in dump(feeds.engine, "locations")["locations"] if row[2] == "se/nor/b"] == [None]
    assert len(dump(feeds.engine, "statuses")["statuses"]) == 1


def test_one_of_two_at_a_place_hides_while_the_other_changes(feeds: Feeds) -> None:
    """In one batch: what is told of the place is the other's word alone."""
    feeds.take("nord", [location("A", evse("1"), evse("2"), name="Alfa"), location("B", evse("1"), name="Beta")])
    public_id = feeds.public_id("nord", "A")
    feeds.later(hours=1)

    feeds.take(
        "nord",
        [location("A", evse("1"), evse("2"), name="Alfa", publish=False), location("B", evse("1"), name="Bravo")],
    )

    station = feeds.by_id(public_id)
    assert isinstance(station, Station)
    assert station.location.name == "Bravo"
    assert len(station.evses) == 1
    assert feeds.find(text="bravo").total == 1
    assert feeds.find(text="alfa").total == 0
    (row,) = dump(feeds.engine, "stations")["stations"]
    assert row[2] == "Bravo"
    assert row[8] == 1


def test_one_of_two_at_a_place_leaves_and_the_place_stays(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1"), evse("2"), name="Alfa"), location("B", evse("1"), name="Beta")])
    public_id = feeds.public_id("nord", "A")
    for _ in range(2):
        feeds.take("nord", [location("B", evse("1"), name="Beta")])

    station = feeds.by_id(public_id)
    assert isinstance(station, Station)
    assert (station.location.name, len(station.evses)) == ("Beta", 1)
    assert (feeds.find(text="beta").total, feeds.find(text="alfa").total) == (1, 0)


def test_a_station_that_is_gone_is_found_by_nothing(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", name="Torp köpcentrum"), location("B")])
    public_id = feeds.public_id("nord", "A")
    for _ in range(2):
        feeds.take("nord", [location("B")])

    gone = feeds.by_id(public_id)
    assert isinstance(gone, Gone)
    assert gone.place
    latitude, longitude = gone.latitude, gone.longitude
    assert feeds.find().total == 1
    assert feeds.find(text="köpcentrum").total == 0
    assert public_id not in {one.id for one in feeds.find(near=(latitude, longitude), limit=100).stations}
    assert public_id not in {
        one.id
        for one in feeds.find(bbox=(longitude - 1, latitude - 1, longitude + 1, latitude + 1), limit=100).stations
    }


# Statuses


def test_an_evse_that_left_takes_its_status_with_it(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1", "CHARGING"), evse("2"), evse("3", "OUTOFORDER"))])
    feeds.take("nord", [location("A", evse("2"), evse("3", "OUTOFORDER"), last_updated="2026-11-20T11:00:00Z")])

    assert statuses(feeds.station("nord", "A")) == {"SE*NOR*E0002": "AVAILABLE", "SE*NOR*E0003": "OUTOFORDER"}
