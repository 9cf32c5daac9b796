from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.ingest.brake import ALLOWED, Held, Verdict, judge

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def known(count: int, misses: int = 0) -> dict[int, int]:
    return dict.fromkeys(range(count), misses)


def without(count: int, absent: int) -> set[int]:
    return set(range(absent, count))


def test_what_is_all_there_is_nothing_to_tell() -> None:
    assert judge(known(50), range(50), None, NOW) == Verdict()
    assert judge({}, (), None, NOW) == Verdict()


def test_more_than_what_is_known_is_no_absence() -> None:
    assert judge(known(5), range(9), None, NOW) == Verdict()


def test_the_first_absence_is_noted_and_the_second_is_the_end() -> None:
    assert judge({1: 0, 2: 0, 3: 1}, {1}, None, NOW) == Verdict(missed=frozenset({2}), gone=frozenset({3}))


# At most twenty or a tenth, whatever is more.
@pytest.mark.parametrize(
    ("stored", "absent", "held"),
    [
        (10, 10, False),
        (20, 20, False),
        (21, 21, True),
        (50, 20, False),
        (50, 21, True),
        (200, 20, False),
        (200, 21, True),
        (201, 20, False),
        (1000, 100, False),
        (1000, 101, True),
        (60_000, 6_000, False),
        (60_000, 6_001, True),
    ],
)
def test_too_many_at_once_are_held(stored: int, absent: int, held: bool) -> None:
    verdict = judge(known(stored), without(stored, absent), None, NOW)

    assert (verdict.held is not None) == held
    assert len(verdict.missed) == (0 if held else absent)
    assert not verdict.gone


def test_too_many_are_held_also_when_each_was_missed_before() -> None:
    verdict = judge(known(100, misses=1), without(100, 30), None, NOW)

    assert verdict.held is not None
    assert not verdict.gone


def held_after(hours: list[float], absent: list[int], released_at: int | None = None) -> Verdict:
    """The verdict of the last of several pulls, each `absent` of a hundred, at these hours."""
    held: Held | None = None
    verdict = Verdict()
    for number, (hour, count) in enumerate(zip(hours, absent, strict=True)):
        if number == released_at and held is not None:
            held = Held(held.absence, held.since, held.times, held.count, released=True)
        verdict = judge(known(100), without(100, count), held, NOW + timedelta(hours=hour))
        held = verdict.held
    return verdict


@pytest.mark.parametrize(
    ("hours", "absent", "gone"),
    [
        ([0], [30], 0),
        ([0, 12], [30, 30], 0),
        ([0, 12, 23.9], [30, 30, 30], 0),
        ([0, 12, 24], [30, 30, 30], 30),
        ([0, 25], [30, 30], 0),
        ([0, 1, 2, 3, 24], [30] * 5, 30),
        ([0, 12, 24], [30, 30, 31], 0),
        ([0, 12, 24, 36, 48], [30, 30, 31, 31, 31], 31),
        ([0, 12, 24], [30, 0, 30], 0),
        ([0, 12, 24], [30, 5, 30], 0),
    ],
)
def test_what_is_held_goes_after_three_equal_pulls_over_a_day(hours: list[float], absent: list[int], gone: int) -> None:
    verdict = held_after(hours, absent)

    assert len(verdict.gone) == gone
    assert (verdict.held is None) == (gone > 0)


def test_what_is_held_goes_when_it_is_released_and_is_still_the_same() -> None:
    assert len(held_after([0, 1], [30, 30], released_at=1).gone) == 30
    assert not held_after([0, 1], [30, 40], released_at=1).gone


@given(st.dictionaries(st.integers(0, 200), st.integers(0, 3)), st.sets(st.integers(0, 200)))
def test_only_what_is_absent_is_touched_and_never_much_at_once(misses: dict[int, int], seen: set[int]) -> None:
    verdict = judge(misses, seen, None, NOW)

    assert not (verdict.missed | verdict.gone) & seen
    assert verdict.missed | verdict.gone <= misses.keys()
    assert not verdict.missed & verdict.gone
    assert len(verdict.missed | verdict.gone) <= max(ALLOWED, len(misses) / 10)
