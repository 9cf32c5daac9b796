"""Prices that moved or will move in a municipality or at an operator, as an Atom feed (RFC 4287) for readers and scripts that want to be told."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from flask import Blueprint, Response, abort, current_app, url_for

from finder import places
from finder.ocpi.types import Struct, Tariff
from finder.pages.areas import children, feed_path
from finder.pages.areas import name as area_name
from finder.pages.areas import path as area_path
from finder.pages.listing import counted
from finder.places import Area
from finder.stations.zones import SITE_ZONE
from finder.store import tariffs
from finder.store.stations import leaves
from finder.store.tariffs import Announced, Change, User
from finder.tariffs import words
from finder.tariffs.words import Headline, PriceList
from finder.web import language
from finder.web.database import reading
from finder.web.head import absolute
from finder.web.headers import cached
from finder.web.language import clock, day, localised, ngettext, path_to, utc_now
from finder.web.language import gettext as _

ATOM = "http://www.w3.org/2005/Atom"
MIMETYPE = "application/atom+xml"
MOST = 50
# Some prices follow the market by the hour: of one price the last moves are told, so that they do not drown the others.
MOST_OF_ONE = 20
# Changes that say the same are one entry, so more are looked at than are told.
LOOKED_AT = 400
NAMED, LINKED = 2, 20
MAX_AGE = 300
# An entry's id names the site and a day on which it was the site's (RFC 4151); a feed without entries is as old.
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
# What XML 1.0 cannot hold, however it is written.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

blueprint = Blueprint("feeds", __name__)


class Entry(Struct):
    """`lines` are sentences, `updated` when the price moved or was announced."""

    id: str
    title: str
    updated: datetime
    url: str
    partner: str
    lines: tuple[str, ...]
    stations: tuple[tuple[str, str], ...]


class Feed(Struct):
    """Addresses are absolute; the newest entry stands first."""

    id: str
    title: str
    subtitle: str
    url: str
    page: str
    author: str
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> datetime:
        return max((entry.updated for entry in self.entries), default=SINCE)


class Subject(Struct):
    """Whose prices a feed is of: `code` names it for ever, `page` is the list that it belongs to; both addresses are absolute."""

    code: str
    title: str
    url: str
    page: str


@localised(blueprint, "/stations/<first>/prices.atom")
def outer(first: str) -> Response:
    return _show(places.by_path(first))


@localised(blueprint, "/stations/<first>/<second>/prices.atom")
def inner(first: str, second: str) -> Response:
    return _show(places.by_path(first, second))


@localised(blueprint, "/operators/<slug>/prices.atom")
def operator(slug: str) -> Response:
    now = utc_now()
    with reading() as connection:
        found = counted(connection, now)
        if slug not in found.census.operators:
            abort(404)
        codes = tuple(found.census.pairs[slug])
        changes = tariffs.changes(connection, codes, LOOKED_AT, slug)
        announced = tariffs.announced(connection, codes, now, LOOKED_AT, slug)
    return sent(build(of_operator(slug, found.census.names[slug]), changes, announced, now))


def _show(area: Area | None) -> Response:
    """Only of an area whose page lists stations."""
    if area is None:
        abort(404)
    now = utc_now()
    with reading() as connection:
        tallies = counted(connection, now).tallies
        if area.code not in tallies or children(area, tallies):
            abort(404)
        codes = leaves(area.code)
        changes = tariffs.changes(connection, codes, LOOKED_AT)
        announced = tariffs.announced(connection, codes, now, LOOKED_AT)
    return sent(build(of_area(area), changes, announced, now))


def sent(feed: Feed) -> Response:
    return cached(drawn(feed), MIMETYPE, MAX_AGE)


def of_area(area: Area) -> Subject:
    title = _("Charging prices in %(area)s", area=area_name(area))
    return Subject(area.code, title, absolute(feed_path(area)), absolute(area_path(area)))


def of_operator(slug: str, called: str) -> Subject:
    return Subject(
        f"operator/{slug}",
        _("Charging prices at %(operator)s", operator=called),
        absolute(url_for("feeds.operator", slug=slug)),
        absolute(url_for("operators.show", slug=slug)),
    )


def build(of: Subject, changes: Sequence[Change], announced: Sequence[Announced], now: datetime) -> Feed:
    ahead = [_entry(of, one, users) for one, users in _together(_told_ahead(announced, now))]
    moved = [_entry(of, one, users) for one, users in _together(_told_changes(changes))]
    entries = [*ahead[:MOST], *moved[:MOST]]
    return Feed(
        id=tagged(of.code, "prices"),
        title=of.title,
        subtitle=_("Prices that changed or will change, as the operators tell them."),
        url=of.url,
        page=of.page,
        author=str(current_app.config["SITE_NAME"]),
        entries=tuple(sorted(entries, key=lambda entry: (entry.updated, entry.id), reverse=True)),
    )


class _Told(Struct):
    """A move in words, without where. What is equal in all of these is one entry.

    `event` is told from others of the same tariff and kind by this instant: when it was noticed, or when the price begins.
    """

    kind: str
    event: datetime
    at: datetime
    partner: str
    what: str
    lines: tuple[str, ...]


Told = tuple[_Told, str, tuple[User, ...]]
"""With the tariff that it was read from, and the stations."""


def _told_changes(changes: Iterable[Change]) -> Iterator[Told]:
    """Every move is told, also one that is taken back soon: whoever read of it must read that it no longer holds."""
    told: Counter[tuple[str, str]] = Counter()
    for change in changes:
        key = change.partner, _name(change.old)
        if told[key] >= MOST_OF_ONE:
            continue
        old = _described(change.old, change.at)
        if change.new is None:
            found = _withdrawn(change, old)
        else:
            found = _moved(change, old, _described(change.new, change.at))
        if found is not None:
            told[key] += 1
            yield found, _name(change.old), change.stations


def _withdrawn(change: Change, old: PriceList) -> _Told | None:
    if not old.parts:
        return None
    was = _taxed(old.headline)
    what = _("the price is withdrawn, it was %(price)s", price=was) if was else _("the price is withdrawn")
    what = _seen(what, change.at)
    lines = (_kind(old), _("The operator has taken back this price."), *_noticed(change.at))
    return _Told("withdrawn", change.at, change.at, change.partner, what, lines)


def _moved(change: Change, old: PriceList, new: PriceList) -> _Told | None:
    """None where no word of the price differs."""
    moves = words.moved(old, new, language)
    if not moves:
        return None
    what = _from_to(old.headline, new.headline) or "; ".join(moves)
    lines = (_kind(new), *(f"{move}." for move in moves), *((new.tax,) if new.tax else ()), *_noticed(change.at))
    return _Told("moved", change.at, change.at, change.partner, _seen(what, change.at), lines)


def _seen(what: str, at: datetime) -> str:
    """Since when it holds nobody says."""
    return _("%(what)s, seen %(day)s at %(time)s", what=what, day=day(at), time=clock(at))


def _told_ahead(announced: Iterable[Announced], now: datetime) -> Iterator[Told]:
    """Without those of which nobody says since when they are announced, or what they cost."""
    for one in announced:
        begins, since = one.new.start_date_time, one.new.last_updated
        if begins is None or since is None:
            continue
        new = _described(one.new, begins)
        olds = {_before(old, now) for old in one.old}
        old = olds.pop() if len(olds) == 1 else None
        if not new.parts:
            continue
        moves = words.moved(old, new, language) if old else ()
        what = (old and _from_to(old.headline, new.headline)) or _taxed(new.headline) or "; ".join(moves)
        lines = (
            _kind(new),
            *(f"{move}." for move in moves),
            *((new.tax,) if new.tax else ()),
            _("Announced, and in force from %(day)s at %(time)s.", day=day(begins), time=clock(begins)),
        )
        said = _("%(what)s from %(day)s", what=what or _("a new price"), day=day(begins))
        yield _Told("announced", begins, min(since, now), one.partner, said, lines), _name(one.new), one.stations


def _before(old: Tariff, now: datetime) -> PriceList:
    """As it will be told when it holds."""
    return _described(old, max(now, old.start_date_time or now))


def _described(tariff: Tariff, at: datetime) -> PriceList:
    return words.price_list(tariff, at.astimezone(SITE_ZONE), language.language(), language)


def _from_to(old: Headline | None, new: Headline | None) -> str:
    if old is None or new is None or old == new:
        return ""
    if old.tax == new.tax:
        return _taxed(Headline(f"{old.price} → {new.price}", new.tax))
    return f"{_taxed(old)} → {_taxed(new)}"


def _taxed(headline: Headline | None) -> str:
    if headline is None:
        return ""
    if headline.tax == "included":
        return _("%(price)s incl. VAT", price=headline.price)
    return _("%(price)s excl. VAT", price=headline.price) if headline.tax == "excluded" else headline.price


def _kind(described: PriceList) -> str:
    if described.kind == "ad_hoc":
        return _("Price on site, without a contract.")
    return _("Price with a charging provider.") if described.kind == "contract" else _("Price of a charging profile.")


def _noticed(at: datetime) -> tuple[str]:
    return (_("Noticed %(day)s at %(time)s.", day=day(at), time=clock(at)),)


def _name(tariff: Tariff) -> str:
    return f"{tariff.country_code}/{tariff.party_id}/{tariff.id}".casefold()


def _together(told: Iterable[Told]) -> Iterator[tuple[tuple[_Told, str], tuple[User, ...]]]:
    """Feeds give each plug a tariff of its own, and all of them move at once: told once, with all their stations."""
    alike: dict[_Told, tuple[list[str], dict[User, None]]] = {}
    for one, name, users in told:
        names, held = alike.setdefault(one, ([], {}))
        names.append(name)
        held.update(dict.fromkeys(users))
    for one, (names, held) in alike.items():
        yield (one, min(names)), tuple(sorted(held, key=lambda user: language.alphabetical(user.name)))


def _entry(of: Subject, told: tuple[_Told, str], users: Sequence[User]) -> Entry:
    one, name = told
    links = tuple((user.name or _("Charging station"), _station(user)) for user in users)
    return Entry(
        id=tagged(of.code, f"{one.kind}/{_instant(one.event)}/{one.partner}/{name}"),
        title=f"{_where(one.partner, [each for each, _url in links])}: {one.what}",
        updated=one.at,
        url=links[0][1] if len(links) == 1 else of.page,
        partner=one.partner,
        lines=(*one.lines, _("Source: %(partner)s.", partner=one.partner)),
        stations=links,
    )


def _where(partner: str, names: Sequence[str]) -> str:
    if len(names) <= NAMED:
        return language.listed(list(names))
    count = ngettext("%(num)s charging station", "%(num)s charging stations", len(names))
    return f"{partner}, {count}"


def _station(user: User) -> str:
    return absolute(path_to("station.show", slug=user.slug, id=user.id))


def tagged(code: str, what: str) -> str:
    """An id for ever: it has neither a name that may change nor a place in a list."""
    host = urlsplit(str(current_app.config["BASE_URL"])).hostname
    return f"tag:{host},{SINCE:%Y-%m-%d}:{language.language()}/{code}/{quote(what, safe='/')}"


# The document


def drawn(feed: Feed) -> bytes:
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": language.language()})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "subtitle", feed.subtitle)
    _text(root, "updated", _instant(feed.updated))
    _link(root, "self", feed.url, MIMETYPE)
    _link(root, "alternate", feed.page, "text/html")
    _text(ElementTree.SubElement(root, "author"), "name", feed.author)
    for entry in feed.entries:
        _draw(ElementTree.SubElement(root, "entry"), entry)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _draw(element: ElementTree.Element, entry: Entry) -> None:
    _text(element, "id", entry.id)
    _text(element, "title", entry.title)
    _text(element, "updated", _instant(entry.updated))
    _link(element, "alternate", entry.url, "text/html")
    _text(ElementTree.SubElement(element, "author"), "name", entry.partner)
    _text(element, "content", _content(entry), type="html")


def _content(entry: Entry) -> str:
    """HTML; the document escapes it once more."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in entry.lines)
    shown, more = entry.stations[:LINKED], len(entry.stations) - LINKED
    links = [f'<a href="{escape(url)}">{escape(name)}</a>' for name, url in shown]
    if more > 0:
        links.append(escape(ngettext("and %(num)s more", "and %(num)s more", more)))
    return f"{lines}<ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>"


def _text(parent: ElementTree.Element, tag: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, tag, attributes).text = NOT_XML.sub("\ufffd", text)


def _link(parent: ElementTree.Element, rel: str, href: str, type: str) -> None:
    ElementTree.SubElement(parent, "link", {"rel": rel, "type": type, "href": href})


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
