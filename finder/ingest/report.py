"""What a pull did, for the operator and for the next pull."""

from collections import Counter
from datetime import datetime

import msgspec


class Counts(msgspec.Struct):
    """Objects of one module. `ignored`: older than what is stored, or a second one of the same pull. `hidden`:
    not to be shown (`publish=false`, every EVSE REMOVED, no EVSE)."""

    received: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    hidden: int = 0
    ignored: int = 0
    rejected: int = 0


class Report(msgspec.Struct):
    """One pull of one partner. `outcome`: ok, failed (nothing changed), held (deletions wait), busy (another process
    is at it). `reasons` counts the refused objects of this pull by reason; `reason` is why the pull failed or is held."""

    partner: str
    version: str | None = None
    outcome: str = "ok"
    reason: str | None = None
    started: datetime | None = None
    seconds: float = 0.0
    full: bool = False
    complete: bool = False
    requests: int = 0
    delta_from: datetime | None = None
    locations: Counts = msgspec.field(default_factory=Counts)
    tariffs: Counts = msgspec.field(default_factory=Counts)
    reasons: Counter[str] = msgspec.field(default_factory=Counter)

    def row(self) -> dict[str, object]:
        """The report in the words of the command line: figures are of locations, those of tariffs stand beside."""
        counts = msgspec.structs.asdict(self.locations)
        return {
            "partner": self.partner,
            "version": self.version,
            "seconds": round(self.seconds, 2),
            **counts,
            "requests": self.requests,
            "outcome": self.outcome,
            "reason": self.reason,
            "tariffs": msgspec.structs.asdict(self.tariffs),
            "reasons": dict(self.reasons.most_common()),
        }
