"""A process that pulls one feed once: `python -m tests.ingest.puller DATABASE_URL FEED`; prints the outcome."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from finder.ingest.pull import pull
from finder.ocpi.partner import Partner
from finder.store.database import engine
from tests.ingest.partnership import connecting


def take(url: str, feed: Path) -> str:
    partner = Partner(slug="nord", name="Nord", version="2.2.1", locations=str(feed))
    made = engine(url)
    try:
        return pull(made, partner, clock=lambda: datetime.now(UTC), connect=connecting()).outcome
    finally:
        made.dispose()


if __name__ == "__main__":
    print(take(sys.argv[1], Path(sys.argv[2])))
