"""Map tiles of a whole country in this process, cold, as ratios to counting its stations; and the small maps of the pages."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from app import create_app
from bench._country import missing
from bench._database import country_database
from finder.places import landmap, mercator
from finder.store import clusters
from finder.store.clusters import LAST_ZOOM
from finder.store.database import engine, writing

ZOOMS = (0, 5, 7, 9, LAST_ZOOM, LAST_ZOOM + 1)
TILES = 12
ROUNDS = 5
DENSEST = sa.text("SELECT latitude, longitude FROM stations WHERE gone_at IS NULL ORDER BY cell, id")


def main() -> None:
    print("tiles: the map of a country")
    if missing():
        return
    with country_database() as database:
        made = engine(f"sqlite:///{database}")
        spots = list(every(made))
        made_anew(made)
        drawn(database, spots, made)
        locators(spots)


def every(made: sa.Engine) -> Iterator[tuple[float, float]]:
    with made.connect() as connection:
        yield from (tuple(row) for row in connection.execute(DENSEST))


def made_anew(made: sa.Engine) -> None:
    """Rolled back at the end."""
    with writing(made) as connection:
        clusters.mark_all(connection)
        spent = seconds(lambda: clusters.refresh(connection))
        count = connection.execute(sa.text("SELECT count(*) FROM clusters")).scalar()
        print(f"  {count} clusters made anew after a pull that changed everything: {spent:.2f} s of CPU")


def drawn(database: Path, spots: list[tuple[float, float]], made: sa.Engine) -> None:
    with made.connect() as connection:
        counting = median(
            seconds(lambda: connection.exec_driver_sql("SELECT count(*) FROM stations WHERE gone_at IS NULL").scalar())
            for _ in range(ROUNDS)
        )
    print(f"  {len(spots)} stations; counting them takes {counting * 1000:.2f} ms")
    client = create_app({"FINDER_DATABASE_URL": f"sqlite:///{database}"}).test_client()
    client.get("/tiles/0/0/0.mvt")
    for zoom in ZOOMS:
        for query in ("", "?operator=vattenfall"):
            spent, largest = asked(client, zoom, spots, query)
            words = f"zoom {zoom}{', of one operator' if query else ''}"
            print(
                f"  {words:32} {spent * 1000:7.2f} ms a tile, {largest:6} bytes at most, {spent / counting:6.1f} x counting"
            )


def asked(client: object, zoom: int, spots: list[tuple[float, float]], query: str) -> tuple[float, int]:
    """CPU seconds of the median of the fullest tiles, none of which was asked for before in its round, and the largest answer."""
    found: dict[tuple[int, int], int] = {}
    for latitude, longitude in spots:
        x, y = (int(part * 2**zoom) for part in mercator.project(latitude, longitude))
        found[x, y] = found.get((x, y), 0) + 1
    fullest = sorted(found, key=lambda tile: -found[tile])[:TILES]
    sizes: list[int] = []
    times = [
        seconds(lambda x=x, y=y: sizes.append(len(client.get(f"/tiles/{zoom}/{x}/{y}.mvt{query}").data)))  # type: ignore[attr-defined]
        for _ in range(ROUNDS)
        for x, y in fullest
    ]
    return median(times), max(sizes)


def locators(spots: list[tuple[float, float]]) -> None:
    some = spots[:: len(spots) // 200]

    def draw() -> list[int]:
        return [
            len(landmap.around(*spot, (landmap.Pin(*spot, "Station", here=True),), "Karta", True, zoom=10))
            for spot in some
        ]

    first = seconds(draw) / len(some)
    again = seconds(draw) / len(some)
    print(
        f"  a station's small map: {first * 1e6:.0f} us the first time, {again * 1e6:.0f} us again, {median(draw()):.0f} bytes"
    )


def seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
