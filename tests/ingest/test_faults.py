"""Every fault of the catalogue (reliability.md), by the demonstration's partner, and what becomes of what is stored."""

import re
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
import sqlalchemy as sa

from finder.demo.country import Country
from finder.demo.faults import FAULTS, Victim
from finder.demo.platform import Clock, Platform
from finder.demo.spoilt import OBJECT_FAULTS
from finder.demo.versions import VERSIONS
from finder.ingest.report import Report
from finder.ingest.run import pull_all
from finder.ocpi.client import Limits
from finder.ocpi.types import Location
from finder.stations.types import Station
from finder.store import migrate, stations
from finder.store.database import engine as make_engine
from tests.ingest.partnership import CALM, NOON, Partnership, connecting, dump, public_ids

CATALOGUE = Path(__file__).parents[3] / "shared" / "docs" / "reliability.md"
PAGE = 15
STORED = ("locations", "stations", "statuses", "tariffs")
# Small, so that a fault costs little; slow answers get less time still.
LIMITS = Limits(connect=2, request=5, pull=20, page=4 << 20)
IMPATIENT = msgspec.structs.replace(LIMITS, request=0.3)
SLOW = ("hang", "slow-loris")

# The switches of each fault; where there is none of its own, its name alone.
SWITCHES = {
    "endless-pagination": ("endless-pagination=empty", "endless-pagination=repeat", "endless-pagination=fresh"),
    "wrong-total-count": tuple(f"wrong-total-count={value}" for value in ("double", "zero", "abc", "none")),
    "gzip-bomb": ("gzip-bomb=256",),
    "big-body": ("big-body=16",),
    "clock-skew": ("clock-skew=3600", "clock-skew=-3600"),
    "slow": ("slow=0.05",),
    "slow-loris": ("slow-loris=0.1", "slow-loris=0.1:body"),
    "429-retry-after": ("429-retry-after=1", "429-retry-after=1#1"),
    "shrink": ("shrink=60", "shrink=100"),
}


def switches(outcome: str) -> list[str]:
    return [
        switch
        for name, kind in FAULTS.items()
        if kind.outcome == outcome and kind.where != "object"
        for switch in SWITCHES.get(name, (name,))
    ]


class Good(NamedTuple):
    """A database after one good pull, to be copied, and what it holds."""

    path: Path
    signature: dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def country() -> Country:
    """Enough places for every object fault, and for more than twenty to be missing."""
    return Country(stations=130)


@pytest.fixture(scope="module")
def platforms(country: Country) -> Iterator[Callable[[str], Platform]]:
    """One platform a version for the whole module; each test sets its faults."""
    started: dict[str, Platform] = {}

    def of(version: str) -> Platform:
        if version not in started:
            started[version] = Platform(version, country, limit=PAGE, now=Clock(NOON))
            started[version].start()
        platform = started[version]
        platform.behave()
        platform.limit = PAGE
        platform.listings = {listing.id: listing for listing in country.listings(version)}
        platform.forget()
        platform.stranger.forget()
        return platform

    yield of
    for platform in started.values():
        platform.stop()


@pytest.fixture(scope="module")
def goods(platforms: Callable[[str], Platform], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Good]:
    made: dict[str, Good] = {}

    def of(version: str) -> Good:
        if version not in made:
            path = tmp_path_factory.mktemp("good") / "finder.db"
            engine = make_engine(f"sqlite:///{path}")
            migrate.upgrade(engine)
            Partnership(engine, platforms(version), Clock(NOON)).taken()
            signature = dump(engine, *STORED)
            engine.dispose()
            made[version] = Good(path, signature)
        return made[version]

    return of


