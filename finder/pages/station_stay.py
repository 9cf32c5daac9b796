"""What the place makes of a charge: how long a car may stay there, and whether it is open when the charge begins."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from finder.ocpi.types import Location, Parking
from finder.pages.rows import zone
from finder.pages.station_hours import moment
from finder.pages.station_place import minutes
from finder.stations.hours import is_open, next_change
from finder.stations.prices import PlugPrice
from finder.stations.types import Station
from finder.web.language import gettext as _

RESTRICTED = {"DISABLED"}


def warnings(station: Station, price: PlugPrice, parked: timedelta) -> Iterator[str]:
    """Of a charge at that plug, and the time that the car is left there after it."""
    location = station.location
    limits = [bay.time_limit for bay in location.parking_places if bay.time_limit]
    stay = price.charging + parked
    # Few places have limits, and fewer of them matter.
    most = longest_stay(station, price.standard) if limits and stay > timedelta(minutes=min(limits)) else None
    if most is not None and stay > most:
        yield _too_long(most, price.charging, parked)
    if location.opening_times is not None:
        yield from _closed(location, price.start)


def longest_stay(station: Station, standard: str | None) -> timedelta | None:
    """The most that any bay for cars at such a plug allows; None where one of them states no limit.

    Where the charging points do not say which bays are theirs, all of the place's count.
    """
    named = {
        each.parking_id
        for entry in station.evses
        if any(connector.standard == standard for connector in entry.evse.connectors)
        for each in entry.evse.parking
    }
    bays = [bay for bay in station.location.parking_places if not named or bay.id in named]
    limits = [bay.time_limit for bay in bays if not _is_reserved(bay)]
    if not limits or not all(limits):
        return None
    return timedelta(minutes=max(limit for limit in limits if limit))


def _is_reserved(bay: Parking) -> bool:
    return bool(bay.vehicle_types) and RESTRICTED.issuperset(bay.vehicle_types)


def _too_long(most: timedelta, charging: timedelta, parked: timedelta) -> str:
    limit = minutes(most / timedelta(minutes=1))
    if charging > most:
        return _(
            "You may stay here for at most %(limit)s; the charge takes %(time)s.", limit=limit, time=lasting(charging)
        )
    return _(
        "You may stay here for at most %(limit)s; with the time after the charge it is %(time)s.",
        limit=limit,
        time=lasting(charging + parked),
    )


def lasting(time: timedelta) -> str:
    """ "38 min", "3 h 38 min"."""
    hours, rest = divmod(round(time / timedelta(minutes=1)), 60)
    if not hours:
        return _("%(minutes)s min", minutes=rest)
    return _("%(hours)s h %(minutes)s min", hours=hours, minutes=rest) if rest else _("%(hours)s h", hours=hours)


def _closed(location: Location, start: datetime) -> Iterator[str]:
    hours, clock = location.opening_times, zone(location)
    stated = clock if location.time_zone else None
    if is_open(hours, stated, start) is not False:
        return
    opens = next_change(hours, stated, start)
    yield (
        _("Closed when the charge begins, opens %(time)s.", time=moment(opens, start, clock))
        if opens
        else _("Closed when the charge begins.")
    )
    if location.charging_when_closed is None:
        yield _("Whether charging works then is not stated.")
    elif location.charging_when_closed:
        yield _("Charging works all the same.")
    else:
        yield _("Charging works during the opening hours only.")
