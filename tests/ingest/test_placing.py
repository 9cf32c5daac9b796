"""When two locations are one station, whose word is shown, and where the ids lead."""

from finder.stations.types import Gone, Moved, Station
from tests.ingest.feed import Feeds, evse, location, statuses, tariff
from tests.ingest.partnership import dump


def test_two_partners_with_one_evse_are_one_station_with_both_origins(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1"), name="Torp")])
    feeds.take("syd", [location("X", evse("1"), name="Torp hos syd")])

    station = feeds.station("nord", "A")
    assert feeds.public_id("syd", "X") == station.id
    assert station.location.name == "Torp"
    assert [origin.partner for origin in station.origins] == ["nord", "syd"]
    assert len(station.evses) == 1
    assert feeds.find().total == 1
    assert feeds.find(text="hos syd").total == 1


def test_the_newest_status_wins_whoever_says_it(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1", "AVAILABLE", last_updated="2026-11-20T10:00:00Z"))])
    feeds.take("syd", [location("X", evse("1", "CHARGING", last_updated="2026-11-20T11:00:00Z"))])
    assert statuses(feeds.station("nord", "A")) == {"SE*NOR*E0001": "CHARGING"}

    feeds.take("nord", [location("A", evse("1", "OUTOFORDER", last_updated="2026-11-20T12:00:00Z"))])
    assert statuses(feeds.station("syd", "X")) == {"SE*NOR*E0001": "OUTOFORDER"}


def test_evse_ids_are_the_same_with_and_without_separators(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1", evse_id="SE*NOR*E0001*2"))])
    feeds.take("syd", [location("X", evse("1", evse_id="senore00012"))])

    assert feeds.find().total == 1


def test_two_operators_35_metres_apart_stay_two(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1"))])
    feeds.take("syd", [location("X", evse("2"), metres_north=35)])

    assert feeds.find().total == 2


def test_one_evse_id_at_two_far_places_is_two_stations(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1")), location("B", evse("1"), metres_north=800)])

    assert feeds.find().total == 2


def test_ids_that_are_no_world_wide_ones_join_nothing(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1", evse_id="1")), location("B", evse("1", evse_id="1"))])

    assert feeds.find().total == 2


def test_a_location_that_joins_two_stations_makes_them_one_and_the_ids_lead_on(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1"), name="Alfa"), location("B", evse("2"), name="Beta")])
    old, other = feeds.public_id("nord", "A"), feeds.public_id("nord", "B")
    assert old != other

    feeds.take("syd", [location("X", evse("1"), evse("2"), name="Xi")])

    assert feeds.public_id("nord", "B") == feeds.public_id("syd", "X") == old
    assert feeds.by_id(other) == Moved(id=old)
    assert len(feeds.station("nord", "A").evses) == 2
    assert feeds.find().total == 1
    for words in ("alfa", "beta", "xi"):
        assert feeds.find(text=words).total == 1


def test_ids_lead_straight_to_the_last_of_many(feeds: Feeds) -> None:
    feeds.take("nord", [location(id, evse(id)) for id in "123"])
    ids = [feeds.public_id("nord", id) for id in "123"]

    feeds.take("syd", [location("X", evse("2"), evse("3"))])
    feeds.take("syd", [location("X", evse("2"), evse("3")), location("Y", evse("1"), evse("2"))])

    assert [feeds.by_id(id) for id in ids[1:]] == [Moved(id=ids[0])] * 2
    assert len(feeds.station("syd", "X").origins) == 5


def test_one_pull_may_bring_both(feeds: Feeds) -> None:
    report = feeds.take(
        "nord", [location("A", evse("1")), location("B", evse("1"), evse("2")), location("C", evse("2"))]
    )

    assert report.locations.created == 3
    assert feeds.find().total == 1
    assert len({feeds.public_id("nord", id) for id in "ABC"}) == 1


def test_they_are_two_again_when_they_no_longer_share(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1"), name="Alfa")])
    feeds.take("syd", [location("X", evse("1"), name="Xi")])
    one = feeds.public_id("nord", "A")

    feeds.take("syd", [location("X", evse("9"), name="Xi", last_updated="2026-11-20T12:00:00Z")])

    assert feeds.public_id("nord", "A") == one
    assert feeds.public_id("syd", "X") != one
    assert feeds.find().total == 2
    assert [len(feeds.station(*who).origins) for who in (("nord", "A"), ("syd", "X"))] == [1, 1]
    assert feeds.find(text="xi").total == 1
    assert feeds.station("nord", "A").location.name == "Alfa"


def test_they_are_two_again_when_one_moves_away(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1"))])
    feeds.take("syd", [location("X", evse("1"))])
    feeds.take("syd", [location("X", evse("1"), metres_north=5000)])

    assert feeds.find().total == 2


def test_a_location_that_changes_stays_where_it_is(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1"))])
    feeds.take("syd", [location("X", evse("1"))])
    one = feeds.public_id("nord", "A")
    for slug, id in (("nord", "A"), ("syd", "X")):
        feeds.take(slug, [location(id, evse("1"), evse(f"{id}2"), name="Nytt", last_updated="2026-11-20T12:00:00Z")])

    assert feeds.public_id("nord", "A") == feeds.public_id("syd", "X") == one
    assert len(feeds.station("nord", "A").evses) == 3


def test_both_change_in_one_pull_and_stay_one(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1")), location("B", evse("1"))])
    before = dump(feeds.engine, "moves")
    one = feeds.public_id("nord", "A")

    feeds.take("nord", [location("A", evse("1"), name="Ny"), location("B", evse("1"), name="Ny")])

    assert feeds.public_id("nord", "A") == feeds.public_id("nord", "B") == one
    assert dump(feeds.engine, "moves") == before
    assert feeds.find().total == 1


def test_when_the_lead_leaves_the_other_keeps_the_page(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1"), name="Alfa"), location("B", evse("3"))])
    feeds.take("syd", [location("X", evse("1"), name="Xi")])
    one = feeds.public_id("nord", "A")
    feeds.take("nord", [location("A", evse("1"), name="Alfa", publish=False), location("B", evse("3"))])

    station = feeds.by_id(one)
    assert isinstance(station, Station)
    assert (station.location.name, [origin.partner for origin in station.origins]) == ("Xi", ["syd"])
    assert (feeds.find(text="alfa").total, feeds.find(text="xi").total) == (0, 1)

    feeds.take("syd", [location("X", evse("1"), name="Xi", publish=False)])
    assert isinstance(feeds.by_id(one), Gone)


def test_a_gone_station_comes_back_under_its_id_also_when_its_location_leads_elsewhere_now(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1"))])
    one = feeds.public_id("nord", "A")
    feeds.take("nord", [location("A", evse("1"), publish=False)])
    feeds.take("syd", [location("X", evse("1"))])
    other = feeds.public_id("syd", "X")

    feeds.take("nord", [location("A", evse("1"))])

    assert feeds.find().total == 1
    assert feeds.public_id("nord", "A") == feeds.public_id("syd", "X") == other
    assert isinstance(feeds.by_id(one), Gone | Moved)


def test_a_station_shows_the_tariffs_of_those_who_tell_of_it(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", evse("1"))], [tariff("T1", 5.0)])
    feeds.take("syd", [location("X", evse("2"), metres_north=35)], [tariff("T1", 9.0)])

    (price,) = feeds.station("nord", "A").tariffs
    (other,) = feeds.station("syd", "X").tariffs
    assert price.elements[0].price_components[0].price == 5
    assert other.elements[0].price_components[0].price == 9


def test_a_tariff_of_no_list_is_unknown_and_not_free(feeds: Feeds) -> None:
    feeds.take("nord", [location("A")], [tariff("T2")])

    assert feeds.station("nord", "A").tariffs == ()