@pytest.fixture
def after_a_good_pull(
    platforms: Callable[[str], Platform], goods: Callable[[str], Good], tmp_path: Path
) -> Iterator[Callable[..., Partnership]]:
    """A partner that was pulled once, an hour ago."""
    engines: list[sa.Engine] = []

    def make(version: str = "2.2.1", limits: Limits = LIMITS) -> Partnership:
        shutil.copy(goods(version).path, tmp_path / "finder.db")
        engines.append(make_engine(f"sqlite:///{tmp_path / 'finder.db'}"))
        return Partnership(engines[-1], platforms(version), Clock(NOON), limits)

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def at_first(platforms: Callable[[str], Platform], sqlite: sa.Engine) -> Callable[[str], Partnership]:
    """A partner that was never pulled."""
    return lambda version: Partnership(sqlite, platforms(version), Clock(NOON), LIMITS)


def test_every_fault_of_the_catalogue_is_here() -> None:
    covered = {
        switch.partition("=")[0] for outcome in ("keep-old", "either", "succeed") for switch in switches(outcome)
    }
    assert covered | OBJECT_FAULTS.keys() == FAULTS.keys()
    if not CATALOGUE.exists():
        pytest.skip("reliability.md is not beside the project")
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (?:object|page|body|http|wire) \|", CATALOGUE.read_text("utf-8"), re.M)
    assert set(rows) == FAULTS.keys()


# A bad answer changes nothing


def assert_nothing_leaked(partner: Partnership) -> None:
    """The stranger was never asked, or at least never given the token."""
    assert not partner.platform.stranger.tokens
    assert partner.settings.token not in str(partner.state().reason)


def assert_one_clear_line(report: Report) -> None:
    assert report.reason
    assert "\n" not in report.reason
    assert 15 < len(report.reason) < 400, report.reason


# Not for a delta, which is short and may be empty.
OF_LONG_LISTS = ("empty-data", "shrink", "link-to-other-host", "endless", "self-next", "drop")
KINDS = [(switch, True) for switch in switches("keep-old")]
KINDS += [(switch, False) for switch, _ in KINDS if not switch.startswith(OF_LONG_LISTS)]


