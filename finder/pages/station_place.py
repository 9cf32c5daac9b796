"""The place of a station: how to find it, where to park, how to pay, whose power and whose it is."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from finder.ocpi.types import AdditionalGeoLocation, Coordinates, DisplayText, Location, Parking, Struct
from finder.pages import rows, words
from finder.pages.facts import Fact, Value, business, fact, given, in_that_language, phone, spread, stated
from finder.pages.station_points import capabilities, pictures
from finder.pages.words import name_of
from finder.stations.types import Origin, Station
from finder.web.language import age, day, language, ngettext, number
from finder.web.language import gettext as _

DECIMALS = 5


class MapLink(Struct):
    name: str
    url: str


class Directions(Struct):
    """`language` and the words that name it are set where it is not the reader's."""

    text: str
    language: str | None = None
    named: str = ""


class Find(Struct):
    """`directions` are in the reader's language where the partner has them so."""

    links: tuple[MapLink, ...]
    directions: tuple[Directions, ...]
    facts: tuple[Fact, ...]


class Bays(Struct):
    """Parking places that are alike."""

    title: str
    facts: tuple[Fact, ...]


class ParkingFacts(Struct):
    facts: tuple[Fact, ...]
    bays: tuple[Bays, ...]


# Finding the way


def find(location: Location) -> Find:
    return Find(
        links=map_links(location),
        directions=_directions(location.directions),
        facts=given(
            stated(_("Address"), address_lines(location)),
            fact(_("Position"), position(location.coordinates)),
            fact(
                _("Nearby"),
                *([words.in_line(words.said(words.FACILITIES, location.facilities))] if location.facilities else []),
            ),
            Fact(_("See also"), tuple(_related(each) for each in location.related_locations)),
            Fact(_("Pictures"), pictures(location.images)),
        ),
    )


def map_links(location: Location) -> tuple[MapLink, ...]:
    """To the reader's own choice of map; no map is loaded from elsewhere."""
    point = f"{location.coordinates.latitude:.{DECIMALS}f},{location.coordinates.longitude:.{DECIMALS}f}"
    latitude, longitude = point.split(",")
    return (
        MapLink(_("Map app on the phone"), f"geo:{point}?q={point}"),
        MapLink("OpenStreetMap", openstreetmap(latitude, longitude)),
        MapLink("Google Maps", f"https://www.google.com/maps/dir/?api=1&destination={point}"),
        MapLink("Apple Maps", f"https://maps.apple.com/?daddr={point}"),
    )


def openstreetmap(latitude: str, longitude: str) -> str:
    return f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"


def address_lines(location: Location) -> tuple[str, ...]:
    town = " ".join(part for part in (location.postal_code, location.city) if part)
    return tuple(line for line in (location.address, town, location.state) if line)


def position(coordinates: Coordinates | AdditionalGeoLocation) -> str:
    return f"{number(coordinates.latitude, DECIMALS)}, {number(coordinates.longitude, DECIMALS)}"


def _directions(texts: Sequence[DisplayText]) -> tuple[Directions, ...]:
    """In the reader's language where there are any, else all there are with their language, English first."""
    here = language()
    own = [text for text in texts if text.language.lower().startswith(here)]
    if own:
        return tuple(Directions(text.text) for text in dict.fromkeys(own) if text.text.strip())
    others = sorted(dict.fromkeys(texts), key=lambda text: text.language != "en")
    return tuple(
        Directions(text.text, text.language.lower(), in_that_language(text.language))
        for text in others
        if text.text.strip()
    )


def _related(each: AdditionalGeoLocation) -> Value:
    where = position(each)
    latitude, longitude = f"{each.latitude:.{DECIMALS}f}", f"{each.longitude:.{DECIMALS}f}"
    return Value(f"{each.name.text}: {where}" if each.name else where, openstreetmap(latitude, longitude))


# Parking


def parking(station: Station) -> ParkingFacts:
    location = station.location
    evses = [entry.evse for entry in station.evses]
    rules = spread([(name_of(evse), words.said(words.RESTRICTIONS, evse.parking_restrictions)) for evse in evses])
    kinds = [location.parking_type] if location.parking_type not in (None, "UNKNOWN") else []
    return ParkingFacts(
        facts=given(
            fact(_("Kind"), *(words.word(words.PARKING_TYPES, kind) for kind in kinds if kind)),
            fact(_("Rules"), *rules),
            stated(_("Accessible bays"), _accessible(location.parking_places)),
        ),
        bays=_bays(location.parking_places, _positions(station)),
    )


