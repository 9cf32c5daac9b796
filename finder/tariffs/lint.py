"""What a partner should be told about a tariff: the faults of what was read, and what reading had to leave out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from finder.ocpi.restrictions import Unclear, known, restrictions
from finder.ocpi.text import amount, moment, text
from finder.ocpi.types import Tariff, TariffElement
from finder.tariffs.document import Json, unreadable
from finder.tariffs.faults import FAULTS, Asked, Finding

__all__ = ["Finding", "lint", "lint_raw"]


def lint(tariff: Tariff, power_kw: Decimal | None = None, now: datetime | None = None) -> tuple[Finding, ...]:
    """The faults of a tariff, each said once for all elements that have it.

    `power_kw` is what the EVSE gives: without it nothing is out of its reach, and AFIR is not asked. Without `now`
    nothing is over.
    """
    return _together(_faults(tariff, Asked(power_kw, now)))


def lint_raw(
    raw: Json, tariff: Tariff, power_kw: Decimal | None = None, now: datetime | None = None
) -> tuple[Finding, ...]:
    """`lint` with what reading `raw` as `tariff` left out. Elements are counted as the partner wrote them."""
    left_out = list(_left_out(raw))
    explained = {
        finding.element for finding in left_out if finding.kind in ("unreadable_number", "unreadable_restriction")
    }
    read = [
        finding
        for finding in _faults(_as_written(tariff, raw), Asked(power_kw, now))
        if not (finding.kind == "missing_price" and finding.element in explained)
    ]
    return _together([*left_out, *read])


def _faults(tariff: Tariff, asked: Asked) -> Iterator[Finding]:
    for fault in FAULTS:
        yield from fault(tariff, asked)


# What reading leaves out


def _left_out(raw: Json) -> Iterator[Finding]:
    if raw.get("id") in (None, ""):
        yield Finding(
            None, "missing_id", "it has no id, so no connector can name it; one of up to 36 letters would be right"
        )
    for found in unreadable(raw):
        yield Finding(found.element, "unreadable_number", f"{found.name} {found.words}")
    for name in ("start_date_time", "end_date_time"):
        if raw.get(name) is not None and moment(raw[name]) is None:
            words = f"{name} is {_shown(raw[name])}, which is no date and time; 2026-11-23T09:30:00Z would be right"
            yield Finding(None, "unreadable_date", words)
    for number, element in enumerate(_elements(raw), 1):
        components = element.get("price_components")
        if not components:
            yield Finding(number, "empty_element", "it has no price_components and says nothing; one would be right")
        for component in components if isinstance(components, list) else ():
            vat = amount(component.get("vat")) if isinstance(component, dict) else None
            if vat is not None and not 0 <= vat <= 100:
                words = f"vat is {_shown(vat)}; a rate in percent from 0 to 100 would be right"
                yield Finding(number, "unreadable_number", words)
        yield from _restrictions(number, element.get("restrictions"))


def _restrictions(number: int, raw: Any) -> Iterator[Finding]:
    try:
        restrictions(raw)
    except Unclear as unclear:
        words = f"a restriction cannot be read: {unclear}. Until then no price is known"
        yield Finding(number, "unreadable_restriction", words)
    for each in raw if isinstance(raw, list) else [raw]:
        for name, value in each.items() if isinstance(each, dict) else ():
            if value is not None and value != [] and not known(name):
                words = f"{_shown(name)} is no restriction of OCPI and is not looked at, so the price holds always"
                yield Finding(number, "unknown_restriction", words)


def _elements(raw: Json) -> list[Json]:
    found = raw.get("elements")
    return [each if isinstance(each, dict) else {} for each in found] if isinstance(found, list) else []


def _shown(value: Any) -> str:
    return text(str(value), 40) or "empty"


# Elements by number


def _as_written(tariff: Tariff, raw: Json) -> Tariff:
    """With the elements that reading dropped, which say nothing, so that all are counted as the partner does."""
    read = iter(tariff.elements)
    nothing = TariffElement(())
    written = tuple(next(read, nothing) if each.get("price_components") else nothing for each in _elements(raw))
    return tariff if next(read, None) else msgspec.structs.replace(tariff, elements=written)


def _together(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for all elements of which the same is said, with them named in its words."""
    elements: dict[tuple[str, str], list[int]] = {}
    for finding in findings:
        numbers = elements.setdefault((finding.kind, finding.words), [])
        if finding.element is not None and finding.element not in numbers:
            numbers.append(finding.element)
    return tuple(
        Finding(numbers[0] if numbers else None, kind, f"{_who(sorted(numbers))}: {words}.")
        for (kind, words), numbers in elements.items()
    )


def _who(numbers: Sequence[int]) -> str:
    """ "Element 2", "Elements 2, 4 and 6-9", or the tariff itself."""
    if not numbers:
        return "The tariff"
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [each for run in runs for each in ([f"{run[0]}-{run[-1]}"] if len(run) > 2 else map(str, run))]
    named = ", ".join(shown[:-1]) + " and " + shown[-1] if len(shown) > 1 else shown[0]
    return f"Element {named}" if len(numbers) == 1 else f"Elements {named}"