@pytest.mark.parametrize(("switch", "full"), KINDS)
def test_a_bad_answer_changes_nothing(
    after_a_good_pull: Callable[..., Partnership], goods: Callable[[str], Good], switch: str, full: bool
) -> None:
    partner = after_a_good_pull(limits=IMPATIENT if switch.startswith(SLOW) else LIMITS)
    partner.platform.misbehave(switch)

    report = partner.pull(full=full)

    assert dump(partner.engine, *STORED) == goods("2.2.1").signature
    assert report.outcome == ("held" if switch == "shrink=60" else "failed")
    assert_one_clear_line(report)
    assert_nothing_leaked(partner)
    assert (partner.state().outcome, partner.state().reason) == (report.outcome, report.reason)
    if switch.startswith(("endless", "self-next")):
        pages = -(-len(partner.platform.listings) // PAGE)
        assert sum(r.path.endswith("locations") for r in partner.platform.requests) <= pages + 3

    partner.platform.behave()
    partner.limits = CALM
    assert partner.taken().locations.received == len(partner.platform.listings)
    assert dump(partner.engine, *STORED) == goods("2.2.1").signature


@pytest.mark.parametrize("version", ["2.1.1", "2.3.0"])
@pytest.mark.parametrize(
    "switch", ["truncate-json", "null-data", "401", "expired-token", "shrink=80", "redirect-other-host"]
)
def test_a_bad_answer_changes_nothing_in_any_version(
    after_a_good_pull: Callable[..., Partnership], goods: Callable[[str], Good], switch: str, version: str
) -> None:
    partner = after_a_good_pull(version)
    partner.platform.misbehave(switch)

    assert partner.pull().outcome in ("failed", "held")
    assert dump(partner.engine, *STORED) == goods(version).signature
    assert_nothing_leaked(partner)


@pytest.mark.parametrize(
    "switch", ["503@tariffs", "truncate-json@tariffs", "404@tariffs", "drop@tariffs", "503@versions", "404@details"]
)
def test_a_bad_answer_of_another_kind_changes_nothing(
    after_a_good_pull: Callable[..., Partnership], goods: Callable[[str], Good], switch: str
) -> None:
    partner = after_a_good_pull()
    partner.platform.misbehave(switch)

    report = partner.pull()

    assert report.outcome == "failed"
    assert_one_clear_line(report)
    assert dump(partner.engine, *STORED) == goods("2.2.1").signature


@pytest.mark.parametrize("switch", [switch for switch in switches("keep-old") if not switch.startswith(SLOW)])
def test_a_bad_answer_to_a_first_pull_stores_nothing_false(at_first: Callable[[str], Partnership], switch: str) -> None:
    partner = at_first("2.2.1")
    partner.platform.misbehave(switch)
    report = partner.pull()

    truth = partner.truth()
    assert partner.shown().items() <= truth.items()
    assert report.outcome == "failed" or switch.startswith(("empty-data", "shrink"))
    partner.platform.behave()
    partner.taken()
    assert partner.shown() == truth


# Taken as if nothing were


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("switch", switches("succeed"))
def test_what_is_only_unusual_is_taken_as_if_nothing_were(
    at_first: Callable[[str], Partnership], switch: str, version: str
) -> None:
    partner = at_first(version)
    partner.platform.misbehave(switch)

    report = partner.taken()

    assert (report.complete, report.locations.rejected) == (True, 0)
    assert partner.shown() == partner.truth()
    assert partner.tariffs() == partner.true_tariffs()


@pytest.mark.parametrize("switch", switches("succeed"))
def test_what_is_only_unusual_changes_nothing_that_is_stored(
    after_a_good_pull: Callable[..., Partnership], goods: Callable[[str], Good], switch: str
) -> None:
    partner = after_a_good_pull()
    partner.platform.misbehave(switch)
    partner.taken()

    assert dump(partner.engine, *STORED) == goods("2.2.1").signature


@pytest.mark.parametrize("skew", [3600, -3600])
def test_a_skewed_clock_misses_no_update(after_a_good_pull: Callable[..., Partnership], skew: int) -> None:
    partner = after_a_good_pull()
    partner.platform.misbehave(f"clock-skew={skew}")
    clock = Clock(NOON)
    partner.clock = partner.platform.now = clock  # type: ignore[assignment]
    partner.taken()
    for minutes in (4, 7, 3):
        partner.later(minutes=minutes)
        id = partner.platform.shown()[minutes]
        partner.platform.rename(id, f"Nytt namn {minutes}")
        partner.later(minutes=1)
        assert not partner.taken(full=False).full
        assert partner.shown() == partner.truth()
    partner.platform.now = Clock(NOON)


# Right or left out, never wrong


@pytest.mark.parametrize("switch", switches("either"))
def test_what_may_be_taken_or_left_is_never_wrong(at_first: Callable[[str], Partnership], switch: str) -> None:
    partner = at_first("2.2.1")
    truth = partner.truth()
    partner.platform.misbehave(switch)

    partner.pull()

    for id, location in partner.shown().items():
        if switch in ("invalid-utf8", "latin1"):
            assert_no_mojibake(location)
            location = with_texts_of(location, truth[id])
        assert location == truth[id]
    assert_nothing_leaked(partner)


def assert_no_mojibake(location: Location) -> None:
    text = msgspec.json.encode(location).decode()
    assert not re.search("[\x80-\x9f]|Ã[¤¥¶]|\ufffd", text), text


def with_texts_of(location: Location, other: Location) -> Location:
    """A name with bytes that are no text may be mended or left out; everything else must be right."""
    return msgspec.structs.replace(location, name=other.name)


@pytest.mark.parametrize("switch", switches("either"))
def test_what_may_be_taken_or_left_takes_nothing_away(
    after_a_good_pull: Callable[..., Partnership], goods: Callable[[str], Good], switch: str
) -> None:
    partner = after_a_good_pull()
    partner.platform.misbehave(switch)
    for _ in range(2):
        partner.pull()

    assert partner.shown().keys() == partner.truth().keys()
    partner.platform.behave()
    partner.taken()
    assert partner.shown() == partner.truth()
    assert dump(partner.engine, "locations", "statuses", "tariffs") == {
        name: rows for name, rows in goods("2.2.1").signature.items() if name != "stations"
    }


# Any page


@pytest.mark.parametrize("fault", ["drop", "503", "truncate-json", "reset", "missing-link"])
def test_a_fault_on_any_page_takes_nothing_away(
    after_a_good_pull: Callable[..., Partnership], goods: Callable[[str], Good], fault: str
) -> None:
    partner = after_a_good_pull()
    pages = -(-len(partner.platform.listings) // PAGE)
    assert pages >= 5
    for page in range(pages + 1):
        partner.platform.misbehave(f"{fault}~{page}")
        outcome = partner.pull().outcome
        assert outcome == ("ok" if page == pages or fault == "missing-link" else "failed")
        assert dump(partner.engine, *STORED) == goods("2.2.1").signature
    partner.platform.behave()
    partner.taken()

    assert dump(partner.engine, *STORED) == goods("2.2.1").signature


@pytest.mark.parametrize("fault", ["drop", "503", "truncate-json"])
def test_a_first_pull_with_a_fault_on_any_page_ends_right(at_first: Callable[[str], Partnership], fault: str) -> None:
    partner = at_first("2.2.1")
    for page in range(-(-len(partner.platform.listings) // PAGE)):
        partner.platform.misbehave(f"{fault}~{page}")
        assert partner.pull().outcome == "failed"
        assert not partner.shown()
    partner.platform.behave()
    partner.taken()

    assert partner.shown() == partner.truth()


@pytest.mark.parametrize("fault", ["drop", "503", "truncate-json"])
def test_a_fault_that_passes_is_tried_again(after_a_good_pull: Callable[..., Partnership], fault: str) -> None:
    partner = after_a_good_pull()
    partner.platform.misbehave(f"{fault}~2#1")

    assert partner.pull().outcome == ("failed" if fault == "truncate-json" else "ok")


# Objects


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("fault", OBJECT_FAULTS)
def test_each_object_is_taken_or_refused_on_its_own_merits(
    at_first: Callable[[str], Partnership], fault: str, version: str
) -> None:
    partner = at_first(version)
    partner.platform.limit = 500
    partner.platform.misbehave(fault)
    victims = [victim for victim in partner.platform.victims if victim.module == "locations"]
    truth = partner.truth()

    report = partner.taken()

    shown = shown_by_platform_id(partner, victims)
    for victim in victims:
        if victim.outcome != "either":
            assert (victim.id in shown) == (victim.outcome == "accept"), victim
    untouched = truth.keys() - {victim.id for victim in partner.platform.victims}
    assert {id: location for id, location in partner.shown().items() if id in untouched} == {
        id: truth[id] for id in untouched
    }
    spoilt = {victim.id for victim in partner.platform.victims if victim.module == "tariffs"}
    true_tariffs = partner.true_tariffs()
    tariffs = partner.tariffs()
    assert {id: tariff for id, tariff in tariffs.items() if id not in spoilt} == {
        id: tariff for id, tariff in true_tariffs.items() if id not in spoilt
    }
    counts = report.locations
    assert counts.received == counts.created + counts.hidden + counts.ignored + counts.rejected
    assert sum(report.reasons.values()) == counts.rejected + report.tariffs.rejected
    refused = partner.refused()
    assert len(refused) <= counts.rejected + report.tariffs.rejected
    assert {row.reason for row in refused} == report.reasons.keys()
    for row in refused:
        assert row.raw
        assert row.first_seen
        assert len(row.reason) > 20
        assert row.path or "object" in row.reason, row.reason


def shown_by_platform_id(partner: Partnership, victims: list[Victim]) -> set[str]:
    """Which victims are shown, whatever id they were sent with: their places tell."""
    shown = partner.shown()
    places = {(location.coordinates.latitude, location.coordinates.longitude) for location in shown.values()}
    truth = partner.truth()
    by_place = {
        victim.id
        for victim in victims
        if (truth[victim.id].coordinates.latitude, truth[victim.id].coordinates.longitude) in places
    }
    return (shown.keys() & {victim.id for victim in victims}) | by_place


@pytest.mark.parametrize("version", VERSIONS)
def test_a_price_that_is_no_number_is_unknown_and_not_nothing(
    at_first: Callable[[str], Partnership], version: str
) -> None:
    partner = at_first(version)
    partner.platform.misbehave("nan")
    victims = {victim.label: victim.id for victim in partner.platform.victims if victim.module == "tariffs"}
    partner.taken()

    stored = partner.tariffs()
    prices = {
        label: stored[id].elements[0].price_components[0].price if id in stored else None
        for label, id in victims.items()
    }
    assert prices == {"price NaN": None, "price 1e999": None, "price -0.5": Decimal("-0.5")}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("fault", OBJECT_FAULTS)
def test_a_bad_object_costs_only_itself(
    after_a_good_pull: Callable[..., Partnership], goods: Callable[[str], Good], fault: str, version: str
) -> None:
    """What was good stays until something better comes; only what must not be shown goes."""
    partner = after_a_good_pull(version)
    partner.platform.limit = 500
    before = partner.shown()
    ids = public_ids(partner.engine, partner.settings.slug)
    partner.platform.misbehave(fault)
    hidden = {victim.id for victim in partner.platform.victims if victim.outcome == "hide"}
    for _ in range(2):
        partner.taken()

    for id in {victim.id for victim in partner.platform.victims if victim.module == "locations"}:
        assert isinstance(partner.by_id(ids[id.casefold()]), Station) == (id not in hidden), (fault, id)
    with partner.engine.connect() as connection:
        assert stations.find(connection, stations.Search(limit=1)).total == len(before) - len(hidden)

    partner.platform.behave()
    for _ in range(2):  # what claimed to be another party's is absent twice
        partner.taken()
    assert partner.shown() == before
    assert not partner.refused()
    assert public_ids(partner.engine, partner.settings.slug) == ids


@pytest.mark.parametrize("version", VERSIONS)
def test_a_stamp_in_the_future_does_not_block_the_truth(at_first: Callable[[str], Partnership], version: str) -> None:
    partner = at_first(version)
    partner.platform.misbehave("future-last-updated")
    partner.taken()
    partner.platform.behave()
    partner.taken()

    assert partner.shown() == partner.truth()


def test_many_bad_things_at_once_each_keep_their_rule(after_a_good_pull: Callable[..., Partnership]) -> None:
    partner = after_a_good_pull()
    before = partner.shown()
    partner.platform.misbehave("coords-zero,null-fields,relative-link,tiny-pages=7,gzip,clock-skew=60,bom")
    report = partner.taken()

    assert report.locations.rejected == 2
    assert partner.shown().keys() == before.keys()


def test_coordinates_that_were_exchanged_are_set_right(at_first: Callable[[str], Partnership]) -> None:
    partner = at_first("2.2.1")
    partner.platform.misbehave("coords-swapped")
    partner.taken()

    assert partner.shown() == partner.truth()


def test_an_older_copy_at_the_end_of_the_list_is_ignored(at_first: Callable[[str], Partnership]) -> None:
    partner = at_first("2.2.1")
    partner.platform.misbehave("duplicate-ids")
    report = partner.taken()

    assert report.locations.ignored == 3
    assert partner.shown() == partner.truth()


# One partner's faults are its own


def test_the_others_are_pulled_whatever_one_does(platforms: Callable[[str], Platform], sqlite: sa.Engine) -> None:
    found = [Partnership(sqlite, platforms(version), Clock(NOON), LIMITS) for version in VERSIONS]
    found[1].platform.misbehave("503")
    reports = {
        report.partner: report.outcome
        for report in pull_all(
            sqlite, [partner.settings for partner in found], clock=Clock(NOON), connect=connecting(LIMITS)
        )
    }

    assert reports == {"vastan": "ok", "nordladd": "failed", "tallmo": "ok"}
    for partner in (found[0], found[2]):
        assert partner.shown() == partner.truth()
