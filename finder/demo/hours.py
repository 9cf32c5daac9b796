"""Opening hours of every sort, as OCPI writes them: local times by weekday, exceptions in UTC."""

from datetime import UTC, datetime
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from finder.demo.operators import Json

Periods = tuple[tuple[str, str], ...]

# Local dates and times at the place: begin and end.
_CHRISTMAS = (("2026-12-24T00:00", "2026-12-27T00:00"), ("2027-12-24T00:00", "2027-12-27T00:00"))
_MIDSUMMER = (("2027-06-25T00:00", "2027-06-27T00:00"), ("2028-06-23T00:00", "2028-06-25T00:00"))
_LATE_SHOPPING = (("2026-11-27T20:00", "2026-11-28T00:00"), ("2027-11-26T20:00", "2027-11-27T00:00"))
_THAW = (("2027-05-03T00:00", "2027-06-10T00:00"),)


def hours(random: Random, sort: str, zone: str) -> Json | None:
    """`opening_times` and, where it says so, `charging_when_closed`; None where the operator says nothing."""
    if sort == "silent":
        return None
    if sort == "always":
        return {"opening_times": {"twentyfourseven": True}}
    said = _SORTS[sort](random)
    times = said["opening_times"]
    exceptions = {name: _periods(times[name], zone) for name in times if name.startswith("exceptional_")}
    return said | {"opening_times": times | exceptions}


def _week(workdays: tuple[str, str], saturday: tuple[str, str] | None, sunday: tuple[str, str] | None) -> list[Json]:
    days = [(weekday, workdays) for weekday in range(1, 6)]
    if saturday:
        days.append((6, saturday))
    if sunday:
        days.append((7, sunday))
    return [{"weekday": weekday, "period_begin": begin, "period_end": end} for weekday, (begin, end) in days]


def _opening(regular: list[Json], closings: bool = False, openings: bool = False) -> Json:
    times: Json = {"twentyfourseven": False, "regular_hours": regular}
    if openings:
        times["exceptional_openings"] = _LATE_SHOPPING
    if closings:
        times["exceptional_closings"] = _CHRISTMAS + _MIDSUMMER
    return times


@cache
def _periods(periods: Periods, zone: str) -> list[Json]:
    """In UTC, oldest first."""
    return [{"period_begin": _utc(begin, zone), "period_end": _utc(end, zone)} for begin, end in sorted(periods)]


def _utc(local: str, zone: str) -> str:
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _garage(random: Random) -> Json:
    begin = random.choice(("05:30", "06:00", "06:30"))
    return {"opening_times": _opening(_week((begin, "23:00"), ("08:00", "22:00"), ("09:00", "21:00")))}


def _late(random: Random) -> Json:
    """Until after midnight: written as the end before the begin, or cut at midnight, both of which partners do."""
    if random.random() < 0.5:
        return {"opening_times": _opening(_week(("06:00", "01:00"), ("07:00", "03:00"), ("09:00", "00:00")))}
    regular = _week(("06:00", "23:59"), ("07:00", "23:59"), ("09:00", "22:00"))
    regular += [{"weekday": weekday, "period_begin": "00:00", "period_end": "02:30"} for weekday in (6, 7)]
    return {"opening_times": _opening(sorted(regular, key=lambda day: (day["weekday"], day["period_begin"])))}


def _weekdays(random: Random) -> Json:
    return {"opening_times": _opening(_week((random.choice(("06:00", "07:00")), "19:00"), None, None), closings=True)}


def _shop(random: Random) -> Json:
    end = random.choice(("20:00", "21:00", "22:00"))
    return {
        "opening_times": _opening(_week(("08:00", end), ("09:00", "20:00"), ("10:00", "19:00")), closings=True),
        "charging_when_closed": False,
    }


def _shop_charging(random: Random) -> Json:
    """The shop closes, the chargers do not."""
    end = random.choice(("20:00", "21:00"))
    times = _opening(_week(("09:00", end), ("10:00", "18:00"), ("11:00", "17:00")), closings=True, openings=True)
    return {"opening_times": times, "charging_when_closed": True}


def _long(random: Random) -> Json:
    begin = random.choice(("06:00", "07:00"))
    return {"opening_times": _opening(_week((begin, "22:00"), (begin, "22:00"), ("08:00", "22:00")), closings=True)}


def _office(random: Random) -> Json:
    return {
        "opening_times": _opening(_week((random.choice(("06:30", "07:00")), "18:00"), None, None), closings=True),
        "charging_when_closed": False,
    }


def _charging(random: Random) -> Json:
    """Around the clock but for the holidays, when the gate is shut and the cars inside still charge."""
    times = {"twentyfourseven": True, "exceptional_closings": _CHRISTMAS}
    return {"opening_times": times, "charging_when_closed": random.random() < 0.7}


def _season(random: Random) -> Json:
    """Two shifts a day with a pause at noon, closed in the spring thaw."""
    end = random.choice(("18:00", "19:00"))
    regular = [
        {"weekday": weekday, "period_begin": begin, "period_end": stop}
        for weekday in range(1, 8)
        for begin, stop in (("07:00", "12:00"), ("13:00", end))
    ]
    times = _opening(regular)
    times["exceptional_closings"] = _THAW
    return {"opening_times": times}


def _visit(random: Random) -> Json:
    """A museum: shut on Mondays."""
    end = random.choice(("16:00", "17:00"))
    return {
        "opening_times": _opening(
            [{"weekday": weekday, "period_begin": "10:00", "period_end": end} for weekday in range(2, 8)], closings=True
        )
    }


_SORTS = {
    "garage": _garage,
    "late": _late,
    "weekdays": _weekdays,
    "shop": _shop,
    "shopcharging": _shop_charging,
    "long": _long,
    "office": _office,
    "charging": _charging,
    "season": _season,
    "visit": _visit,
}
