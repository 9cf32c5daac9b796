"""A station as schema.org knows it. Nothing here that the page does not show, and never a status.

There is no type for charging stations (schemaorg/schemaorg#1600): a business, with what it is told by Wikidata.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from finder.ocpi.types import Hours, Location
from finder.pages import words
from finder.pages.station_place import DECIMALS, openstreetmap
from finder.pages.station_points import MOST_IDS
from finder.pages.station_prices import key_of
from finder.stations.hours import exceptions, round_the_clock, week
from finder.stations.summary import PlugKey, Summary
from finder.stations.types import Station
from finder.web.language import gettext as _

CHARGING_STATION = "https://www.wikidata.org/wiki/Q2140665"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def business(
    station: Station,
    summary: Summary,
    named: dict[PlugKey, str],
    *,
    name: str,
    url: str,
    image: str,
    area: str | None,
    payments: Sequence[str],
    offers: Sequence[dict[str, Any]],
    free: bool,
    zone: ZoneInfo,
    now: datetime,
) -> dict[str, Any]:
    location = station.location
    latitude = f"{location.coordinates.latitude:.{DECIMALS}f}"
    longitude = f"{location.coordinates.longitude:.{DECIMALS}f}"
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "AutomotiveBusiness",
        "additionalType": CHARGING_STATION,
        "@id": url,
        "url": url,
        "image": image,
        "name": name,
        "address": _address(location),
        "geo": {"@type": "GeoCoordinates", "latitude": float(latitude), "longitude": float(longitude)},
        "hasMap": openstreetmap(latitude, longitude),
        "publicAccess": True,
        "telephone": location.help_phone,
        "parentOrganization": _organization(location),
        "containedInPlace": {"@type": "AdministrativeArea", "name": area} if area else None,
        "makesOffer": list(offers),
        "isAccessibleForFree": True if free else None,
        "paymentAccepted": ", ".join(payments) or None,
        "openingHoursSpecification": _opening(location.opening_times),
        "specialOpeningHoursSpecification": _special(location.opening_times, zone, now),
        "amenityFeature": _features(location, summary, named),
        "identifier": _identifiers(station),
    }
    return {key: value for key, value in found.items() if value not in (None, [], {})}


def _address(location: Location) -> dict[str, str]:
    found = {
        "@type": "PostalAddress",
        "streetAddress": location.address,
        "postalCode": location.postal_code,
        "addressLocality": location.city,
        "addressRegion": location.state,
    }
    return {key: value for key, value in found.items() if value}


def _organization(location: Location) -> dict[str, str] | None:
    return {"@type": "Organization", "name": location.operator.name} if location.operator else None


def _opening(hours: Hours | None) -> list[dict[str, Any]]:
    if hours is None:
        return []
    if round_the_clock(hours):
        return [_specification(DAYS, "00:00", "23:59")]
    return [
        _specification(DAYS[row.first - 1 : row.last], begin, "23:59" if end == "24:00" else end)
        for row in week(hours)
        for begin, end in row.periods
    ]


def _specification(days: Sequence[str], opens: str, closes: str) -> dict[str, Any]:
    return {"@type": "OpeningHoursSpecification", "dayOfWeek": list(days), "opens": opens, "closes": closes}


def _special(hours: Hours | None, zone: ZoneInfo, now: datetime) -> list[dict[str, Any]]:
    """Closings of whole days only: schema.org has no other kind that needs no guessing."""
    found = []
    for each in exceptions(hours, now) if hours else ():
        begin, end = each.begin.astimezone(zone), each.end.astimezone(zone)
        if not each.opens and f"{begin:%H:%M}{end:%H:%M}" == "00:0000:00":
            found.append(
                {
                    "@type": "OpeningHoursSpecification",
                    "validFrom": begin.isoformat(),
                    "validThrough": end.isoformat(),
                    "opens": "00:00",
                    "closes": "00:00",
                }
            )
    return found


def _features(location: Location, summary: Summary, named: dict[PlugKey, str]) -> list[dict[str, Any]]:
    """Plugs with their number, the highest power, and what there is nearby."""
    found = [_feature(named[key_of(plug)], plug.total) for plug in summary.plugs]
    if summary.max_power_kw is not None:
        found.append(_feature(_("Power"), summary.max_power_kw) | {"unitCode": "KWT"})
    found += [_feature(facility, True) for facility in words.said(words.FACILITIES, location.facilities)]
    return found


def _feature(name: str, value: float | bool) -> dict[str, Any]:
    return {"@type": "LocationFeatureSpecification", "name": name, "value": value}


def _identifiers(station: Station) -> list[dict[str, str]]:
    ids = [entry.evse.evse_id for entry in station.evses if entry.evse.evse_id]
    return [{"@type": "PropertyValue", "propertyID": "EVSE ID", "value": each} for each in ids[:MOST_IDS]]
