"""One raw object -> `Location`, `Tariff`, `Hidden` or `Rejected`. Nothing is raised.

Tolerant of what is not shown, strict about what is: a wrong optional part is left out, and an object is refused only when a
driver could not use it, because it has no identity, no place, or is no JSON object. Most objects decode straight into
`wire.py`; those that do not are mended by `repair.py` and decoded again.
"""

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from types import ModuleType

import msgspec
from msgspec import Raw

from finder.ocpi import repair, v2_1_1, v2_2_1, v2_3_0, vocabulary, wire
from finder.ocpi.countries import alpha_2, alpha_3, exchanged, zone
from finder.ocpi.envelope import OBJECT_LIMIT
from finder.ocpi.hours import hours
from finder.ocpi.parts import (
    business,
    each,
    energy_mix,
    evse_parking,
    image,
    located,
    parking,
    providers,
    status_schedule,
    texts,
)
from finder.ocpi.power import Figures, plausible
from finder.ocpi.restrictions import Unclear, restrictions
from finder.ocpi.text import ID_LIMIT, amount, identifier, instant, text, url, word, words
from finder.ocpi.types import (
    BusinessDetails,
    Connector,
    Coordinates,
    Evse,
    Hidden,
    Hours,
    Location,
    PriceComponent,
    PriceLimit,
    Rejected,
    Source,
    Tariff,
    TariffElement,
    TariffRestrictions,
)

READERS: dict[str, ModuleType] = {"2.1.1": v2_1_1, "2.2.1": v2_2_1, "2.3.0": v2_3_0}
"""A version and the module that renames its words. A version that is not here is read as 2.2.1."""

NO_COUNTRY = "ZZ"
"""The country code of a party that nothing places; ISO 3166 leaves it to users."""

NO_ID = f"no id of 1 to {ID_LIMIT} letters; the partner's own would be right"
NO_PLACE = "no latitude and longitude of a place on land; degrees such as 59.329300 and 18.068600 would be right"


REMEMBERED = 2000
"""Bytes of a part that is remembered, as most partners' are the same in thousands of objects."""


