"""How statuses went: kept when a pull brings another group, and only while the partner is listened to."""

from datetime import timedelta

import sqlalchemy as sa

from finder.stations.busy import Point
from finder.store import history
from finder.store.schema import status_changes, watches
from tests.ingest.feed import Feeds, evse, location


def points(feeds: Feeds, id: str = "A", least: timedelta = timedelta()) -> tuple[Point, ...]:
    with feeds.engine.connect() as connection:
        return history.of_station(connection, feeds.public_id("nord", id), feeds.clock.moment, least)


def groups(point: Point) -> list[tuple[str, str]]:
    return [(change.was, change.became) for change in point.changes]


def kept(feeds: Feeds, table: sa.Table = status_changes) -> int:
    with feeds.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def at(feeds: Feeds, status: str, number: int | str = "A", **more: object) -> dict[str, object]:
    return evse(number, status, last_updated=f"{feeds.clock.moment:%Y-%m-%dT%H:%M:%SZ}", **more)


def take(feeds: Feeds, *evses: dict[str, object], minutes: float = 5) -> None:
    """One pull, after that long, of a place with these charging points."""
    feeds.later(minutes=minutes)
    feeds.take("nord", [location("A", *evses, last_updated=f"{feeds.clock.moment:%Y-%m-%dT%H:%M:%SZ}")])


def test_a_first_pull_and_an_unchanged_one_write_no_change(feeds: Feeds) -> None:
    feeds.take("nord", [location("A"), location("B", metres_north=900)])
    feeds.take("nord", [location("A"), location("B", metres_north=900)])
    assert kept(feeds) == 0
    (point,) = points(feeds)
    assert (point.now, point.changes) == ("available", ())


def test_a_change_is_kept_with_what_it_was_and_when(feeds: Feeds) -> None:
    take(feeds, at(feeds, "AVAILABLE"))
    take(feeds, at(feeds, "CHARGING"))
    take(feeds, at(feeds, "CHARGING"))
    take(feeds, at(feeds, "OUTOFORDER"))
    (point,) = points(feeds)
    assert groups(point) == [("available", "busy"), ("busy", "broken")]
    assert point.now == "broken"
    first, second = (change.at for change in point.changes)
    assert second - first == timedelta(minutes=10)


def test_words_that_mean_the_same_to_a_driver_are_no_change(feeds: Feeds) -> None:
    for status in ("CHARGING", "BLOCKED", "RESERVED"):
        take(feeds, at(feeds, status))
    assert kept(feeds) == 0


def test_a_stamp_of_long_ago_or_ahead_is_not_believed(feeds: Feeds) -> None:
    take(feeds, evse("A", "AVAILABLE", last_updated="2020-01-01T00:00:00Z"))
    take(feeds, evse("A", "CHARGING", last_updated="2020-01-02T00:00:00Z"))
    take(feeds, evse("A", "AVAILABLE", last_updated="2090-01-02T00:00:00Z"))
    (point,) = points(feeds)
    moment = feeds.clock.moment
    assert [change.at for change in point.changes] == [moment - timedelta(minutes=5), moment]


def test_a_point_that_is_new_was_not_known_before(feeds: Feeds) -> None:
    take(feeds, at(feeds, "AVAILABLE"))
    take(feeds, at(feeds, "AVAILABLE"), at(feeds, "CHARGING", "B"))
    old, new = sorted(points(feeds), key=lambda point: len(point.changes))
    assert groups(old) == []
    assert groups(new) == [("unknown", "busy")]


def test_points_in_another_order_are_the_same_points(feeds: Feeds) -> None:
    take(feeds, at(feeds, "AVAILABLE"), at(feeds, "CHARGING", "B"))
    take(feeds, at(feeds, "CHARGING", "B"), at(feeds, "AVAILABLE"))
    assert kept(feeds) == 0


def test_points_without_an_id_are_followed_while_their_place_is_sure(feeds: Feeds) -> None:
    take(feeds, at(feeds, "AVAILABLE", evse_id=None), minutes=5)
    take(feeds, at(feeds, "CHARGING", evse_id=None))
    assert [groups(point) for point in points(feeds)] == [[("available", "busy")]]
    take(feeds, at(feeds, "CHARGING", "0", evse_id=None), at(feeds, "AVAILABLE", evse_id=None))
    assert [groups(point) for point in points(feeds)] == [[("unknown", "busy")], [("unknown", "available")]]


def test_a_partner_is_heard_until_its_answers_stop(feeds: Feeds) -> None:
    for minutes in (0, 5, 5, 60, 10):
        take(feeds, at(feeds, "AVAILABLE"), minutes=minutes)
    (point,) = points(feeds)
    assert [end - begin for begin, end in point.heard] == [timedelta(minutes=10), timedelta(minutes=10)]


def test_a_partner_that_is_asked_seldom_is_heard_all_the_same(feeds: Feeds) -> None:
    for _ in range(3):
        feeds.take("nord", [location("A")], interval=3600.0)
        feeds.later(hours=1)
    (point,) = points(feeds)
    assert [end - begin for begin, end in point.heard] == [timedelta(hours=2)]


def test_nothing_is_read_where_too_little_can_be_known(feeds: Feeds) -> None:
    take(feeds, at(feeds, "AVAILABLE"))
    assert points(feeds, least=timedelta(days=7)) == ()
    assert len(points(feeds)) == 1


def test_what_is_older_than_six_weeks_is_dropped(feeds: Feeds) -> None:
    take(feeds, at(feeds, "AVAILABLE"))
    take(feeds, at(feeds, "CHARGING"))
    take(feeds, at(feeds, "AVAILABLE"), minutes=60 * 24 * 43)
    assert kept(feeds) == 1
    assert kept(feeds, watches) == 1


def test_what_went_on_at_a_place_goes_with_it(feeds: Feeds) -> None:
    take(feeds, at(feeds, "AVAILABLE"))
    take(feeds, at(feeds, "CHARGING"))
    for _ in range(4):
        feeds.later(days=1)
        feeds.take("nord", [location(f"C{n}", metres_north=900 * n) for n in range(1, 5)])
    assert "a" not in feeds.shown("nord")
    with feeds.engine.connect() as connection:
        left = connection.execute(sa.select(status_changes.c.was, status_changes.c.became)).all()
    assert ("available", "busy") not in [(history.GROUPS[was], history.GROUPS[became]) for was, became in left]


def test_of_two_partners_the_newest_word_tells_how_it_went(feeds: Feeds) -> None:
    for slug in ("nord", "vast"):
        feeds.take(slug, [location("A")])
    feeds.later(minutes=10)
    moment = f"{feeds.clock.moment:%Y-%m-%dT%H:%M:%SZ}"
    feeds.take("vast", [location("A", evse("A", "CHARGING", last_updated=moment), last_updated=moment)])
    (point,) = points(feeds)
    assert (point.now, groups(point)) == ("busy", [("available", "busy")])


def test_of_a_place_that_must_not_be_shown_any_more_nothing_is_kept(feeds: Feeds) -> None:
    take(feeds, at(feeds, "AVAILABLE"))
    take(feeds, at(feeds, "CHARGING"))
    feeds.later(minutes=5)
    stamp = f"{feeds.clock.moment:%Y-%m-%dT%H:%M:%SZ}"
    feeds.take("nord", [location("A", at(feeds, "AVAILABLE"), publish=False, last_updated=stamp)])
    assert kept(feeds) == 0
