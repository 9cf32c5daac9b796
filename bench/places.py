"""Places by name: milliseconds for everything that people type (tests/places/queries.tsv) and for each letter on the way there."""

import resource
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from bench._country import missing
from bench._database import country_database

QUERIES = Path(__file__).parents[1] / "tests" / "places" / "queries.tsv"
ROUNDS = 3
LONGEST_TYPED = 8


def main() -> None:
    print("places: what is typed, answered; the first one reads the gazetteer")
    texts = [line.split("\t")[0] for line in QUERIES.read_text("utf-8").splitlines() if line[:1] not in ("", "#")]
    begun = sorted({text[:letters] for text in texts for letters in range(2, LONGEST_TYPED)})
    alone(texts, begun)
    if missing():
        return
    with country_database() as database:
        suggested(database, texts, begun)


def alone(texts: list[str], begun: list[str]) -> None:
    from finder import places
    from finder.places import postal

    def ask(text: str) -> None:
        places.find.cache_clear()
        places.named.cache_clear()
        postal.find.cache_clear()
        if not postal.find(text):
            places.find(text)

    before, started = memory(), time.perf_counter()
    for text in ("Lund, Skåne", "451 50", "Malmö stad"):
        ask(text)
    print(f"  reading it all {(time.perf_counter() - started) * 1000:6.0f} ms, {memory() - before:.0f} MB")
    table("a place, whole", texts, ask)
    table("a place, half typed", begun, ask)


def suggested(database: Path, texts: list[str], begun: list[str]) -> None:
    """The whole request, with the stations of a country."""
    from app import serving
    from finder import places
    from finder.places import postal

    client = serving({"FINDER_DATABASE_URL": f"sqlite:///{database}", "FINDER_PAGE_CACHE_MB": "0"}).test_client()

    def ask(text: str) -> None:
        places.find.cache_clear()
        places.named.cache_clear()
        postal.find.cache_clear()
        client.get("/api/v1/places", query_string={"q": text})

    table("suggestions, whole", texts, ask)
    table("suggestions, half typed", begun, ask)


def table(what: str, texts: Iterable[str], ask: Callable[[str], None]) -> None:
    """CPU time, each text's fastest of a few rounds."""
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for text in texts:
            started = time.process_time_ns()
            ask(text)
            best[text] = min(best.get(text, 9e9), (time.process_time_ns() - started) / 1e6)
    ordered = sorted(best.values())
    slowest = max(best, key=lambda text: best[text])
    p50, p99 = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    print(
        f"  {what:24} {len(best):5} texts  p50 {p50:6.2f}  p99 {p99:6.2f}  slowest {best[slowest]:6.2f} ms ({slowest!r})"
    )


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