class _Refused(Exception):
    """An object cannot be used: where and why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


def read_location(raw: bytes, source: Source, now: datetime) -> Location | Hidden | Rejected:
    """A location that may be shown, or why it may not. Stamps in the future are kept: `now` decides nothing here."""
    try:
        return _location(_decoded_location(raw, source), source)
    except _Refused as refused:
        return _rejected(raw, source, refused)


def read_tariff(raw: bytes, source: Source, now: datetime) -> Tariff | Rejected:
    """A tariff, priced as far as it says; what cannot be read is an unknown price, never none."""
    try:
        return _tariff(_decoded_tariff(raw, source), source)
    except _Refused as refused:
        return _rejected(raw, source, refused)


# Locations


def _decoded_location(raw: bytes, source: Source) -> wire.Location:
    _refuse_large(raw)
    try:
        return _LOCATION.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        mended = repair.location(repair.decoded(raw), READERS.get(source.version, v2_2_1))
        if mended["id"] is None:
            raise _Refused("id", NO_ID)
        return _LOCATION.decode(msgspec.json.encode(mended))
    except (repair.Unreadable, msgspec.DecodeError, RecursionError) as error:
        raise _refusal(error) from error


_LOCATION = msgspec.json.Decoder(wire.Location, strict=False)


def _location(raw: wire.Location, source: Source) -> Location | Hidden:
    id = _identity(raw.id, raw.name)
    country_code, party_id = _party_of(raw, source)
    last_updated = instant(raw.last_updated)
    if raw.publish is False:
        return Hidden(country_code, party_id, id, "publish=false", last_updated)
    coordinates = _place(raw)
    if coordinates is None:
        raise _Refused("coordinates", NO_PLACE)
    evses = tuple([read for evse in raw.evses or () if (read := _evse(evse, raw.country)) is not None])
    if not evses:
        reason = "every EVSE is REMOVED" if raw.evses else "no EVSE"
        return Hidden(country_code, party_id, id, reason, last_updated)
    if len(evses) > 1 and len({evse.uid.casefold() for evse in evses}) < len(evses):
        evses = _once_each(evses)
    return Location(
        country_code=country_code,
        party_id=party_id,
        id=id,
        coordinates=coordinates,
        evses=evses,
        name=text(raw.name, 255),
        address=text(raw.address, 255),
        city=text(raw.city, 45),
        postal_code=_postal_code(raw.postal_code),
        state=text(raw.state, 45),
        country=alpha_3(raw.country),
        related_locations=each(raw.related_locations, located) if raw.related_locations else (),
        parking_type=_parking_type(raw.parking_type),
        directions=texts(raw.directions) if raw.directions else (),
        operator=_business(raw.operator),
        suboperator=_business(raw.suboperator),
        owner=_business(raw.owner),
        facilities=words(raw.facilities) if raw.facilities else (),
        time_zone=zone(raw.time_zone, raw.country),
        opening_times=_hours(raw.opening_times),
        charging_when_closed=raw.charging_when_closed,
        images=each(raw.images, image) if raw.images else (),
        energy_mix=energy_mix(raw.energy_mix) if raw.energy_mix else None,
        help_phone=_phone(raw.help_phone),
        parking_places=each(raw.parking_places, parking) if raw.parking_places else (),
        last_updated=last_updated,
    )


def _evse(raw: wire.Evse, country: str | None) -> Evse | None:
    """None for an EVSE that is REMOVED."""
    status = vocabulary.status(raw.status)
    connectors = raw.connectors or ()
    if status == "UNKNOWN":
        own = tuple([vocabulary.status(connector.status) for connector in connectors if connector.status])
        status = vocabulary.of_connectors(own) if own else status
    if status == "REMOVED":
        return None
    where = raw.coordinates
    return Evse(
        uid=identifier(raw.uid) or identifier(raw.evse_id) or "#",
        evse_id=identifier(raw.evse_id),
        status=status,
        status_schedule=each(raw.status_schedule, status_schedule) if raw.status_schedule else (),
        capabilities=words(raw.capabilities) if raw.capabilities else (),
        connectors=tuple([_connector(plug) for plug in connectors if plug.status is None or _there(plug.status)]),
        floor_level=text(raw.floor_level, 20),
        coordinates=_right(where.latitude, where.longitude, country) if where else None,
        physical_reference=text(raw.physical_reference, 50),
        directions=texts(raw.directions) if raw.directions else (),
        parking_restrictions=words(raw.parking_restrictions) if raw.parking_restrictions else (),
        parking=each(raw.parking, evse_parking) if raw.parking else (),
        images=each(raw.images, image) if raw.images else (),
        accepted_service_providers=providers(raw.accepted_service_providers) if raw.accepted_service_providers else (),
        last_updated=instant(raw.last_updated),
    )


def _connector(raw: wire.Connector) -> Connector:
    standard, form, power_type, (volts, amperes, watts) = _plug(
        raw.standard, raw.format, raw.power_type, raw.max_voltage, raw.max_amperage, raw.max_electric_power
    )
    return Connector(
        id=identifier(raw.id) or "#",
        standard=standard,
        format=form,
        power_type=power_type,
        max_voltage=volts,
        max_amperage=amperes,
        max_electric_power=watts,
        tariff_ids=_ids(raw.tariff_ids) if raw.tariff_ids else (),
        terms_and_conditions=url(raw.terms_and_conditions) if raw.terms_and_conditions else None,
        capabilities=words(raw.capabilities) if raw.capabilities else (),
    )


def _there(status: str) -> bool:
    return vocabulary.status(status) != "REMOVED"


@lru_cache(maxsize=8192)
def _plug(
    standard: str | None,
    form: str | None,
    power_type: str | None,
    volts: float | None,
    amperes: float | None,
    watts: float | None,
) -> tuple[str | None, str | None, str | None, Figures]:
    """What is alike for thousands of connectors. A plug made for direct current alone carries it, whatever is stated."""
    standard = vocabulary.standard(standard)
    power_type = "DC" if standard in vocabulary.DC_ONLY else vocabulary.power_type(power_type)
    figures = plausible(standard, power_type, volts, amperes, watts)
    return standard, vocabulary.connector_format(form), power_type, figures


@lru_cache(maxsize=2048)
def _ids(raw: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for said in raw if (found := identifier(said))))


def _business(raw: Raw) -> BusinessDetails | None:
    part = bytes(raw)
    return _same_business(part) if len(part) <= REMEMBERED else business(_json(part))


def _hours(raw: Raw) -> Hours | None:
    part = bytes(raw)
    return _same_hours(part) if len(part) <= REMEMBERED else hours(_json(part))


@lru_cache(maxsize=4096)
def _same_business(raw: bytes) -> BusinessDetails | None:
    return business(_json(raw))


@lru_cache(maxsize=4096)
def _same_hours(raw: bytes) -> Hours | None:
    return hours(_json(raw))


def _json(raw: bytes) -> object:
    """A part that decoding passed over unread; None where it is no JSON after all."""
    try:
        return _PART.decode(raw) if raw else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


_PART = msgspec.json.Decoder(float_hook=Decimal)


def _once_each(evses: tuple[Evse, ...]) -> tuple[Evse, ...]:
    """EVSEs of one uid: under their evse_id where these differ, else the newest alone (OCPI ids ignore case)."""
    kept: dict[str, Evse] = {}
    for evse in evses:
        key = evse.uid.casefold()
        other = kept.get(key)
        if other and evse.evse_id and other.evse_id != evse.evse_id:
            key = evse.evse_id.casefold()
            evse = msgspec.structs.replace(evse, uid=evse.evse_id)
            other = kept.get(key)
        if other is None or _newer(evse, other):
            kept[key] = evse
    return tuple(kept.values())


def _newer(evse: Evse, other: Evse) -> bool:
    if evse.last_updated is None or other.last_updated is None:
        return other.last_updated is None
    return evse.last_updated >= other.last_updated


# Places


def _place(raw: wire.Location) -> Coordinates | None:
    """The location's position, or where that is none, its first EVSE's."""
    where = raw.coordinates
    if where is not None and (found := _right(where.latitude, where.longitude, raw.country)) is not None:
        return found
    for evse in raw.evses or ():
        where = evse.coordinates
        if where is not None and (found := _right(where.latitude, where.longitude, raw.country)) is not None:
            return found
    return None


def _right(latitude: float, longitude: float, country: str | None) -> Coordinates | None:
    """None off the globe, at 0,0, and where both are the same to the last digit (1,1, or one written twice)."""
    if exchanged(latitude, longitude, country):
        latitude, longitude = longitude, latitude
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    if latitude == longitude or (abs(latitude) < 0.01 and abs(longitude) < 0.01):
        return None
    return Coordinates(latitude, longitude)


# Whose it is


def _party_of(raw: wire.Location, source: Source) -> tuple[str, str]:
    country_code, party_id = _party(raw.country_code, raw.party_id)
    if country_code and party_id:
        return country_code, party_id
    of_source = _party(source.country_code, source.party_id)
    of_evses = _operator_of_evses(raw)
    return (
        country_code or of_source[0] or of_evses[0] or alpha_2(raw.country) or NO_COUNTRY,
        party_id or of_source[1] or of_evses[1] or _party_of_partner(source.partner),
    )


@lru_cache(maxsize=4096)
def _party(country_code: str | None, party_id: str | None) -> tuple[str | None, str | None]:
    """Upper case. A party id of another length than 3 is kept: a party is whoever it says it is."""
    party = text(party_id, 36)
    return alpha_2(country_code), party.upper() if party else None


def _operator_of_evses(raw: wire.Location) -> tuple[str | None, str | None]:
    """Country and party in the first EVSE id that has them: `DE*SLB*E...`, `NLFASE...`."""
    for evse in raw.evses or ():
        match = _OPERATOR.match(evse.evse_id or "")
        if match and alpha_2(match[1]):
            return alpha_2(match[1]), match[2].upper()
    return None, None


_OPERATOR = re.compile(r"([A-Z]{2})[*.-]?([A-Z0-9]{3})[*.-]?E", re.IGNORECASE)


def _party_of_partner(slug: str) -> str:
    """A party id for a partner that never says whose its objects are, so that they have a key that stays."""
    return "".join(letter for letter in slug.upper() if letter.isascii() and letter.isalnum())[:3].ljust(3, "X")


# Tariffs


def _decoded_tariff(raw: bytes, source: Source) -> wire.Tariff:
    _refuse_large(raw)
    try:
        return _TARIFF.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        mended = repair.tariff(repair.decoded(raw))
        if mended["id"] is None:
            raise _Refused("id", NO_ID)
        return _TARIFF.decode(msgspec.json.encode(mended))
    except (repair.Unreadable, msgspec.DecodeError, RecursionError) as error:
        raise _refusal(error) from error


_TARIFF = msgspec.json.Decoder(wire.Tariff, strict=False)


def _tariff(raw: wire.Tariff, source: Source) -> Tariff:
    id = _identity(raw.id)
    elements = tuple([_element(element) for element in raw.elements or () if element.price_components])
    alt_text = texts(raw.tariff_alt_text) if raw.tariff_alt_text else ()
    alt_url = url(raw.tariff_alt_url) if raw.tariff_alt_url else None
    if not elements and not alt_text and not alt_url:
        raise _Refused("elements", "neither prices nor words for them; at least one element would be right")
    country_code, party_id = _party(raw.country_code, raw.party_id)
    of_source = _party(source.country_code, source.party_id)
    return Tariff(
        country_code=country_code or of_source[0] or NO_COUNTRY,
        party_id=party_id or of_source[1] or _party_of_partner(source.partner),
        id=id,
        elements=elements,
        currency=_currency(raw.currency),
        type=word(raw.type) if raw.type else None,
        tariff_alt_text=alt_text,
        tariff_alt_url=alt_url,
        min_price=_limit(raw.min_price, source.version),
        max_price=_above_zero(_limit(raw.max_price, source.version)),
        preauthorize_amount=amount(raw.preauthorize_amount),
        start_date_time=instant(raw.start_date_time),
        end_date_time=instant(raw.end_date_time),
        tax_included=_tax_included(raw.tax_included),
        energy_mix=energy_mix(raw.energy_mix) if raw.energy_mix else None,
        last_updated=instant(raw.last_updated),
    )


def _element(raw: wire.TariffElement) -> TariffElement:
    """With a restriction that cannot be read, the element holds always and its prices are unknown."""
    try:
        when = _restrictions(raw.restrictions)
    except Unclear:
        return TariffElement(tuple([PriceComponent(word(part.type) or "UNKNOWN") for part in raw.price_components]))
    return TariffElement(tuple([_component(part) for part in raw.price_components]), when)


def _restrictions(raw: Raw) -> TariffRestrictions | None:
    part = bytes(raw)
    return _same_restrictions(part) if len(part) <= REMEMBERED else restrictions(_json(part))


@lru_cache(maxsize=4096)
def _same_restrictions(raw: bytes) -> TariffRestrictions | None:
    return restrictions(_json(raw))


def _component(raw: wire.PriceComponent) -> PriceComponent:
    vat = None if raw.vat is None else amount(raw.vat)
    return PriceComponent(
        type=word(raw.type) or "UNKNOWN",
        price=None if raw.price is None else amount(raw.price),
        vat=vat if vat is not None and 0 <= vat <= 100 else None,
        step_size=raw.step_size if raw.step_size is not None and raw.step_size >= 0 else None,
    )


def _limit(raw: Raw, version: str) -> PriceLimit | None:
    part = bytes(raw)
    if part in (b"", b"null"):
        return None
    limit = READERS.get(version, v2_2_1).price_limit(_json(part))
    if not isinstance(limit, dict):
        return None
    found = PriceLimit(amount(limit.get("before_taxes")), amount(limit.get("after_taxes")))
    return found if found != PriceLimit() else None


def _above_zero(limit: PriceLimit | None) -> PriceLimit | None:
    """A highest price of 0 is a form's empty field: what is free has prices of 0."""
    if limit is None:
        return None
    found = PriceLimit(*[side if side else None for side in (limit.before_taxes, limit.after_taxes)])
    return found if found != PriceLimit() else None


