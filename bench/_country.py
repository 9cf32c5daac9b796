"""The whole country that the figures are measured on, where it lies beside the project."""

from pathlib import Path

NDW = Path(__file__).parents[2] / "shared" / "data" / "ocpi" / "feeds" / "ndw_2026"
LOCATIONS = NDW / "ndw_national_locations.json.gz"
TARIFFS = NDW / "ndw_national_tariffs.json.gz"


def missing() -> bool:
    if LOCATIONS.exists():
        return False
    print("skipped: the national feed is not beside the project")
    return True
