"""Which header leads on, and when the pages of a list are not to be believed."""

import json

import pytest

from finder.ocpi.paging import Crawl, Dishonest, next_link, total_count


@pytest.mark.parametrize(
    ("headers", "target"),
    [
        (['<https://a.example/l?offset=50>; rel="next"'], "https://a.example/l?offset=50"),
        (["<https://a.example/l?offset=50>; rel=next"], "https://a.example/l?offset=50"),
        (['<https://a.example/l?a=1,2;3>; title="a, \\"b\\"; c"; REL="Next"'], "https://a.example/l?a=1,2;3"),
        (["<?offset=50>;rel=next"], "?offset=50"),
        (['</l?offset=50> ; type="x" ; rel = "prefetch next"'], "/l?offset=50"),
        (['<https://a.example/0>; rel="prev", <https://a.example/2>; rel="next"'], "https://a.example/2"),
        (['<https://a.example/0>; rel="prev"', '<https://a.example/2>; rel="next"'], "https://a.example/2"),
        (['<https://uk.mer.eco/wp-json/>; rel="https://api.w.org/"'], None),
        (['<https://a.example/2>; rel="nextish"'], None),
        (['<https://a.example/2>; title="rel=next"'], None),
        (["https://a.example/2; rel=next"], None),
        ([], None),
        ([""], None),
        (["<" * 100_000], None),
        (['<a>;"' * 20_000], None),
    ],
)
def test_only_rel_next_leads_on(headers, target):
    assert next_link(headers) == target


@pytest.mark.parametrize(
    ("header", "total"),
    [("0", 0), (" 120 ", 120), (None, None), ("", None), ("abc", None), ("-1", None), ("1e3", None), ("9" * 40, None)],
)
def test_a_total_is_a_number_or_unknown(header, total):
    assert total_count(header) == total


def objects(*ids, stamp="2026-11-01T00:00:00Z"):
    return [json.dumps({"id": id, "name": "x", "last_updated": stamp}).encode() for id in ids]


def crawl(*pages, totals=None):
    """A crawl that took these pages, the last of which leads nowhere."""
    taken = Crawl()
    for number, page in enumerate(pages):
        taken.ask(f"page {number}")
        total = totals[number] if isinstance(totals, list) else totals
        taken.take(page, total, leads_on=number < len(pages) - 1)
    return taken


def test_a_list_with_all_that_was_announced_is_complete():
    assert crawl(objects(1, 2), objects(3), totals=3).complete()
    assert crawl(objects(1, 2), objects(3)).complete()
    assert crawl(objects(1, 2, 3)).complete()


def test_fewer_than_announced_is_not_complete():
    assert not crawl(objects(1, 2), totals=3).complete()
    assert not crawl(objects(1, 2), objects(3), totals=4).complete()


def test_an_empty_list_proves_nothing():
    assert not crawl([]).complete()
    assert not crawl([], totals=0).complete()


def test_a_total_below_the_page_it_came_with_is_no_guide():
    assert crawl(objects(1, 2), objects(3), totals=0).complete()


def test_a_rising_total_is_followed():
    assert crawl(objects(1, 2), objects(3, 4), totals=[3, 4]).complete()
    assert not crawl(objects(1, 2), objects(3), totals=[3, 4]).complete()


def test_a_falling_total_leaves_a_hole():
    assert not crawl(objects(1, 2), objects(4), totals=[4, 3]).complete()


def test_an_object_that_comes_again_on_a_later_page_is_a_sign_that_the_list_moved():
    """Of 1 2 3 4, 1 goes to the end after the first page: 3 is skipped and 1 comes twice."""
    assert not crawl(objects(1, 2), objects(4, 1), totals=4).complete()
    assert not crawl(objects(1, 2), objects(4, 1)).complete()
    assert not crawl(objects(1, 2), objects(4) + objects(1, stamp="2026-11-02T00:00:00Z"), totals=4).complete()


def test_an_older_record_of_the_same_id_is_a_record_of_its_own():
    assert crawl(objects(1, 2), objects(3) + objects(1, stamp="2026-10-01T00:00:00Z"), totals=4).complete()


def test_the_same_object_twice_on_a_page_is_no_sign():
    assert crawl(objects(1, 1, 2), objects(3), totals=4).complete()


def test_the_same_id_of_two_parties_is_two_objects():
    first = [b'{"country_code": "SE", "party_id": "ABC", "id": "1"}']
    second = [b'{"country_code": "SE", "party_id": "XYZ", "id": "1"}']
    assert crawl(first, second, totals=2).complete()


@pytest.mark.parametrize("raw", [b"{broken", b"[]", b'{"name": "no id"}', b'{"a":' * 5000 + b"1" + b"}" * 5000])
def test_objects_without_a_readable_id_are_told_apart_by_their_bytes(raw):
    assert crawl(objects(1), [raw], totals=2).complete()
    assert not crawl([raw], [raw], totals=2).complete()


def test_a_page_is_asked_once():
    taken = Crawl()
    taken.ask("a")
    with pytest.raises(Dishonest, match="read before"):
        taken.ask("a")


def test_pages_that_bring_nothing_new_end_the_crawl_at_the_third():
    for page in ([], objects(1, 2)):
        taken = Crawl()
        taken.take(objects(1, 2), None, leads_on=True)
        taken.take(page, None, leads_on=True)
        taken.take(page, None, leads_on=True)
        with pytest.raises(Dishonest, match="nothing new"):
            taken.take(page, None, leads_on=True)


def test_an_empty_page_among_others_is_passed_over():
    assert crawl(objects(1, 2), [], objects(3), totals=3).complete()


@pytest.mark.parametrize(("size", "total"), [(10, 95), (10, 100), (1, 7), (50, 50)])
def test_fresh_pages_without_end_are_followed_one_page_beyond_the_total(size, total):
    taken = Crawl()
    needed = -(-total // size)
    for number in range(needed):
        taken.take(objects(*range(number * size, number * size + size)), total, leads_on=True)
    with pytest.raises(Dishonest, match="X-Total-Count"):
        taken.take(objects(*range(needed * size, needed * size + size)), total, leads_on=True)


@pytest.mark.parametrize("page", [[], [1, 2], [7, 8, 9]])
def test_one_page_more_is_followed_when_all_came_though_the_last_was_short(page):
    taken = Crawl()
    taken.take(objects(1, 2, 3, 4), 5, leads_on=True)
    taken.take(objects(5), 5, leads_on=True)
    with pytest.raises(Dishonest, match="3 pages lead on, though X-Total-Count is 5"):
        taken.take(objects(*page), 5, leads_on=True)


def test_short_pages_are_followed_until_all_came():
    pages = [objects(*range(start, start + size)) for start, size in ((0, 9), (9, 1), (10, 5), (15, 5))]
    assert crawl(*pages, totals=20).complete()


def test_no_crawl_has_more_than_ten_thousand_pages():
    taken = Crawl()
    for number in range(10_000):
        taken.ask(str(number))
        taken.take(objects(number), None, leads_on=True)
    with pytest.raises(Dishonest, match="10000 pages"):
        taken.ask("one more")
