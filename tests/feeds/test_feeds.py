"""Real feeds, file by file: how many objects are received, shown, hidden and refused, and why.

A change of a figure here is a change of what drivers see: look at the objects before the figure is changed.
"""

import csv
import gzip
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from finder.ocpi.envelope import BadAnswer, Module, embedded_tariffs, split
from finder.ocpi.read import READERS, read_location, read_tariff
from finder.ocpi.types import Hidden, Rejected, Source
from tests.conftest import FEEDS
from tests.ocpi.objects import NOW

pytestmark = pytest.mark.skipif(not FEEDS.exists(), reason="the feeds are in ../shared/data/ocpi, beside the project")

REMOVED = "every EVSE is REMOVED"
LOCATIONS = {
    "chargecloud/ludwigsburg_2025_page1.json": {"shown": 100},
    "chargecloud/ludwigsburg_2025_page2.json": {"shown": 29},
    "chargecloud/ludwigsburg_2026_page.json": {"shown": 100},
    "ndw_2026/altena.details.json": {"shown": 110},
    "ndw_2026/borsele.details.json": {"shown": 41},
    "ndw_2026/echt-susteren.details.json": {"shown": 90},
    "ndw_2026/hulst.details.json": {"shown": 25},
    "ndw_2026/leiderdorp.details.json": {"shown": 130},
    "ndw_2026/leusden.details.json": {"shown": 164},
    "ndw_2026/ndw_national_locations.json.gz": {"shown": 67938},
    "ndw_2026/reimerswaal.details.json": {"shown": 38},
    "ndw_2026/roosendaal.details.json": {"shown": 287},
    "ndw_receiver/small-locations.json": {"shown": 2},
    "ndw_receiver/small-page-locations-0.json": {"shown": 2},
    "ndw_receiver/small-page-locations-1.json": {"shown": 2},
    "ndw_receiver/test-location.json": {"shown": 1},
    "ocm/ocpi_2_1_1_locations-fastned.json": {"shown": 105, "no EVSE": 1},
    "ocm/ocpi_2_2_1_locations-ev24.json": {"shown": 11},
    "ocm/ocpi_2_2_1_locations-ezvolt.json": {"shown": 91},
    "ocm/ocpi_2_2_1_locations-itcharge.json": {"shown": 1114, "publish=false": 35, "refused: coordinates": 31},
    "ocm/ocpi_2_2_1_locations-punkt.json": {"shown": 481, "publish=false": 8},
    "ocm/ocpi_2_2_1_locations-sitronics.json": {"shown": 62, "publish=false": 3},
    "ocm/ocpi_2_2_1_locations-toger.json": {"shown": 29, "no EVSE": 12, "refused: coordinates": 3},
    "ocm/ocpi_2_2_locations-chargesini.json": {"shown": 372, "publish=false": 76},
    "ocm/ocpi_2_2_locations-electricera.json": {"shown": 3},
    "ocm/ocpi_2_2_locations-evio.json": {"shown": 21},
    "ocm/ocpi_2_2_locations-gaia.json": {"shown": 3, REMOVED: 1},
    "ocm/ocpi_2_2_locations-lakd.lt.2025-03.json": {"shown": 997, REMOVED: 34, "no EVSE": 26},
    "ocm/ocpi_2_2_locations-otopriz.json": {"shown": 500},
    "ocm/ocpi_2_2_locations-zepto.json": {"shown": 10},
    "ocm/ocpi_2_2_locations_powergo.json": {"shown": 486, REMOVED: 3},
    "ocm/ocpi_3_0_0_location_example.json": {"shown": 1},
    "stadtnavi/herrenberg.json": {"shown": 30},
    "stadtnavi/herrenberg_old_shape.json": {"shown": 2},
    "uk_pcpr_2026/chargy_locations_page1.json": {"shown": 2},
    "uk_pcpr_2026/jolt_locations.json": {"shown": 4},
}
TARIFFS = {
    "ndw_2026/ndw_national_tariffs.json.gz": {"shown": 11352},
    "ndw_2026/tariffs_extracted.json": {"shown": 336},
    "ndw_receiver/tariffs.json": {"shown": 5},
    "uk_pcpr_2026/arnold_clark_tariffs.json": {"shown": 2},
    "uk_pcpr_2026/chargeplace_scotland_tariffs.json": {"shown": 6},
    "uk_pcpr_2026/chargy_tariffs_page1.json": {"shown": 2},
    "uk_pcpr_2026/clenergy_tariffs.json": {"shown": 8},
    "uk_pcpr_2026/jolt_tariff_13.json": {"shown": 1},
    "uk_pcpr_2026/jolt_tariff_25.json": {"shown": 1},
    "uk_pcpr_2026/mfg_tariffs.json": {"shown": 2},
}
EMBEDDED = {
    "chargecloud/ludwigsburg_2025_page1.json": 4,
    "chargecloud/ludwigsburg_2025_page2.json": 3,
    "chargecloud/ludwigsburg_2026_page.json": 5,
    "ndw_2026/altena.details.json": 50,
    "ndw_2026/borsele.details.json": 40,
    "ndw_2026/echt-susteren.details.json": 14,
    "ndw_2026/hulst.details.json": 18,
    "ndw_2026/leiderdorp.details.json": 28,
    "ndw_2026/leusden.details.json": 42,
    "ndw_2026/reimerswaal.details.json": 27,
    "ndw_2026/roosendaal.details.json": 38,
}