@lru_cache(maxsize=256)
def _currency(raw: str | None) -> str | None:
    shown = (raw or "").strip().upper()
    return shown if len(shown) == 3 and shown.isascii() and shown.isalpha() else None


def _tax_included(raw: str | None) -> str | None:
    return {"YES": "YES", "TRUE": "YES", "NO": "NO", "FALSE": "NO", "N/A": "N/A", "NA": "N/A"}.get(
        (raw or "").strip().upper()
    )


# Small fields


def _identity(*said: str | None) -> str:
    """The first id that is one, as seen."""
    for each_id in said:
        if (found := identifier(each_id)) is not None:
            return found
    raise _Refused("id", NO_ID)


def _postal_code(raw: str | None) -> str | None:
    """10 letters by the specification; what is longer than 16 is an address."""
    shown = text(raw, 255)
    return shown if shown is not None and len(shown) <= 16 else None


@lru_cache(maxsize=64)
def _parking_type(raw: str | None) -> str | None:
    found = word(raw) if raw else None
    return None if found == "UNKNOWN" else found


def _phone(raw: str | None) -> str | None:
    shown = text(raw, 40)
    return shown if shown is not None and any(letter.isdigit() for letter in shown) else None


# Refusals


def _refuse_large(raw: bytes) -> None:
    if len(raw) > OBJECT_LIMIT:
        raise _Refused("", "the object is larger than 1 MiB; less would be right")


def _refusal(error: Exception) -> _Refused:
    """Why repair did not help; a decoder's message is "Expected `str`, got `int` - at `$.evses[1].uid`"."""
    if isinstance(error, RecursionError):
        return _Refused("", repair.TOO_DEEP)
    reason, _, path = str(error).partition(" - at `")
    return _Refused(path.rstrip("`").removeprefix("$").removeprefix("."), reason)


class _Identity(msgspec.Struct):
    country_code: str | None = None
    party_id: str | None = None
    id: str | int | None = None


def _rejected(raw: bytes, source: Source, refused: _Refused) -> Rejected:
    try:
        said = msgspec.json.decode(raw, type=_Identity) if len(raw) <= OBJECT_LIMIT else _Identity()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said = _Identity()
    country_code, party_id = _party(said.country_code, said.party_id)
    return Rejected(
        reason=refused.reason,
        path=refused.path,
        country_code=country_code or _party(source.country_code, source.party_id)[0],
        party_id=party_id or _party(source.country_code, source.party_id)[1],
        id=identifier(str(said.id)) if said.id is not None else None,
    )
