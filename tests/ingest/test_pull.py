"""What a pull takes in, what it leaves alone, and what it takes away; real platforms over HTTP on loopback."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from finder.demo.country import Country
from finder.demo.versions import VERSIONS
from finder.ingest.brake import ALLOWED
from finder.stations.types import Gone, Station
from finder.store import partners, stations
from finder.store.database import writing
from tests.ingest.partnership import Partnership, dump

Start = Callable[..., Partnership]


# Everything public, and nothing else


@pytest.mark.parametrize("version", VERSIONS)
def test_all_that_a_partner_shows_is_stored_and_nothing_it_hides(
    engine: sa.Engine, partnership: Start, version: str
) -> None:
    partner = partnership(engine, version)

    report = partner.taken()

    assert partner.shown() == partner.truth()
    counts = report.locations
    assert counts.received == len(partner.platform.listings)
    assert counts.created == len(partner.truth())
    assert counts.received == counts.created + counts.hidden
    assert (counts.rejected, report.tariffs.rejected) == (0, 0)
    assert (report.version, report.full, report.complete) == (version, True, True)
    assert report.requests == len(partner.platform.requests)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_tariff_is_stored_and_found_on_the_stations_that_name_it(
    engine: sa.Engine, partnership: Start, version: str
) -> None:
    partner = partnership(engine, version)
    partner.taken()

    assert partner.tariffs() == partner.true_tariffs()
    for id in partner.truth():
        station = partner.station(id)
        named = {
            tariff.casefold() for held in station.evses for plug in held.evse.connectors for tariff in plug.tariff_ids
        }
        known = {tariff.casefold() for tariff in partner.platform.tariffs}
        assert {tariff.id.casefold() for tariff in station.tariffs} == named & known


def test_three_partners_of_one_country_make_one_station_a_place(
    engine: sa.Engine, partnership: Start, small: Country
) -> None:
    partners_of = [partnership(engine, version) for version in VERSIONS]
    for partner in partners_of:
        partner.taken()

    for (slug, id), (other_slug, other_id) in small.shared:
        ids = {
            partner.public_id(location)
            for partner in partners_of
            for owner, location in ((slug, id), (other_slug, other_id))
            if partner.platform.slug == owner
        }
        assert len(ids) == 1
    with engine.connect() as connection:
        shown = connection.scalar(sa.text("SELECT count(*) FROM stations WHERE gone_at IS NULL"))
    public = sum(len(partner.truth()) for partner in partners_of)
    assert shown == public - len(small.shared)


def test_hidden_and_removed_places_leave_no_station(engine: sa.Engine, partnership: Start, small: Country) -> None:
    secret = {(place.spot.latitude, place.spot.longitude) for place in small.places if place.fate != "public"}
    for version in VERSIONS:
        partnership(engine, version).taken()

    with engine.connect() as connection:
        shown = {tuple(row) for row in connection.execute(sa.text("SELECT latitude, longitude FROM stations"))}
    assert len(secret) == 2
    assert not secret & shown


# Unchanged


@pytest.mark.parametrize("version", VERSIONS)
def test_a_second_pull_changes_no_row(engine: sa.Engine, partnership: Start, version: str) -> None:
    partner = partnership(engine, version)
    first = partner.taken()
    before = dump(engine)

    again = partner.taken()

    assert dump(engine) == before
    assert again.locations.unchanged == again.locations.received == first.locations.received
    assert again.tariffs.unchanged == again.tariffs.received


def test_a_partner_that_shuffles_its_evses_changes_no_fact(nordladd: Partnership) -> None:
    id = next(id for id, listing in nordladd.platform.listings.items() if listing.alive())
    before = nordladd.station(id)
    listing = nordladd.platform.listings[id]
    listing.facts = listing.facts | {"evses": listing.facts["evses"][::-1]}
    listing.rhythms = listing.rhythms[::-1]

    nordladd.taken()

    assert nordladd.station(id) == before


# Deltas


@pytest.mark.parametrize("version", VERSIONS)
def test_a_delta_takes_just_what_changed(engine: sa.Engine, partnership: Start, version: str) -> None:
    partner = partnership(engine, version)
    partner.taken()
    partner.later(minutes=10)
    renamed, silenced = partner.platform.shown()[:2]
    partner.platform.rename(renamed, "Nytt namn")
    partner.platform.set_status(silenced, "OUTOFORDER")
    moved = [id for id, one in partner.platform.listings.items() if one.last_updated(10**10) >= 0]
    assert moved
    changed = {id for id, location in partner.truth().items() if location != partner.shown().get(id)}

    report = partner.taken(full=False)

    assert not report.full
    assert {renamed, silenced} <= changed
    assert len(changed) == report.locations.updated + report.locations.created
    assert report.locations.received < len(partner.platform.listings)
    assert partner.shown() == partner.truth()


def test_deltas_overlap_so_that_a_slow_clock_misses_nothing(nordladd: Partnership) -> None:
    nordladd.later(minutes=10)
    nordladd.taken(full=False)

    asked = {r.query["date_from"] for r in nordladd.platform.requests if "date_from" in r.query}
    assert asked == {"2026-11-20T13:27:00Z"}


@pytest.mark.parametrize("module", ["locations", "tariffs"])
def test_after_an_incomplete_delta_the_next_asks_from_the_same_moment(nordladd: Partnership, module: str) -> None:
    for wrong in ((f"wrong-total-count=double@{module}",), ()):
        nordladd.later(minutes=10)
        nordladd.platform.reprice(next(iter(nordladd.platform.tariffs)), 1.1)
        nordladd.platform.misbehave(wrong)
        nordladd.taken(full=False)
        nordladd.platform.behave()

    asked = {r.query["date_from"] for r in nordladd.platform.requests if "date_from" in r.query}
    assert asked == {"2026-11-20T13:27:00Z"}


def test_the_partners_slow_clock_is_where_the_next_delta_starts(nordladd: Partnership) -> None:
    nordladd.platform.misbehave("clock-skew=-1800")
    nordladd.taken()
    nordladd.platform.behave()
    nordladd.platform.forget()
    nordladd.later(minutes=10)
    nordladd.taken(full=False)

    asked = {r.query["date_from"] for r in nordladd.platform.requests if "date_from" in r.query}
    assert asked == {"2026-11-20T12:57:00Z"}


def test_once_a_day_a_pull_is_full_again(nordladd: Partnership) -> None:
    kinds = []
    for _ in range(3):
        nordladd.later(hours=10)
        kinds.append(nordladd.taken(full=False).full)

    assert kinds == [False, False, True]


def test_after_a_failure_the_next_delta_starts_where_the_last_good_pull_did(nordladd: Partnership) -> None:
    nordladd.later(minutes=10)
    nordladd.platform.misbehave("503")
    assert nordladd.pull(full=False).outcome == "failed"
    nordladd.platform.behave()
    nordladd.later(minutes=10)
    nordladd.platform.forget()
    nordladd.taken(full=False)

    asked = {r.query["date_from"] for r in nordladd.platform.requests if "date_from" in r.query}
    assert asked == {"2026-11-20T13:27:00Z"}
    assert nordladd.shown() == nordladd.truth()


# Taken away by a word


def test_a_removed_evse_is_off_its_station(nordladd: Partnership) -> None:
    id = next(id for id, listing in nordladd.platform.listings.items() if listing.alive())
    before = nordladd.station(id)
    uid = nordladd.platform.listings[id].facts["evses"][0]["uid"]
    nordladd.platform.set_status(id, "REMOVED", uid)

    nordladd.taken()

    after = nordladd.station(id)
    assert after.id == before.id
    assert {held.evse.uid for held in before.evses} - {held.evse.uid for held in after.evses} == {uid}


@pytest.mark.parametrize("word", ["REMOVED", "publish=false"])
def test_a_location_that_must_not_be_shown_is_gone_at_once_and_comes_back_under_its_id(
    nordladd: Partnership, word: str
) -> None:
    id = nordladd.platform.shown()[3]
    public_id = nordladd.public_id(id)
    name = nordladd.station(id).location.name
    rhythms, facts = nordladd.platform.listings[id].rhythms, nordladd.platform.listings[id].facts
    nordladd.later(minutes=1)
    if word == "REMOVED":
        nordladd.platform.set_status(id, "REMOVED")
    else:
        nordladd.platform.hide(id)

    report = nordladd.taken()

    gone = nordladd.by_id(public_id)
    assert isinstance(gone, Gone)
    assert (gone.name, gone.gone_at) == (name, nordladd.clock())
    assert gone.reason
    assert id not in nordladd.shown()
    assert report.locations.hidden
    with nordladd.engine.connect() as connection:
        assert public_id not in {one.id for one in stations.find(connection, stations.Search(limit=1000)).stations}
        assert not stations.find(connection, stations.Search(text=name)).total

    nordladd.later(minutes=1)
    nordladd.platform.listings[id].rhythms = rhythms
    nordladd.platform.edit(id, publish=True)
    nordladd.platform.listings[id].facts = facts
    nordladd.taken()

    back = nordladd.by_id(public_id)
    assert isinstance(back, Station)
    assert back.location.name == name
    with nordladd.engine.connect() as connection:
        assert stations.find(connection, stations.Search(text=name)).total


# Taken away by silence


def test_what_is_absent_once_is_still_there_and_twice_is_gone(nordladd: Partnership) -> None:
    first = nordladd.platform.shown()[0]
    public_id = nordladd.public_id(first)
    listing = nordladd.platform.listings[first]
    assert nordladd.platform.remove() == [first]

    nordladd.later(hours=1)
    assert nordladd.taken().locations.removed == 0
    assert isinstance(nordladd.by_id(public_id), Station)

    nordladd.later(hours=1)
    assert nordladd.taken().locations.removed == 1
    gone = nordladd.by_id(public_id)
    assert isinstance(gone, Gone)
    assert gone.gone_at == nordladd.clock()

    nordladd.platform.listings[first] = listing
    nordladd.later(hours=1)
    nordladd.taken()
    assert isinstance(nordladd.by_id(public_id), Station)
    assert nordladd.public_id(first) == public_id
    assert nordladd.shown() == nordladd.truth()


def test_absences_must_follow_each_other(nordladd: Partnership) -> None:
    (id,) = nordladd.platform.shown()[:1]
    listing = nordladd.platform.listings[id]
    for _ in range(3):
        del nordladd.platform.listings[id]
        nordladd.taken()
        nordladd.platform.listings[id] = listing
        nordladd.taken()

    assert id in nordladd.shown()


def test_an_incomplete_pull_proves_no_absence(nordladd: Partnership) -> None:
    nordladd.platform.remove(2)
    nordladd.platform.misbehave("wrong-total-count=double")
    before = dump(nordladd.engine)

    for _ in range(4):
        assert not nordladd.taken().complete

    assert dump(nordladd.engine) == before


def test_a_delta_proves_no_absence(nordladd: Partnership) -> None:
    lost = nordladd.platform.remove(2)
    for _ in range(4):
        nordladd.later(minutes=5)
        nordladd.taken(full=False)

    assert set(lost) <= nordladd.shown().keys()


# The brake


def test_a_mass_deletion_is_held_until_seen_three_times_over_a_day(nordladd: Partnership) -> None:
    before = set(nordladd.shown())
    lost = nordladd.platform.remove(ALLOWED + 1)

    for hours in (0, 6):
        nordladd.later(hours=hours)
        report = nordladd.pull()
        assert report.outcome == "held"
        assert f"{ALLOWED + 1} of " in (report.reason or "")
        assert set(nordladd.shown()) == before
    nordladd.later(hours=18)
    report = nordladd.taken()

    assert report.locations.removed == len(lost)
    assert set(nordladd.shown()) == before - set(lost)


def test_three_equal_pulls_within_a_day_are_not_enough(nordladd: Partnership) -> None:
    nordladd.platform.remove(ALLOWED + 1)
    for _ in range(5):
        nordladd.later(hours=4)
        assert nordladd.pull().outcome == "held"


def test_another_absence_starts_to_wait_anew(nordladd: Partnership) -> None:
    nordladd.platform.remove(ALLOWED + 1)
    nordladd.pull()
    nordladd.later(hours=30)
    nordladd.pull()
    nordladd.platform.remove(1)

    assert nordladd.pull().outcome == "held"


def test_what_is_held_goes_when_somebody_releases_it(nordladd: Partnership) -> None:
    lost = nordladd.platform.remove(ALLOWED + 1)
    nordladd.pull()
    with writing(nordladd.engine) as connection:
        assert partners.release(connection, "nordladd")

    report = nordladd.taken()

    assert report.locations.removed == len(lost)
    with writing(nordladd.engine) as connection:
        assert not partners.release(connection, "nordladd")


def test_a_partner_stays_held_while_deltas_go_on(nordladd: Partnership) -> None:
    nordladd.platform.remove(ALLOWED + 1)
    nordladd.pull()
    nordladd.later(minutes=5)

    report = nordladd.pull(full=False)

    assert not report.full
    assert nordladd.state().outcome == "held"
    assert f"{ALLOWED + 1} of " in (nordladd.state().reason or "")


def test_what_was_held_and_came_back_is_held_no_more(nordladd: Partnership) -> None:
    kept = dict(nordladd.platform.listings)
    before = dump(nordladd.engine)
    nordladd.platform.remove(ALLOWED + 1)
    nordladd.pull()
    nordladd.platform.listings = kept

    nordladd.taken()

    assert dump(nordladd.engine) == before
    assert nordladd.state().outcome == "ok"


def test_an_empty_list_after_a_good_one_is_a_fault(nordladd: Partnership) -> None:
    before = dump(nordladd.engine)
    nordladd.platform.misbehave("empty-data")

    report = nordladd.pull()

    assert report.outcome == "failed"
    assert "empty" in (report.reason or "")
    assert dump(nordladd.engine) == before


def test_an_empty_list_of_tariffs_takes_no_price_away(nordladd: Partnership) -> None:
    nordladd.platform.misbehave("empty-data@tariffs")
    for _ in range(3):
        nordladd.taken()

    assert nordladd.tariffs() == nordladd.true_tariffs()


def test_an_empty_list_from_a_new_partner_is_just_empty(engine: sa.Engine, partnership: Start) -> None:
    partner = partnership(engine)
    partner.platform.misbehave("empty-data")

    assert partner.taken().locations.received == 0


# Order


def test_older_never_overwrites_newer(nordladd: Partnership) -> None:
    id = nordladd.platform.shown()[0]
    listing = nordladd.platform.listings[id]
    old = listing.facts, listing.changed
    nordladd.later(minutes=1)
    nordladd.platform.rename(id, "Nyast")
    nordladd.platform.set_status(id, "AVAILABLE")
    nordladd.taken()
    before = dump(nordladd.engine)
    listing.facts, listing.changed = old
    listing.rhythms = tuple(rhythm.fixed_at("CHARGING", old[1]) for rhythm in listing.rhythms)

    report = nordladd.taken()

    assert report.locations.ignored == 1
    assert dump(nordladd.engine) == before
    assert nordladd.station(id).location.name == "Nyast"


@pytest.mark.parametrize("full", [True, False])
def test_a_stamp_of_2099_does_not_block_the_next_update(nordladd: Partnership, full: bool) -> None:
    id = nordladd.platform.shown()[0]
    listing = nordladd.platform.listings[id]
    far = int((nordladd.clock() + timedelta(days=365 * 73)).timestamp())
    nordladd.platform.rename(id, "Aus der Zukunft")
    listing.changed = far
    nordladd.taken(full=full)
    assert nordladd.station(id).location.name == "Aus der Zukunft"

    nordladd.later(minutes=1)
    nordladd.platform.rename(id, "Heute")
    nordladd.taken(full=full)

    assert nordladd.station(id).location.name == "Heute"


# What stands on a page's clock


def test_a_status_moves_no_fact(nordladd: Partnership) -> None:
    id = next(id for id, listing in nordladd.platform.listings.items() if listing.alive())
    before = nordladd.station(id)
    facts = dump(nordladd.engine, "stations", "moves", "tariffs")
    nordladd.later(minutes=30)
    nordladd.platform.set_status(id, "OUTOFORDER")

    nordladd.taken()

    after = nordladd.station(id)
    assert after.changed_at == before.changed_at
    assert {held.evse.status for held in after.evses} == {"OUTOFORDER"}
    assert {held.evse.last_updated for held in after.evses} == {nordladd.clock()}
    assert dump(nordladd.engine, "stations", "moves", "tariffs") == facts
    assert nordladd.shown() == nordladd.truth()


def test_a_fact_moves_when_it_changed(nordladd: Partnership) -> None:
    one, other = nordladd.platform.shown()[:2]
    nordladd.later(minutes=30)
    nordladd.platform.edit(one, help_phone="+46 8 123 45 67")
    nordladd.taken()

    assert nordladd.station(one).changed_at == nordladd.clock()
    assert nordladd.station(other).changed_at < nordladd.clock()


# Tariffs


def test_a_price_that_changed_is_the_new_one(nordladd: Partnership) -> None:
    before = nordladd.tariffs()
    id = next(iter(before))
    nordladd.later(minutes=1)
    nordladd.platform.reprice(id, 1.5)

    report = nordladd.taken()

    assert report.tariffs.updated == 1
    assert nordladd.tariffs() == nordladd.true_tariffs()
    assert nordladd.tariffs()[id] != before[id]


def test_a_tariff_that_is_absent_twice_is_gone(nordladd: Partnership) -> None:
    id, kept = nordladd.platform.tariffs.popitem()
    nordladd.taken()
    assert id in nordladd.tariffs()

    assert nordladd.taken().tariffs.removed == 1
    assert id not in nordladd.tariffs()

    nordladd.platform.tariffs[id] = kept
    nordladd.taken()
    assert nordladd.tariffs() == nordladd.true_tariffs()


def test_a_delta_takes_changed_tariffs(nordladd: Partnership) -> None:
    id = next(iter(nordladd.platform.tariffs))
    nordladd.later(minutes=10)
    nordladd.platform.reprice(id, 2)

    report = nordladd.taken(full=False)

    assert report.tariffs.received == 1
    assert nordladd.tariffs() == nordladd.true_tariffs()


# The partner itself


def test_settings_that_changed_take_effect_with_the_next_pull(nordladd: Partnership) -> None:
    nordladd.settings = msgspec.structs.replace(nordladd.settings, name="Nya Nordladd", licence=None, interval=120.0)
    nordladd.taken()

    state = nordladd.state()
    assert (state.name, state.licence, state.interval) == ("Nya Nordladd", None, 120.0)
    (origin, *_) = nordladd.station(nordladd.platform.shown()[0]).origins
    assert (origin.name, origin.licence, origin.interval) == ("Nya Nordladd", None, 120.0)


def test_how_a_partner_stands_is_told(nordladd: Partnership) -> None:
    state = nordladd.state()
    truth = nordladd.truth()

    assert (state.outcome, state.reason, state.version) == ("ok", None, "2.2.1")
    assert state.last_attempt == state.last_success == nordladd.clock()
    assert state.locations == len(truth)
    assert state.stations == len(truth)
    assert state.evses == sum(len(location.evses) for location in truth.values())
    assert state.tariffs == len(nordladd.platform.tariffs)


def test_a_failure_is_remembered_beside_the_last_good_pull(nordladd: Partnership) -> None:
    good = nordladd.clock()
    nordladd.later(minutes=5)
    nordladd.platform.misbehave("429-retry-after=7200,503")
    assert nordladd.pull().outcome == "failed"
    state = nordladd.state()

    assert (state.outcome, state.last_success, state.last_attempt) == ("failed", good, nordladd.clock())
    assert "503" in (state.reason or "")
    with nordladd.engine.connect() as connection:
        assert nordladd.row(connection).failures == 1
    nordladd.platform.behave()
    nordladd.taken()
    with nordladd.engine.connect() as connection:
        assert nordladd.row(connection).failures == 0
