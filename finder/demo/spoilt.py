"""Faults of single objects: what each does to a location or tariff, and what should become of it.

Outcomes: `accept`, the object is shown (without what was bad); `reject`, it is left out and kept with its reason; `hide`, it
is right but must not be shown; `either`, both are right, a wrong fact never is.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from finder.demo.operators import Json

Outcome = Literal["accept", "reject", "hide", "either"]
Change = Callable[[Json], Any]


class Spoil(NamedTuple):
    """`change` gives the object as it is sent; `second` one that is sent besides, at the end of the list."""

    label: str
    outcome: Outcome
    change: Change
    second: Change | None = None
    module: Literal["locations", "tariffs"] = "locations"


class Victim(NamedTuple):
    """An object a fault has changed: `id` is its own, whatever it now says."""

    module: str
    id: str
    fault: str
    label: str
    outcome: Outcome
    change: Change
    second: Change | None

    def spoil(self, location: Json) -> Any:
        return self.change(deepcopy(location))


# What `json` cannot write. The text in a JSON string is the mark; `put_raw` puts the bytes in its place.
RAW: dict[str, bytes] = {
    "@raw:nan@": b"NaN",
    "@raw:infinity@": b"Infinity",
    "@raw:minus-infinity@": b"-Infinity",
    "@raw:1e999@": b"1e999",
    "@raw:5000-digits@": b"7" * 5000,
}
_DEEP = "@raw:deep:"


def put_raw(body: bytes) -> bytes:
    if b'"@raw:' not in body:
        return body
    for mark, raw in RAW.items():
        body = body.replace(b'"%s"' % mark.encode(), raw)
    start, found, rest = body.partition(b'"%s' % _DEEP.encode())
    if found:
        depth, _, rest = rest.partition(b'@"')
        body = start + b'{"a":' * int(depth) + b"1" + b"}" * int(depth) + rest
    return body


# Ways to change an object: a path is names and list positions with points between.


def _parent(one: Any, path: str) -> tuple[Any, Any]:
    *way, last = path.split(".")
    for step in way:
        one = one[int(step)] if isinstance(one, list) else one[step]
    return one, int(last) if isinstance(one, list) else last


def _set(path: str, value: Any) -> Change:
    def change(one: Json) -> Json:
        holder, key = _parent(one, path)
        holder[key] = value
        return one

    return change


def _drop(path: str) -> Change:
    def change(one: Json) -> Json:
        holder, key = _parent(one, path)
        holder.pop(key, None)
        return one

    return change


def _become(path: str, make: Callable[[Any], Any]) -> Change:
    """The value at `path` becomes what `make` makes of it."""

    def change(one: Json) -> Json:
        holder, key = _parent(one, path)
        holder[key] = make(holder[key])
        return one

    return change


def _coordinates(latitude: Any, longitude: Any) -> Change:
    """No other coordinates are left that might stand in for these."""

    def change(one: Json) -> Json:
        return _placeless(one) | {"coordinates": {"latitude": latitude, "longitude": longitude}}

    return change


def _placeless(one: Json) -> Json:
    for evse in one["evses"]:
        evse.pop("coordinates", None)
    return {name: value for name, value in one.items() if name not in ("coordinates", "related_locations")}


_POWER = {"2.1.1": "evses.0.connectors.0.amperage"}
_VOLTS = {"2.1.1": "evses.0.connectors.0.voltage"}


def _power(version: str) -> str:
    return _POWER.get(version, "evses.0.connectors.0.max_electric_power")


def _volts(version: str) -> str:
    return _VOLTS.get(version, "evses.0.connectors.0.max_voltage")


# The faults


def _missing_required(version: str, value: str) -> list[Spoil]:
    spoils = [
        Spoil("no id", "either", _drop("id")),
        Spoil("no coordinates", "reject", _placeless),
        Spoil("no evses", "hide", _drop("evses")),
        Spoil("no uid", "accept", _drop("evses.0.uid")),
        Spoil("no status", "accept", _drop("evses.0.status")),
        Spoil("no connectors", "accept", _drop("evses.0.connectors")),
    ]
    fields = ["address", "city", "country", "last_updated", "evses.0.last_updated", "evses.0.connectors.0.last_updated"]
    fields += [f"evses.0.connectors.0.{name}" for name in ("id", "standard", "format", "power_type")]
    fields.append(_volts(version))
    fields += ["type", "postal_code"] if version == "2.1.1" else ["time_zone"]
    spoils += [Spoil(f"no {field}", "accept", _drop(field)) for field in fields]
    if version != "2.1.1":
        spoils += [Spoil(f"no {field}", "either", _drop(field)) for field in ("publish", "country_code", "party_id")]
    return spoils


def _wrong_types(version: str, value: str) -> list[Spoil]:
    spoils = [
        Spoil("name is a number", "accept", _set("name", 4711)),
        Spoil("postal_code is a number", "accept", _set("postal_code", 41105)),
        Spoil("coordinates are numbers", "accept", _become("coordinates", _numbers)),
        Spoil("coordinates are a list", "either", _become("coordinates", lambda point: list(point.values()))),
        Spoil("facilities is a string", "accept", _set("facilities", "HOTEL")),
        Spoil("operator is a string", "accept", _set("operator", "Nordladd")),
        Spoil("opening_times is a list", "accept", _set("opening_times", [])),
        Spoil("directions is a string", "accept", _set("directions", "Bakom huset")),
        Spoil("energy_mix is a string", "accept", _set("energy_mix", "green")),
        Spoil("voltage is a string", "accept", _become(_volts(version), str)),
        Spoil("uid is a number", "accept", _set("evses.0.uid", 815)),
        Spoil("status is a number", "accept", _set("evses.0.status", 5)),
        Spoil("connectors is an object", "accept", _become("evses.0.connectors", lambda plugs: plugs[0])),
        Spoil("an EVSE is a string", "accept", _set("evses.0", "EVSE")),
        Spoil("evses is an object", "either", _become("evses", lambda evses: evses[0])),
        Spoil("last_updated is a number", "accept", _set("last_updated", 1763640000)),
        Spoil("the location is a string", "reject", lambda one: str(one["id"])),
        Spoil("the location is null", "reject", lambda one: None),
        Spoil("the location is a list", "reject", lambda one: [one["id"]]),
    ]
    if version == "2.1.1":
        return [*spoils, Spoil("id is a number", "accept", _become("id", int))]
    return [*spoils, Spoil('publish is "false"', "hide", _set("publish", "false"))]


def _numbers(point: Json) -> Json:
    return {name: float(value) for name, value in point.items()}


def _unknown_enum(version: str, value: str) -> list[Spoil]:
    kind = "type" if version == "2.1.1" else "parking_type"
    values = {
        "evses.0.connectors.0.standard": "IEC_9999_HYPER",
        "evses.0.connectors.0.format": "LASSO",
        "evses.0.connectors.0.power_type": "AC_7_PHASE",
        "evses.0.status": "DREAMING",
        "evses.0.capabilities": ["TELEPATHY", "RFID_READER"],
        "evses.0.parking_restrictions": ["UNICORNS"],
        "facilities": ["SPA", "HOTEL"],
        kind: "ON_THE_ROOF",
        "energy_mix": {"is_green_energy": True, "energy_sources": [{"source": "FUSION", "percentage": 100}]},
    }
    return [
        *(Spoil(f"{path} is unknown", "accept", _set(path, word)) for path, word in values.items()),
        Spoil(
            "dimension is unknown",
            "accept",
            _set("elements.0.price_components.0.type", "VIBES"),
            module="tariffs",
        ),
    ]


def _coords_swapped(version: str, value: str) -> list[Spoil]:
    def swap(point: Json) -> Json:
        return {"latitude": point["longitude"], "longitude": point["latitude"]}

    return [Spoil("swapped", "accept", _become("coordinates", swap)) for _ in range(2)]


def _coords_range(version: str, value: str) -> list[Spoil]:
    return [
        Spoil("latitude 123.4", "reject", _coordinates("123.400000", "11.974560")),
        Spoil("longitude 999", "reject", _coordinates("57.708870", "999.000000")),
        Spoil("text", "reject", _coordinates("norr", "öster")),
        Spoil("comma for point", "either", _coordinates("57,708870", "11,974560")),
        Spoil("empty", "reject", _coordinates("", "")),
    ]


def _coords_zero(version: str, value: str) -> list[Spoil]:
    return [
        Spoil("0.000000", "reject", _coordinates("0.000000", "0.000000")),
        Spoil("0", "reject", _coordinates("0", "0")),
    ]


def _bad_timestamps(version: str, value: str) -> list[Spoil]:
    good = ("2026-06-29T22:39:09+02:00", "2026-06-29T20:39:09", "2026-06-29T20:39:09.407906Z", "2026-06-29 20:39:09")
    bad = ("igår", "2026-13-45T25:61:00Z", "", "0001-01-01T00:00:00")
    return [
        *(Spoil(f"last_updated {text}", "accept", _set("last_updated", text)) for text in good),
        *(Spoil(f"last_updated {text!r}", "either", _set("last_updated", text)) for text in bad),
        Spoil("an EVSE's last_updated is no DateTime", "accept", _set("evses.0.last_updated", "nyss")),
        Spoil("a connector's last_updated is no DateTime", "accept", _set("evses.0.connectors.0.last_updated", "nyss")),
    ]


def _future(version: str, value: str) -> list[Spoil]:
    stamp = "2099-01-01T00:00:00Z"

    def change(one: Json) -> Json:
        for evse in one["evses"]:
            evse["last_updated"] = stamp
        return one | {"last_updated": stamp}

    return [
        Spoil("the location", "accept", _set("last_updated", stamp)),
        Spoil("the location and its EVSEs", "accept", change),
    ]


PROBES: tuple[str, ...] = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{7*7}}",
    "${7*7}{% raw %}",
    "'; DROP TABLE stations;--",
    "=cmd|' /C calc'!A0",
    "<svg/onload=alert(1)>",
    "]]><!-- &lt;b&gt; &amp;",
    "\u2028alert(1)\u2029",
    "%0d%0aSet-Cookie: x=1",
)


def _xss(version: str, value: str) -> list[Spoil]:
    def at(probe: str) -> Change:
        def change(one: Json) -> Json:
            one["evses"][0] |= {"physical_reference": probe, "floor_level": probe, "directions": _text(probe)}
            return one | {
                "name": f"Laddplats {probe}",
                "address": probe,
                "city": f"{one['city']} {probe}",
                "directions": _text(probe),
                "operator": {"name": f"{one['operator']['name']} {probe}", "website": "javascript:alert(1)"},
                "help_phone": probe,
                "images": [{"url": 'javascript:alert("x")', "category": "CHARGER", "type": "png"}],
                "energy_mix": {"is_green_energy": True, "supplier_name": probe},
            }

        return change

    return [
        *(Spoil(probe, "accept", at(probe)) for probe in PROBES),
        Spoil("tariff", "accept", _texts_of_tariff, module="tariffs"),
    ]


def _text(text: str) -> list[Json]:
    return [{"language": "sv", "text": text}, {"language": "en", "text": text}]


def _texts_of_tariff(tariff: Json) -> Json:
    return tariff | {"tariff_alt_text": _text(PROBES[0] + PROBES[1]), "tariff_alt_url": "javascript:alert(1)"}


def _control_chars(version: str, value: str) -> list[Spoil]:
    texts: dict[str, str] = {
        "CR LF": "Rad ett\r\nX-Injected: ja",
        "tab": "Stor\tgatan",
        "NUL": "Nol\x00la",
        "RTL override": "Ladda \u202efdp.exe",
        "zero-width": "Lad\u200bda\u200d\ufeff",
        "escape": "\x1b[31mröd\x1b[0m",
    }
    return [
        *(Spoil(label, "accept", _set("name", text)) for label, text in texts.items()),
        Spoil("lone surrogate", "either", _set("name", "Halv \ud83d tecken")),
    ]


def _giant_string(version: str, value: str) -> list[Spoil]:
    return [Spoil("name of 1 MB", "either", _set("name", "Å" + "a" * 1_000_000))]


def _long_strings(version: str, value: str) -> list[Spoil]:
    longs = {
        "name": "Långt namn " * 28,
        "city": "Lång" * 15,
        "address": "Långgatan " * 30,
        "postal_code": "411 05 " * 5,
        "evses.0.evse_id": "SE*LNG*E" + "1" * 60,
        "evses.0.physical_reference": "Plats " * 10,
        "evses.0.floor_level": "Våning två",
        "operator": {"name": "Bolaget " * 25, "website": "https://example.com/" + "a" * 300},
    }
    return [
        *(Spoil(f"{path} is long", "accept", _set(path, text)) for path, text in longs.items()),
        Spoil("id of 80", "either", _become("id", lambda id: (id + "x" * 80)[:80])),
        Spoil("uid of 60", "accept", _become("evses.0.uid", lambda uid: (uid + "x" * 60)[:60])),
    ]


def _nan(version: str, value: str) -> list[Spoil]:
    price = "elements.0.price_components.0.price"
    spoils = [Spoil(f"power {mark}", "either", _set(_power(version), mark)) for mark in list(RAW)[:4]]
    return [
        *spoils,
        Spoil("power 10^400", "either", _set(_power(version), 10**400)),
        Spoil("power -22000", "accept", _set(_power(version), -22000)),
        Spoil("latitude NaN", "either", _coordinates("@raw:nan@", "@raw:nan@")),
        Spoil("price NaN", "either", _set(price, "@raw:nan@"), module="tariffs"),
        Spoil("price 1e999", "either", _set(price, "@raw:1e999@"), module="tariffs"),
        Spoil("price -0.5", "accept", _set(price, -0.5), module="tariffs"),
    ]


def _huge_int(version: str, value: str) -> list[Spoil]:
    return [Spoil("5,000 digits", "either", _set(_volts(version), "@raw:5000-digits@"))]


def _deep_object(version: str, value: str) -> list[Spoil]:
    return [Spoil(f"{value} deep", "either", _set("x_deep", f"{_DEEP}{value}@"))]


def _duplicate_ids(version: str, value: str) -> list[Spoil]:
    def older(one: Json) -> Json:
        copy = deepcopy(one)
        copy |= {"name": "Gammal kopia", "last_updated": _day_before(copy["last_updated"])}
        for evse in copy["evses"]:
            evse |= {"status": "OUTOFORDER", "last_updated": _day_before(evse["last_updated"])}
        return copy

    return [Spoil("an older copy follows", "accept", lambda one: one, older) for _ in range(3)]


def _day_before(stamp: str) -> str:
    return (datetime.fromisoformat(stamp) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


_NULL_LOCATION = [
    "name",
    "directions",
    "operator",
    "suboperator",
    "owner",
    "facilities",
    "opening_times",
    "charging_when_closed",
    "images",
    "energy_mix",
    "related_locations",
]
_NULL_EVSE = [
    "evse_id",
    "status_schedule",
    "capabilities",
    "floor_level",
    "coordinates",
    "physical_reference",
    "directions",
    "parking_restrictions",
    "images",
]
_NULL_CONNECTOR = {"2.1.1": ["tariff_id", "terms_and_conditions"]}


def _null_fields(version: str, value: str) -> list[Spoil]:
    location = list(_NULL_LOCATION)
    evse_fields = list(_NULL_EVSE)
    if version != "2.1.1":
        location += ["publish_allowed_to", "postal_code", "state", "parking_type"]
    if version == "2.3.0":
        location += ["help_phone", "parking_places"]
        evse_fields += ["parking", "accepted_service_providers"]
    plug_fields = _NULL_CONNECTOR.get(version, ["tariff_ids", "terms_and_conditions", "max_electric_power"])

    def change(one: Json) -> Json:
        for evse in one["evses"]:
            evse |= dict.fromkeys(evse_fields)
            for plug in evse["connectors"]:
                plug |= dict.fromkeys(plug_fields)
        return one | dict.fromkeys(location)

    return [Spoil("every optional field is null", "accept", change) for _ in range(2)]


def _extra_fields(version: str, value: str) -> list[Spoil]:
    extra = {"x_note": "utanför standarden", "x_list": [1, {"a": None}], "distance_in_m": 12.5, "parkingType": "STREET"}

    def change(one: Json) -> Json:
        one["evses"][0] |= extra
        one["evses"][0]["connectors"][0] |= extra
        return one | extra

    return [Spoil("unknown fields on all levels", "accept", change) for _ in range(2)]


def _huge_evses(version: str, value: str) -> list[Spoil]:
    def change(one: Json) -> Json:
        first = one["evses"][0]
        plug = first["connectors"][0]
        kept = {name: first[name] for name in ("status", "last_updated")}
        # Small ones: an object has to stay under a mebibyte.
        evses = [
            {"uid": f"{one['id'][:24]}-{number}", "evse_id": f"SE*STO*E{number}"} | kept | {"connectors": [plug]}
            for number in range(int(value))
        ]
        return one | {"evses": evses}

    return [Spoil(f"{value} EVSEs", "accept", change)]


def _alien_party(version: str, value: str) -> list[Spoil]:
    count, _, party = value.partition(":")
    country_code, _, party_id = party.partition("/")
    claim = {"country_code": country_code, "party_id": party_id}
    # 2.1.1 has no such fields: they are unknown ones there, to be ignored.
    outcome: Outcome = "accept" if version == "2.1.1" else "either"
    return [Spoil(f"claims {party}", outcome, lambda one: one | claim) for _ in range(int(count))]


OBJECT_FAULTS: dict[str, Callable[[str, str], list[Spoil]]] = {
    "missing-required": _missing_required,
    "wrong-types": _wrong_types,
    "unknown-enum": _unknown_enum,
    "coords-swapped": _coords_swapped,
    "coords-range": _coords_range,
    "coords-zero": _coords_zero,
    "bad-timestamps": _bad_timestamps,
    "future-last-updated": _future,
    "xss": _xss,
    "control-chars": _control_chars,
    "giant-string": _giant_string,
    "long-strings": _long_strings,
    "nan": _nan,
    "huge-int": _huge_int,
    "deep-object": _deep_object,
    "duplicate-ids": _duplicate_ids,
    "null-fields": _null_fields,
    "extra-fields": _extra_fields,
    "huge-evses": _huge_evses,
    "alien-party": _alien_party,
}
