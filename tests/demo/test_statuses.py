from finder.demo.country import Country, seconds
from finder.demo.facts import stamp
from finder.demo.statuses import DAY, Rhythm
from tests.demo.conftest import NOON

AT = seconds(NOON)


def rhythms(habit: str, count: int = 60) -> list[Rhythm]:
    return [Rhythm(seed * 97 + 5, seed, habit, AT - 400 * DAY, 3600) for seed in range(count)]


def test_the_same_moment_has_the_same_status_whatever_was_asked_before() -> None:
    moments = [AT + step * 1237 for step in range(300)]
    forward = [rhythm.at(moment) for rhythm in rhythms("quick", 8) for moment in moments]
    backward = [rhythm.at(moment) for rhythm in rhythms("quick", 8) for moment in reversed(moments)]

    assert forward == [
        status for start in range(0, len(backward), 300) for status in reversed(backward[start : start + 300])
    ]


def test_a_status_has_been_so_since_the_second_it_says_and_not_before() -> None:
    for rhythm in rhythms("quick") + rhythms("night"):
        status, since = rhythm.at(AT)
        assert since <= AT
        assert rhythm.at(since) == (status, since)
        assert rhythm.at(since - 1)[0] != status or rhythm.at(since - 1)[1] < since


def test_chargers_are_busier_in_the_afternoon_than_at_four_in_the_morning() -> None:
    def busy(moment: int) -> int:
        return sum(rhythm.at(moment)[0] == "CHARGING" for rhythm in rhythms("motorway", 400))

    assert busy(AT) > 4 * busy(AT - AT % DAY + 3 * 3600)


def test_a_broken_charger_stays_broken_for_hours() -> None:
    found = [(rhythm, rhythm.at(AT)) for rhythm in rhythms("street", 600)]
    broken = [(rhythm, since) for rhythm, (status, since) in found if status == "OUTOFORDER"]

    assert broken
    for rhythm, since in broken:
        assert rhythm.at(since + 2 * 3600) == ("OUTOFORDER", since)


def test_only_locations_whose_status_changed_are_newer(country: Country) -> None:
    for listing in country.listings("2.2.1")[:600]:
        before, after = listing.at(AT), listing.at(AT + 300)
        assert (after["last_updated"] > stamp(AT)) == (before != after)