def _accessible(places: Sequence[Parking]) -> tuple[str, ...]:
    """Bays for people with disabilities; none among bays that are described is a known zero."""
    if not places:
        return ()
    count = sum("DISABLED" in place.vehicle_types for place in places)
    return (number(count) if count else _("None given"),)


def _positions(station: Station) -> dict[str, tuple[str, ...]]:
    """Parking id -> the charging points at that bay and where they stand."""
    found: dict[str, list[str]] = {}
    for entry in station.evses:
        for each in entry.evse.parking:
            side = words.word(words.POSITIONS, each.evse_position) if each.evse_position else ""
            if side:
                found.setdefault(each.parking_id, []).append(side)
    return {parking_id: tuple(dict.fromkeys(sides)) for parking_id, sides in found.items()}


def _bays(places: Sequence[Parking], positions: dict[str, tuple[str, ...]]) -> tuple[Bays, ...]:
    alike: dict[tuple[Fact, ...], list[Parking]] = {}
    for place in places:
        alike.setdefault(_bay_facts(place, positions.get(place.id, ())), []).append(place)
    return tuple(Bays(_bay_title(places), facts) for facts, places in alike.items() if facts)


def _bay_title(places: Sequence[Parking]) -> str:
    count = ngettext("%(num)s bay", "%(num)s bays", len(places))
    names = [place.physical_reference for place in places if place.physical_reference]
    return f"{count}: {', '.join(names)}" if len(names) == len(places) and len(names) <= 6 else count


def _bay_facts(place: Parking, positions: tuple[str, ...]) -> tuple[Fact, ...]:
    return given(
        fact(
            _("For"), *([words.in_line(words.said(words.VEHICLES, place.vehicle_types))] if place.vehicle_types else [])
        ),
        fact(_("Reserved"), *([_("Only for these vehicles")] if place.restricted_to_type else [])),
        fact(_("Largest vehicle"), *_limits(place)),
        fact(_("Size of the bay"), *_size(place)),
        fact(_("Longest stay"), *([minutes(place.time_limit)] if place.time_limit else [])),
        fact(_("Booking"), *([_("The bay must be reserved")] if place.reservation_required else [])),
        fact(_("How it lies"), *_layout(place), *positions),
        fact(_("At hand"), *_equipment(place)),
        fact(_("Standards"), *place.standards),
        Fact(_("Pictures"), pictures(place.images)),
    )


def _limits(place: Parking) -> Iterable[str]:
    if place.max_vehicle_height:
        yield _("at most %(size)s m high", size=metres(place.max_vehicle_height))
    if place.max_vehicle_width:
        yield _("at most %(size)s m wide", size=metres(place.max_vehicle_width))
    if place.max_vehicle_length:
        yield _("at most %(size)s m long", size=metres(place.max_vehicle_length))
    if place.max_vehicle_weight:
        yield _("at most %(weight)s kg", weight=number(place.max_vehicle_weight))


def _size(place: Parking) -> Iterable[str]:
    if place.parking_space_width and place.parking_space_length:
        width, length = metres(place.parking_space_width), metres(place.parking_space_length)
        yield _("%(width)s m wide, %(length)s m long", width=width, length=length)
    elif place.parking_space_width:
        yield _("%(width)s m wide", width=metres(place.parking_space_width))
    elif place.parking_space_length:
        yield _("%(length)s m long", length=metres(place.parking_space_length))


def _layout(place: Parking) -> Iterable[str]:
    if place.direction:
        yield words.word(words.DIRECTIONS, place.direction)
    if place.drive_through:
        yield _("Drive through without reversing")


def _equipment(place: Parking) -> Iterable[str]:
    if place.roofed is not None:
        yield _("Under a roof") if place.roofed else _("No roof")
    if place.lighting is not None:
        yield _("Lit") if place.lighting else _("Not lit")
    if place.refrigeration_outlet:
        yield _("Outlet for refrigerated transport")
    if place.dangerous_goods_allowed is not None:
        yield _("Dangerous goods allowed") if place.dangerous_goods_allowed else _("No dangerous goods")


def metres(centimetres: float) -> str:
    return number(centimetres / 100, 0 if centimetres % 100 == 0 else 1 if centimetres % 10 == 0 else 2)


