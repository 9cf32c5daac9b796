"""A charging operator's OCPI platform over HTTP: versions, details, locations and tariffs of one version.

    with Platform("2.2.1", Country(stations=60)) as platform:
        ...  # platform.versions_url, platform.token, platform.toml()

What it holds can be changed while it runs (`rename`, `remove`, `hide` ...), and it misbehaves on demand (`faults.py`).
A Link carries the moment of its first page (`at`), so that a crawl of a moving country sees one moment.
"""

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import formatdate
from functools import partial
from hmac import compare_digest
from typing import Any
from urllib.parse import unquote, urlencode

from finder.demo import faults
from finder.demo.country import Country, Listing, seconds
from finder.demo.facts import stamp
from finder.demo.faults import Active, Faults, Victim
from finder.demo.http import Answer, Request, Server, Stranger
from finder.demo.operators import Json, partner

_JSON = ("Content-Type", "application/json; charset=utf-8")


def real_time() -> datetime:
    return datetime.now(UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def to(self, moment: datetime) -> None:
        self.moment = moment


class Platform(Server):
    """`limit` is the most objects it puts on a page, and how many where the client does not say.

    `wrong` are switches of `faults.FAULTS`, such as "drop~2" or "gzip-bomb=256"; `now` tells the time.
    """

    def __init__(
        self,
        version: str,
        country: Country,
        wrong: str | Iterable[str] = (),
        *,
        port: int = 0,
        limit: int = 200,
        now: Callable[[], datetime] = real_time,
    ) -> None:
        super().__init__(port)
        self.version = version
        self.country = country
        self.limit = limit
        self.now = now
        self.partner = partner(version)
        self.slug = self.partner.slug
        self.name = self.partner.name
        self.token = self.partner.token
        self.stranger = Stranger()
        self.listings: dict[str, Listing] = {listing.id: listing for listing in country.listings(version)}
        self.tariffs: dict[str, Json] = {tariff["id"]: tariff for tariff in country.tariffs(version)}
        self._turned = 0  # how far `page-shift` has moved the list on
        self.misbehave(wrong)

    def start(self) -> None:
        self.stranger.start()
        super().start()

    def stop(self) -> None:
        super().stop()
        self.stranger.stop()

    # How to reach it

    @property
    def versions_url(self) -> str:
        return f"{self.url}/ocpi/versions"

    def module_url(self, module: str) -> str:
        return f"{self.url}/ocpi/{self.version}/{module}"

    def entry(self) -> Json:
        """Its entry of partners.toml."""
        return {
            "slug": self.slug,
            "name": self.name,
            "versions_url": self.versions_url,
            "token": self.token,
            "licence": self.partner.licence,
            "country_code": self.partner.country_code,
            "party_id": self.partner.party_id,
            "trust_private_network": True,
            "interval": "1m",
        }

    def toml(self) -> str:
        # A JSON string, number or boolean is TOML as well.
        lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in self.entry().items())
        return "[[partner]]\n" + "\n".join(lines) + "\n"

    # What is wrong with it

    def misbehave(self, wrong: str | Iterable[str]) -> None:
        """From now on these faults and no others; counts start again."""
        self.faults = Faults(faults.parse(wrong))
        self._turned = 0
        self.victims: tuple[Victim, ...] = faults.victims(self.faults, self._candidates(), self.version)
        self._spoilt = {victim.id: victim for victim in self.victims if victim.module == "locations"}
        self._spoilt_tariffs = {victim.id: victim for victim in self.victims if victim.module == "tariffs"}

    def behave(self) -> None:
        self.misbehave(())

    @property
    def expected(self) -> dict[str, faults.Outcome]:
        """What should become of each location that an object fault has changed, by its own id."""
        return {victim.id: victim.outcome for victim in self._spoilt.values()}

    def _candidates(self) -> list[Listing]:
        """Locations that only this partner has and that are shown: what becomes of them is the fault's doing."""
        elsewhere = {id for pair in self.country.shared for slug, id in pair if slug == self.slug}
        public = {place.number for place in self.country.places if place.fate == "public" and not place.pauses}
        return [
            listing
            for listing in self.listings.values()
            if listing.place in public and listing.id not in elsewhere and listing.alive()
        ]

    # What changes

    def shown(self) -> list[str]:
        """Ids of the locations that may be shown now: published, and with an EVSE that is not REMOVED."""
        moment = seconds(self.now())
        return [
            id
            for id, listing in self.listings.items()
            if listing.facts.get("publish", True)
            and any(evse["status"] != "REMOVED" for evse in listing.at(moment)["evses"])
        ]

    def remove(self, count: int = 1) -> list[str]:
        """Leaves out that many locations without a word; their ids."""
        ids = self.shown()[:count]
        for id in ids:
            del self.listings[id]
        return ids

    def shrink(self, percent: float) -> list[str]:
        return self.remove(round(len(self.shown()) * percent / 100))

    def edit(self, id: str, **facts: Any) -> None:
        """Sets fields of a location, in the version's words; None takes one away."""
        listing = self.listings[id]
        kept = {name: value for name, value in (listing.facts | facts).items() if value is not None}
        listing.facts = kept
        listing.changed = seconds(self.now())

    def rename(self, id: str, name: str) -> None:
        self.edit(id, name=name)

    def hide(self, id: str) -> None:
        """publish=false, which 2.1.1 has no word for."""
        if self.version == "2.1.1":
            raise ValueError("2.1.1 has no publish: hide a location of a later version")
        self.edit(id, publish=False)

    def set_status(self, id: str, status: str, uid: str | None = None) -> None:
        """Fixes the status of an EVSE, or of all; REMOVED is how OCPI takes one away."""
        listing = self.listings[id]
        moment = seconds(self.now())
        uids = [evse["uid"] for evse in listing.facts["evses"]]
        if uid is not None and uid not in uids:
            raise ValueError(f"location {id} has no EVSE {uid}: it has {', '.join(uids)}")
        listing.rhythms = tuple(
            rhythm.fixed_at(status, moment) if uid in (None, one) else rhythm
            for one, rhythm in zip(uids, listing.rhythms, strict=True)
        )

    def reprice(self, tariff_id: str, factor: float) -> None:
        """Every price of a tariff times `factor`."""
        tariff = self.tariffs[tariff_id]
        elements = [
            element
            | {
                "price_components": [
                    part | {"price": round(part["price"] * factor, 4)} for part in element["price_components"]
                ]
            }
            for element in tariff["elements"]
        ]
        self.tariffs[tariff_id] = tariff | {"elements": elements, "last_updated": stamp(seconds(self.now()))}

    # What it answers

    def answer(self, request: Request) -> Answer:
        parts = [unquote(part) for part in request.path.strip("/").split("/")]
        module = _module(parts, self.version)
        page = self._page(request) if module in ("locations", "tariffs") else None
        active = self.faults.active(module, page, authorised=self._authorised(request))
        answer = faults.refusal(active, self, request) or self._route(parts, module, request, active)
        answer = self._with_headers(answer, request, active)
        return faults.on_the_wire(faults.spoil_body(answer, active, request), active)

    def _route(self, parts: list[str], module: str, request: Request, active: Active) -> Answer:
        if module == "other":
            return self.say(None, 2000, active, status=404, message="No such endpoint")
        if not self._authorised(request):
            return self.say(None, 2000, active, status=401, message="Invalid or missing token")
        if request.method != "GET":
            return self.say(None, 2000, active, status=405, message="Only GET is allowed here")
        if module == "versions":
            return self.say([{"version": self.version, "url": f"{self.url}/ocpi/{self.version}"}], 1000, active)
        if module == "details":
            return self.say(self._details(active), 1000, active)
        if len(parts) > 3:
            return self._one(module, parts[3:], active)
        return self._list(module, request, active)

    def _details(self, active: Active) -> Json:
        origin = self.stranger.url if "details-other-host" in active else self.url
        role = {} if self.version == "2.1.1" else {"role": "SENDER"}
        endpoints = [
            {"identifier": module} | role | {"url": f"{origin}/ocpi/{self.version}/{module}"}
            for module in ("locations", "tariffs")
        ]
        return {"version": self.version, "endpoints": endpoints}

    def _one(self, module: str, ids: list[str], active: Active) -> Answer:
        """A location, one of its EVSEs or connectors. Tariffs have no single-object GET at the sender."""
        found: Json | None = None
        if module == "locations" and ids[0] in self.listings:
            found = self._location(self.listings[ids[0]], seconds(self.now()))
            for id, children, key in zip(ids[1:], ("evses", "connectors"), ("uid", "id"), strict=False):
                found = next((child for child in found[children] if child[key] == id), None)
                if found is None:
                    break
        if found is None or len(ids) > 3:
            return self.say(None, 2003, active, status=404, message=f"Unknown {module[:-1]}")
        return self.say(found, 1000, active)

    def _list(self, module: str, request: Request, active: Active) -> Answer:
        try:
            moment = int(request.query.get("at", seconds(self.now())))
            since = _instant(request.query.get("date_from"))
            until = _instant(request.query.get("date_to"))
            asked, limit = self._window(request)
        except ValueError:
            return self.say(None, 2001, active, message="date_from, date_to, offset or limit is not valid")
        if self.version == "2.1.1" and since is not None:
            since += 1  # "after" there, inclusive later
        objects = self._objects(module, moment, since, until)
        objects, offset, limit = faults.window(active, objects, asked, limit, self)
        shown = [make() for make in objects[offset : offset + limit]]
        following = self._next(module, request, asked + limit, limit, moment)
        # X-Limit is the number of objects returned in 2.1.1, the server's maximum later.
        most = len(shown) if self.version == "2.1.1" else self.limit
        headers = faults.paging(
            active, self, request, following, more=offset + limit < len(objects), total=len(objects), limit=most
        )
        return self.say(shown, 1000, active, headers=headers)

    def _window(self, request: Request) -> tuple[int, int]:
        offset = int(request.query.get("offset", 0))
        limit = int(request.query.get("limit", self.limit))
        if offset < 0 or limit < 1:
            raise ValueError("offset is 0 or more, limit 1 or more")
        return offset, min(limit, self.limit)

    def _page(self, request: Request) -> int:
        """Which page a list request is for, from 0."""
        try:
            offset, limit = self._window(request)
        except ValueError:
            return 0
        return offset // limit

    def _objects(self, module: str, moment: int, since: int | None, until: int | None) -> list[Callable[[], Json]]:
        """Makers of the objects, so that only those of the page are made."""
        if module == "tariffs":
            return [
                partial(self._tariff, tariff)
                for tariff in self.tariffs.values()
                if _within(_instant(tariff["last_updated"]) or 0, since, until)
            ]
        listings = list(self.listings.values())
        if since is not None or until is not None:
            listings = [listing for listing in listings if _within(listing.last_updated(moment), since, until)]
        doubled = [listing for listing in listings if listing.id in self._spoilt and self._spoilt[listing.id].second]
        return [
            *(partial(self._location, listing, moment) for listing in listings),
            *(partial(self._second, listing, moment) for listing in doubled),
        ]

    def _second(self, listing: Listing, moment: int) -> Json:
        """What an object fault sends besides."""
        second = self._spoilt[listing.id].second
        return second(listing.at(moment)) if second else {}

    def _location(self, listing: Listing, moment: int) -> Json:
        location = listing.at(moment)
        victim = self._spoilt.get(listing.id)
        return victim.spoil(location) if victim else location

    def _tariff(self, tariff: Json) -> Json:
        victim = self._spoilt_tariffs.get(tariff["id"])
        return victim.spoil(tariff) if victim else tariff

    def _next(self, module: str, request: Request, offset: int, limit: int, moment: int) -> str:
        kept = {name: value for name, value in request.query.items() if name in ("date_from", "date_to")}
        query = urlencode(kept | {"offset": offset, "limit": limit, "at": moment})
        return f"/ocpi/{self.version}/{module}?{query}"

    def turn(self) -> int:
        """How many objects have moved from the front of the list to its end; one more from now on."""
        self._turned += 1
        return self._turned - 1

    def _authorised(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme != "Token":
            return False
        if self.version != "2.1.1":
            try:
                given = b64decode(given, validate=True).decode().rstrip("\n")
            except (Base64Error, UnicodeDecodeError):
                return False
        return compare_digest(given.encode(), self.token.encode())

    def say(
        self,
        data: object,
        status_code: int,
        active: Active,
        *,
        status: int = 200,
        message: str = "Success",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Answer:
        """The envelope around `data`; None leaves it out."""
        moment = seconds(self.now()) + faults.skew(active)
        envelope: Json = {} if data is None else {"data": data}
        envelope |= {"status_code": status_code, "status_message": message, "timestamp": stamp(moment)}
        return Answer(status, faults.encode(faults.envelope(active, envelope)), (_JSON, *headers))

    def _with_headers(self, answer: Answer, request: Request, active: Active) -> Answer:
        moment = seconds(self.now()) + faults.skew(active)
        sent = [("Date", formatdate(moment, usegmt=True)), *answer.headers]
        if self.version != "2.1.1":
            sent += [
                (name, request.headers[name.lower()])
                for name in ("X-Request-ID", "X-Correlation-ID")
                if name.lower() in request.headers
            ]
        return answer._replace(headers=tuple(sent))


def _module(parts: list[str], version: str) -> str:
    """What a path asks for: versions, details, locations, tariffs, or other."""
    if parts == ["ocpi", "versions"]:
        return "versions"
    if parts == ["ocpi", version]:
        return "details"
    if len(parts) > 2 and parts[:2] == ["ocpi", version] and parts[2] in ("locations", "tariffs"):
        return parts[2]
    return "other"


def _instant(text: str | None) -> int | None:
    """Seconds since 1970; a fraction is cut, a missing zone means UTC."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return seconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _within(moment: int, since: int | None, until: int | None) -> bool:
    return (since is None or moment >= since) and (until is None or moment < until)


def partners_toml(platforms: Iterable[Platform]) -> str:
    """A partners.toml for running platforms."""
    return "\n".join(platform.toml() for platform in platforms)
