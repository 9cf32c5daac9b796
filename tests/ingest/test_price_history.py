"""What tariffs said before: kept when a pull brings other words, told for a station and for an area."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from finder.store import tariffs
from finder.store.schema import tariff_versions
from finder.store.tariffs import Change, Version
from tests.ingest.feed import Feeds, evse, location, tariff, without
from tests.ingest.partnership import Partnership


def kept(feeds: Feeds) -> int:
    with feeds.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(tariff_versions)) or 0


def history(feeds: Feeds, id: str = "A", limit: int = 10) -> tuple[Version, ...]:
    station = feeds.station("nord", id)
    with feeds.engine.connect() as connection:
        return tariffs.history(connection, station, limit)


def changes(feeds: Feeds, id: str = "A", limit: int = 50) -> tuple[Change, ...]:
    """In the municipality of that station."""
    place = feeds.station("nord", id).place
    assert place is not None
    with feeds.engine.connect() as connection:
        return tariffs.changes(connection, [place], limit)


def prices(found: tuple[Version, ...]) -> list[str]:
    return [str(version.tariff.elements[0].price_components[0].price) for version in found]


def moves(found: tuple[Change, ...]) -> list[tuple[str, str | None]]:
    def price(one: Any) -> str | None:
        return str(one.elements[0].price_components[0].price) if one else None

    return [(str(price(change.old)), price(change.new)) for change in found]


def plugged(*tariff_ids: str, number: int = 1) -> dict[str, Any]:
    made = evse(number)
    made["connectors"][0]["tariff_ids"] = list(tariff_ids)
    return made


def test_a_first_pull_keeps_nothing_from_before(feeds: Feeds) -> None:
    feeds.take("nord", [location("A")], [tariff("T1"), tariff("T2")])
    assert kept(feeds) == 0
    assert (history(feeds), changes(feeds)) == ((), ())


def test_what_a_tariff_said_is_kept_when_it_says_something_else(feeds: Feeds) -> None:
    feeds.take("nord", [location("A")], [tariff("T1", 4.9)])
    feeds.later(days=1)
    changed = feeds.clock.moment
    feeds.take("nord", [location("A")], [tariff("T1", 5.9)])
    feeds.later(days=1)
    feeds.take("nord", [location("A")], [tariff("T1", 6.9)])

    assert prices(history(feeds)) == ["5.9", "4.9"]
    assert history(feeds)[1].until == changed
    assert prices(history(feeds, limit=1)) == ["5.9"]
    assert moves(changes(feeds)) == [("5.9", "6.9"), ("4.9", "5.9")]
    assert [user.name for user in changes(feeds)[0].stations] == ["Plats A"]
    assert changes(feeds)[0].stations[0].id == feeds.public_id("nord", "A")
    assert moves(changes(feeds, limit=1)) == [("5.9", "6.9")]


@pytest.mark.parametrize(
    "more", [{"last_updated": "2026-11-19T00:00:00Z"}, {"unheard_of": 1}, {"currency": "sek", "party_id": "nor"}]
)
def test_the_same_words_in_another_form_are_no_change(feeds: Feeds, more: dict[str, Any]) -> None:
    feeds.take("nord", [location("A")], [tariff("T1")])
    report = feeds.take("nord", [location("A")], [tariff("T1") | more])

    assert report.tariffs.updated == 1
    assert kept(feeds) == 0


def test_an_older_word_on_a_tariff_changes_nothing(feeds: Feeds) -> None:
    feeds.take("nord", [location("A")], [tariff("T1", 4.9)])
    feeds.take("nord", [location("A")], [tariff("T1", 5.9, last_updated="2026-10-01T00:00:00Z")])
    assert kept(feeds) == 0


def test_a_refused_word_on_a_tariff_changes_nothing(feeds: Feeds) -> None:
    feeds.take("nord", [location("A")], [tariff("T1")])
    feeds.take("nord", [location("A")], [without(tariff("T1"), "elements")])
    assert kept(feeds) == 0


def test_a_tariff_that_is_withdrawn_is_kept_and_told(feeds: Feeds) -> None:
    feeds.take("nord", [location("A")], [tariff("T1"), tariff("T2")])
    for _ in range(3):
        feeds.later(hours=1)
        feeds.take("nord", [location("A")], [tariff("T2")])

    assert feeds.station("nord", "A").tariffs == ()
    assert prices(history(feeds)) == ["4.9"]
    assert moves(changes(feeds)) == [("4.9", None)]


def test_a_tariff_that_comes_back_with_the_same_words_did_not_move(feeds: Feeds) -> None:
    feeds.take("nord", [location("A")], [tariff("T1"), tariff("T2")])
    for _ in range(3):
        feeds.take("nord", [location("A")], [tariff("T2")])
    assert moves(changes(feeds)) == [("4.9", None)]
    feeds.take("nord", [location("A")], [tariff("T1"), tariff("T2")])
    assert changes(feeds) == ()
    feeds.later(days=1)
    feeds.take("nord", [location("A")], [tariff("T1", 3.9), tariff("T2")])
    assert moves(changes(feeds)) == [("4.9", "3.9")]


def test_only_what_the_plugs_of_a_station_name_is_its_history(feeds: Feeds) -> None:
    places = [location("A", plugged("t1")), location("B", plugged("T2", number=2), metres_north=2_000)]
    feeds.take("nord", places, [tariff("T1", 1), tariff("T2", 2), tariff("T3", 3)])
    feeds.take("nord", places, [tariff("T1", 11), tariff("T2", 12), tariff("T3", 13)])

    assert prices(history(feeds, "A")) == ["1"]
    assert prices(history(feeds, "B")) == ["2"]
    assert sorted(moves(changes(feeds))) == [("1", "11"), ("2", "12")]


def test_a_tariff_of_another_partner_is_not_meant(feeds: Feeds) -> None:
    feeds.take("syd", [location("B", evse(2), metres_north=2_000)], [tariff("T1", 1)])
    feeds.take("nord", [location("A")], [tariff("T1", 4.9)])
    feeds.take("syd", [location("B", evse(2), metres_north=2_000)], [tariff("T1", 2)])

    assert history(feeds) == ()
    (change,) = changes(feeds)
    assert [user.name for user in change.stations] == ["Plats B"]


def test_of_two_parties_with_one_tariff_id_the_own_one_is_meant(feeds: Feeds) -> None:
    def other(price: float) -> dict[str, Any]:
        return tariff("T1", price, party_id="OST")

    feeds.take("nord", [location("A")], [tariff("T1", 1), other(2)])
    feeds.take("nord", [location("A")], [tariff("T1", 1), other(3)])
    assert (history(feeds), changes(feeds)) == ((), ())
    feeds.take("nord", [location("A")], [tariff("T1", 4), other(3)])
    assert prices(history(feeds)) == ["1"]
    assert moves(changes(feeds)) == [("1", "4")]


def test_a_partner_that_only_knows_anothers_tariff_means_that(feeds: Feeds) -> None:
    feeds.take("nord", [location("A")], [tariff("T1", 2, party_id="OST")])
    feeds.take("nord", [location("A")], [tariff("T1", 3, party_id="OST")])
    assert prices(history(feeds)) == ["2"]
    assert moves(changes(feeds)) == [("2", "3")]


def test_a_station_without_tariffs_and_an_area_without_stations_have_no_history(feeds: Feeds) -> None:
    feeds.take("nord", [location("A", plugged())], [tariff("T1", 1)])
    feeds.take("nord", [location("A", plugged())], [tariff("T1", 2)])
    assert kept(feeds) == 1
    assert (history(feeds), changes(feeds)) == ((), ())
    with feeds.engine.connect() as connection:
        assert tariffs.changes(connection, []) == ()


def test_no_more_than_so_many_versions_of_a_tariff_are_kept(feeds: Feeds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tariffs, "MOST_KEPT", 3)
    for price in range(8):
        feeds.take("nord", [location("A")], [tariff("T1", price), tariff("T2", 1 if price < 2 else 2)])
    assert prices(history(feeds)) == ["6", "5", "4"]
    assert kept(feeds) == 4  # one of T2


def test_what_a_tariff_said_long_ago_is_forgotten(feeds: Feeds) -> None:
    for price in range(3):
        feeds.take("nord", [location("A")], [tariff("T1", price)])
    feeds.later(days=(tariffs.KEPT + timedelta(days=1)).days)
    assert prices(history(feeds)) == ["1", "0"]
    feeds.take("nord", [location("A")], [tariff("T1", 3)])
    assert prices(history(feeds)) == ["2"]


def test_a_platform_that_changes_a_price_is_noticed_by_a_delta(nordladd: Partnership) -> None:
    with nordladd.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tariff_versions)) == 0
    nordladd.later(minutes=10)
    (id, *_others) = nordladd.platform.tariffs
    changed = nordladd.platform.tariffs[id]
    changed["elements"][0]["price_components"][0]["price"] += 1
    changed["last_updated"] = nordladd.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    before = nordladd.tariffs()[id]

    assert nordladd.taken(full=False).tariffs.updated == 1

    with nordladd.engine.connect() as connection:
        (row,) = connection.execute(sa.select(tariff_versions)).all()
    assert (row.ref, row.until) == (id.casefold(), int(nordladd.clock().timestamp() * 1000))
    assert nordladd.tariffs()[id] != before


def announced(feeds: Feeds, id: str = "A") -> list[tuple[str, list[str], list[str], str]]:
    """New price, old prices, stations, partner."""
    place = feeds.station("nord", id).place
    assert place is not None
    with feeds.engine.connect() as connection:
        found = tariffs.announced(connection, [place], feeds.clock.moment)
    return [
        (
            str(one.new.elements[0].price_components[0].price),
            [str(old.elements[0].price_components[0].price) for old in one.old],
            [user.name for user in one.stations],
            one.partner,
        )
        for one in found
    ]


def test_a_price_that_begins_later_is_announced_beside_the_one_before_it(feeds: Feeds) -> None:
    soon, later = feeds.clock.moment + timedelta(days=2), feeds.clock.moment + timedelta(days=9)
    feeds.take(
        "nord",
        [location("A", plugged("T1", "T2", "T3", "T4")), location("B", plugged("T5", number=2), metres_north=2_000)],
        [
            tariff("T3", 6.9) | {"start_date_time": f"{later:%Y-%m-%dT%H:%M:%SZ}"},
            tariff("T2", 5.9) | {"start_date_time": f"{soon:%Y-%m-%dT%H:%M:%SZ}"},
            tariff("T1", 4.9) | {"end_date_time": f"{soon:%Y-%m-%dT%H:%M:%SZ}"},
            tariff("T4", 3.9) | {"type": "REGULAR"},
            tariff("T5", 9.9),
        ],
    )
    assert announced(feeds) == [("5.9", ["4.9"], ["Plats A"], "Nord"), ("6.9", ["5.9"], ["Plats A"], "Nord")]
    feeds.later(days=3)
    assert announced(feeds) == [("6.9", ["5.9"], ["Plats A"], "Nord")]


def test_a_change_names_its_partner(feeds: Feeds) -> None:
    feeds.take("nord", [location("A")], [tariff("T1", 4.9)])
    feeds.take("nord", [location("A")], [tariff("T1", 5.9)])
    assert [change.partner for change in changes(feeds)] == ["Nord"]