def minutes(count: float) -> str:
    """ "30 min", "4 h"."""
    if count >= 60 and count % 60 == 0:
        return ngettext("%(num)s hour", "%(num)s hours", int(count // 60))
    return _("%(minutes)s min", minutes=number(count))


# Paying


def payment(station: Station) -> tuple[Fact, ...]:
    evses = [entry.evse for entry in station.evses]
    return given(
        stated(_("On site"), _payments(station, words.CARD_PAYMENTS)),
        stated(_("With a provider"), _payments(station, words.PROVIDER_PAYMENTS)),
        fact(_("Providers"), *spread([(name_of(evse), evse.accepted_service_providers) for evse in evses])),
    )


def _payments(station: Station, table: dict[str, str]) -> tuple[str, ...]:
    return spread(
        [
            (name_of(entry.evse), words.known(table, codes))
            for entry in station.evses
            if (codes := capabilities(entry.evse))
        ]
    )


def card_payments(station: Station) -> tuple[str, ...]:
    """Every way to pay on site that any charging point has, without telling which."""
    return words.known(words.CARD_PAYMENTS, [code for entry in station.evses for code in capabilities(entry.evse)])


# Power and people


def energy(location: Location) -> tuple[Fact, ...]:
    mix = location.energy_mix
    if mix is None:
        return (stated(_("100 % renewable"), ()),)
    sources = sorted(mix.energy_sources, key=lambda each: -each.percentage)
    return given(
        stated(_("100 % renewable"), _green(mix.is_green_energy)),
        fact(
            _("Comes from"),
            *(
                f"{words.word(words.ENERGY_SOURCES, each.source)} {_percent(each.percentage)}"
                for each in sources
                if each.percentage
            ),
        ),
        fact(
            _("Footprint"),
            *(f"{words.word(words.IMPACTS, each.category)} {_grams(each.amount)}" for each in mix.environ_impact),
        ),
        fact(_("Supplier"), *([mix.supplier_name] if mix.supplier_name else [])),
        fact(_("Product"), *([mix.energy_product_name] if mix.energy_product_name else [])),
    )


def _green(is_green: bool | None) -> tuple[str, ...]:
    if is_green is None:
        return ()
    return (_("Yes, says the operator"),) if is_green else (_("No, says the operator"),)


def _percent(value: float) -> str:
    return f"{_figure(value)}\u00a0%"


def _grams(value: float) -> str:
    return _("%(amount)s g/kWh", amount=_figure(value))


def _figure(value: float) -> str:
    return number(value, 0 if value == round(value) else 1)


def contact(location: Location) -> tuple[Fact, ...]:
    return given(
        Fact(_("Operator"), (business(location.operator),)) if location.operator else stated(_("Operator"), ()),
        Fact(_("Run by"), (business(location.suboperator),)) if location.suboperator else None,
        Fact(_("Owner"), (business(location.owner),)) if location.owner else stated(_("Owner"), ()),
        Fact(_("Help"), (phone(location.help_phone),)) if location.help_phone else stated(_("Help"), ()),
        fact(_("Operator id"), f"{location.country_code}*{location.party_id}"),
    )


# Where it comes from


def sources(station: Station, now: datetime, zone: ZoneInfo, api_url: str) -> tuple[Fact, ...]:
    return given(
        fact(_("Source"), *(_source(origin) for origin in station.origins)),
        fact(_("Fetched"), *(_fetched(origin, now, zone) for origin in station.origins)),
        fact(_("The source's date"), *_dated(station.origins, zone)),
        fact(_("Facts changed"), day(station.changed_at, zone)),
        Fact(_("Download"), (Value(_("This charging station as JSON"), api_url),)),
    )


def _source(origin: Origin) -> str:
    if origin.licence is None:
        return _("%(name)s, licence not stated", name=origin.name)
    return _("%(name)s, licence %(licence)s", name=origin.name, licence=origin.licence)


def _fetched(origin: Origin, now: datetime, zone: ZoneInfo) -> str:
    """With the source's name where there are several, and with the interval where it is a whole minute or more."""
    if origin.fetched_at is None:
        return _("%(name)s: not yet", name=origin.name)
    return f"{origin.name}: {age(origin.fetched_at, now, zone)}, {_every(origin.interval)}"


def _every(seconds: float) -> str:
    if seconds >= 3600:
        hours = round(seconds / 3600)
        return ngettext("every hour", "every %(num)s hours", hours)
    return ngettext("every minute", "every %(num)s minutes", max(1, round(seconds / 60)))


def _dated(origins: Sequence[Origin], zone: ZoneInfo) -> tuple[str, ...]:
    dated = [origin for origin in origins if origin.last_updated is not None]
    if len(origins) == 1:
        return tuple(day(origin.last_updated, zone) for origin in dated if origin.last_updated)
    return tuple(f"{origin.name}: {day(origin.last_updated, zone)}" for origin in dated if origin.last_updated)


def lede(location: Location) -> str:
    """Operator, address and town: what the name does not say already."""
    parts = (location.operator.name if location.operator else None, location.address, location.city)
    called = rows.name(location)
    return ", ".join(dict.fromkeys(part for part in parts if part and part != called))