def index() -> dict[str, dict[str, str]]:
    with (FEEDS / "INDEX.tsv").open(encoding="utf-8") as file:
        return {row["file"]: row for row in csv.DictReader(file, delimiter="\t")}


def body(file: str) -> bytes:
    raw = (FEEDS / file).read_bytes()
    return gzip.decompress(raw) if file.endswith(".gz") else raw


def source(file: str) -> Source:
    version = index()[file]["ocpi_version"][:5]
    return Source("feed", version if version in READERS else "2.2.1")


def tally(raws: Iterable[bytes], module: Module, source: Source) -> dict[str, int]:
    read = read_location if module == "locations" else read_tariff
    counts: Counter[str] = Counter()
    for raw in raws:
        found = read(raw, source, NOW)
        if isinstance(found, Hidden):
            counts[found.reason] += 1
        elif isinstance(found, Rejected):
            assert found.reason
            counts[f"refused: {found.path}"] += 1
        else:
            counts["shown"] += 1
    return dict(counts)


@pytest.mark.parametrize("file", LOCATIONS)
def test_locations_of_a_feed(file: str) -> None:
    objects = split(body(f"feeds/{file}"), "locations").objects
    counts = tally(objects, "locations", source(f"feeds/{file}"))
    assert counts == LOCATIONS[file]
    assert sum(counts.values()) == len(objects) == int(index()[f"feeds/{file}"]["n_objects"])
    # Of what is public, charges and has a place, a driver finds at least 99 in 100.
    usable = len(objects) - sum(counts.get(reason, 0) for reason in ("publish=false", REMOVED, "no EVSE"))
    assert counts["shown"] >= 0.99 * (usable - counts.get("refused: coordinates", 0))


@pytest.mark.parametrize("file", TARIFFS)
def test_tariffs_of_a_feed(file: str) -> None:
    objects = split(body(f"feeds/{file}"), "tariffs").objects
    assert tally(objects, "tariffs", source(f"feeds/{file}")) == TARIFFS[file]
    assert len(objects) == int(index()[f"feeds/{file}"]["n_objects"])


@pytest.mark.parametrize("file", EMBEDDED)
def test_tariffs_within_the_locations_of_a_feed(file: str) -> None:
    objects = split(body(f"feeds/{file}"), "locations").objects
    tariffs = dict.fromkeys(found for raw in objects for found in embedded_tariffs(raw))
    assert tally(tariffs, "tariffs", source(f"feeds/{file}")) == {"shown": EMBEDDED[file]}
    for raw in objects:
        found = read_location(raw, source(f"feeds/{file}"), NOW)
        assert not isinstance(found, Rejected)


def test_no_feed_is_forgotten() -> None:
    named = {file for file, row in index().items() if file.startswith("feeds/") and "location" in row["object_type"]}
    assert named == {f"feeds/{file}" for file in LOCATIONS}
    named = {
        file for file, row in index().items() if file.startswith("feeds/") and row["object_type"].startswith("tariff")
    }
    assert named == {f"feeds/{file}" for file in TARIFFS}


@pytest.mark.parametrize("version", ["2.1.1", "2.2.1", "2.3.0"])
def test_every_example_of_the_specification(version: str) -> None:
    unpublished = ("uc3", "uc4", "uc5")
    fragments = 0
    for file, row in index().items():
        kind = row["object_type"]
        if not file.startswith(f"spec/{version}/") or kind not in ("location", "tariff"):
            continue
        module: Module = "locations" if kind == "location" else "tariffs"
        try:
            objects = split(body(file), module).objects
        except BadAnswer:
            # Parts of a location, PATCHes, and an EVSE that is PUT.
            assert "fragment" in row["notes"] or "location_put_example_add_evse" in file
            fragments += 1
            continue
        expected = "publish=false" if any(case in file for case in unpublished) else "shown"
        assert tally(objects, module, Source("spec", version)) == {expected: 1}, file
    assert fragments == (0 if version == "2.1.1" else 12)


@pytest.mark.parametrize("module", ["locations", "tariffs"])
@pytest.mark.parametrize(
    "file",
    [
        "not_ocpi/datex2_giroe_static_reduced.json",
        "not_ocpi/ochp_live.xml",
        "not_ocpi/opendata_swiss_realtime.json",
        "spec/2.3.0-bookings/booking_location_example.json",
    ],
)
def test_what_is_not_ocpi_is_refused_in_one_line(file: str, module: Module) -> None:
    with pytest.raises(BadAnswer) as refused:
        split(body(file), module)
    assert "would be" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("file", ["not_ocpi/giroe_page1.json", "not_ocpi/giroe_page2.json"])
def test_objects_of_another_protocol_in_a_list_are_refused_one_by_one(file: str) -> None:
    objects = split(body(file), "locations").objects
    assert tally(objects, "locations", Source("giroe")) == {"refused: coordinates": 20}
    assert tally(objects, "tariffs", Source("giroe")) == {"refused: elements": 20}


def test_every_file_that_is_not_ocpi_is_tried() -> None:
    assert len(list(Path(FEEDS / "not_ocpi").iterdir())) == 5
