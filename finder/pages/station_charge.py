"""What the reader's own charge costs at a station: what was asked in the address, the form, and the bill."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from finder.ocpi.types import Struct, Tariff
from finder.pages import words
from finder.pages.charge_form import DEFAULTS, ChargeForm, Option, problem, read, written
from finder.pages.facts import Value, drawn_value, quoted
from finder.pages.station_stay import warnings
from finder.stations.prices import FOR_LORRIES, PlugPrice, best, plug_prices
from finder.stations.types import Station
from finder.tariffs.charge import Charge, NoSuchTime, instant
from finder.tariffs.quotes_in_words import Bill, Row, Used, assumptions, bill, reckoned, sentence, short, total
from finder.tariffs.words import exact, own_words, price_list
from finder.web import language, parameters
from finder.web.drawings import escape
from finder.web.language import clock, day, kilowatts, listed
from finder.web.language import gettext as _

KNOWN = (*parameters.CAR, parameters.CONNECTOR, parameters.TARIFF)
# What the form takes along unchanged.
KEPT = (parameters.CHARGING_MINUTES.name, parameters.TARIFF.name)
MOST_ON_SIGN = 2
MICROSECOND = timedelta(microseconds=1)
NAMES = tuple(each.name for each in KNOWN)


class Asked(Struct):
    """What the address asks: `typed` as it was written. Where it has `problems`, the default charge stands in."""

    typed: Mapping[str, str]
    charge: Charge
    connectors: tuple[str, ...] = ()
    problems: Mapping[str, str] = {}

    @property
    def wrong(self) -> bool:
        return bool(self.problems)

    @property
    def anything(self) -> bool:
        return bool(self.typed)


class Answer(Struct):
    """The bill of the cheapest plug that was asked for; `reason` says why it has none.

    `short` is the sum for the sign, `warnings` what the place makes of the charge. `others` are tariffs that disagree, each with its own sum, and the other plugs.
    """

    short: str
    summary: str
    done: str
    bill: Bill | None
    reason: str
    others: tuple[Row, ...]
    assumed: tuple[str, ...]
    own_words: Value | None = None
    warnings: str = ""


class MyCharge(Struct):
    form: ChargeForm
    answer: Answer | None


NOTHING = Asked({}, Charge())


# What is asked


def cleaned(arguments: MultiDict[str, str]) -> dict[str, str]:
    """What the address says of the charge that is not the default, in one order. Other parameters are not ours."""
    # Most pages are asked for nothing, and to look for a name that is not there costs an exception.
    said = {
        each.name: written(each.name, " ".join(arguments[each.name].split()))
        for each in KNOWN
        if each.name in arguments
    }
    return {name: value for name, value in said.items() if value and DEFAULTS.get(name) != value}


def ask(typed: Mapping[str, str], tariffs: Sequence[Tariff], zone: ZoneInfo) -> Asked:
    """`tariffs` are the station's."""
    if not typed:
        return NOTHING
    values, problems = read(typed, KNOWN)
    start, tariff = values.get(parameters.START.name), values.get(parameters.TARIFF.name)
    if start is not None and not _exists(start, zone):
        problems[parameters.START.name] = _("The clocks skip that time. Write an hour later.")
    if tariff is not None and tariff.casefold() not in {each.id.casefold() for each in tariffs}:
        problems[parameters.TARIFF.name] = problem(parameters.TARIFF.name)
    if problems:
        return Asked(typed, Charge(), problems=problems)
    return Asked(typed, parameters.charge(values), values.get(parameters.CONNECTOR.name, ()))


def _exists(start: datetime, zone: ZoneInfo) -> bool:
    try:
        instant(start, zone)
    except NoSuchTime:
        return False
    return True


# The answer


def my_charge(station: Station, path: str, asked: Asked, zone: ZoneInfo, now: datetime) -> MyCharge:
    """`path` is the page without a question."""
    prices = plug_prices(station, asked.charge, zone, now)
    form = ChargeForm(
        action=f"{path}#answer",
        typed=asked.typed,
        plugs=_options(prices, asked.connectors),
        kept=[(name, asked.typed[name]) for name in KEPT if name in asked.typed and name not in asked.problems],
        problems=asked.problems,
    )
    wanted = _wanted(prices, asked.connectors)
    return MyCharge(form, None if asked.wrong else _answer(station, wanted, asked.charge, zone, now))


def _wanted(prices: Sequence[PlugPrice], connectors: Sequence[str]) -> list[PlugPrice]:
    return [price for price in prices if not connectors or price.standard in connectors]


def _options(prices: Sequence[PlugPrice], chosen: Sequence[str]) -> tuple[Option, ...]:
    """The kinds of plug to choose from; none where there is one."""
    standards = dict.fromkeys(price.standard for price in prices if price.standard)
    if len(standards) < 2:
        return ()
    kinds = [Option(standard, words.connector(standard), standard in chosen) for standard in standards]
    return (Option("", _("The cheapest"), not chosen), *kinds)


def _answer(station: Station, prices: Sequence[PlugPrice], charge: Charge, zone: ZoneInfo, now: datetime) -> Answer:
    chosen = best(price for price in prices if price.standard not in FOR_LORRIES) or best(prices)
    if chosen is None:
        return Answer("", "", "", None, _("There is no such plug here."), (), ())
    quote = chosen.quote
    made = bill(quote, bool(charge.parking_minutes), language, _used(chosen, charge))
    return Answer(
        short=total(quote, language),
        summary=_summary(chosen),
        done=_done(chosen, zone, now),
        bill=made,
        reason=sentence(quote.reason, language, charge.pay) if quote.reason else "",
        others=tuple(dict.fromkeys(_others(chosen, prices, charge, zone, now))),
        assumed=tuple(_assumed(chosen, charge, zone, now)) if made else (),
        own_words=_own_words(chosen.tariff),
        warnings=" ".join(warnings(station, chosen, charge.parked)) if made else "",
    )


def _own_words(tariff: Tariff | None) -> Value | None:
    """What the operator says of the price and no figure holds."""
    return quoted(own_words(tariff.tariff_alt_text, language.language())) if tariff else None


def _summary(price: PlugPrice) -> str:
    """ "for 38 kWh with CCS"."""
    kwh = exact(price.quote.energy_kwh, language, 0)
    if price.standard is None:
        return _("for %(kwh)s kWh", kwh=kwh)
    return _("for %(kwh)s kWh with %(plug)s", kwh=kwh, plug=words.connector(price.standard))


def _others(
    chosen: PlugPrice, prices: Sequence[PlugPrice], charge: Charge, zone: ZoneInfo, now: datetime
) -> Iterator[Row]:
    """Tariffs that disagree, then the other plugs; those that cost the same and take as long are one."""
    # With its date only where it is another than that of the first.
    first = chosen.start + chosen.charging if charge.start else now
    alike: dict[tuple[str, str], list[str]] = {}
    for price in prices:
        name = _named(price)
        if price.quote.reason == "conflicting":
            for offer in price.offers:
                cost = total(offer.quote, language) or short(offer.quote.reason or "no_price", language, charge.pay)
                yield Row(f"{name}, {_headline(offer.tariff, price.start.astimezone(zone))}", cost)
            continue
        cost = total(price.quote, language)
        if price is chosen or (name, cost) == (_named(chosen), total(chosen.quote, language)):
            continue
        if name == _named(chosen):
            name = _("%(plug)s at other charging points", plug=name)
        done = _done(price, zone, first) if cost else ""
        cost = cost or short(price.quote.reason or "no_price", language, charge.pay)
        alike.setdefault((done, cost), []).append(name)
    for (done, cost), names in alike.items():
        named = listed(list(dict.fromkeys(names)))
        yield Row(f"{named}, {done}" if done else named, cost)


def _headline(tariff: Tariff, at: datetime) -> str:
    found = price_list(tariff, at, language.language(), language).headline
    return found.price if found else _("another price list")


def _named(price: PlugPrice) -> str:
    name = words.connector(price.standard)
    return name if price.power_kw is None else f"{name} {kilowatts(price.power_kw)}"


def _assumed(price: PlugPrice, charge: Charge, zone: ZoneInfo, now: datetime) -> Iterator[str]:
    start = _when(price.start, now, zone)
    yield _("%(plug)s, start %(time)s, %(done)s.", plug=_named(price), time=start, done=_done(price, zone, price.start))
    yield from reckoned(charge, price.quote.energy_kwh, price.kw, language)
    yield from assumptions(price.quote, language, _used(price, charge))
    yield _whose(price.tariff, charge)


def _used(price: PlugPrice, charge: Charge) -> Used:
    return {"TIME": _hours(price.charging), "PARKING_TIME": _hours(charge.parked)}


def _hours(time: timedelta) -> Decimal:
    return Decimal(time // MICROSECOND) / 3_600_000_000


def _whose(tariff: Tariff | None, charge: Charge) -> str:
    """Whom the price is for: the tariff's own word counts, since one can be asked for by its id."""
    kind = tariff.type if tariff else None
    if kind is None and charge.pay == "contract":
        return _("The operator gives one price for all, with and without a contract; your provider may ask another.")
    if kind in (None, "AD_HOC_PAYMENT"):
        return _("The price is the one for paying on site, without a contract.")
    return _("The price is the one through a charging provider; yours may ask another.")


def _done(price: PlugPrice, zone: ZoneInfo, now: datetime) -> str:
    return _("done %(time)s", time=_when(price.start + price.charging, now, zone))


def _when(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The clock alone within a day, else with its date."""
    if abs(instant - now) < timedelta(hours=18):
        return clock(instant, zone)
    return f"{day(instant, zone)} {clock(instant, zone)}"


# Drawn


def drawn_in_short(answer: Answer, change: str) -> Markup:
    """For the sign: what it costs, the other plugs, and what the clock makes of the price."""
    made = ""
    if answer.short:
        beneath = f"{escape(answer.summary)},<br>{escape(answer.done)}"
        made = f'<div class="line" data-nosnippet><span class="n huge">{escape(answer.short)}</span> <span class="s">{beneath}</span></div>'
        made += (
            f"<p><span data-nosnippet><strong>{escape(answer.warnings)}</strong></span></p>" if answer.warnings else ""
        )
        lines = [f"{row.words}: {row.sum}" for row in answer.others[:MOST_ON_SIGN]]
        made += "".join([f"<p><span data-nosnippet>{escape(line)}</span></p>" for line in (*lines, change) if line])
    elif answer.reason:
        made = f"<p>{escape(answer.reason)}</p>"
    return Markup(made)  # noqa: S704 - every text in it is escaped


def drawn_answer(answer: Answer) -> Markup:
    made, here, theirs = "", ' id="answer"', _("In the operator's words:")
    if answer.bill:
        beneath = ", ".join(text for text in (answer.bill.tax, answer.bill.per_kwh) if text)
        made = f'<p class="n">{escape(answer.bill.sum)}</p><p class="q s">{escape(beneath)}</p>'
        made += f'<p class="b">{escape(answer.warnings)}</p>' if answer.warnings else ""
        rows = [*answer.bill.rows, answer.bill.total]
        made = f'<div class="ans"{here}>{made}</div><dl class="facts sum">{_drawn_rows(rows)}</dl>'
    if answer.reason:
        made += f"<p{'' if made else here}>{escape(answer.reason)}</p>"
    if answer.own_words:
        made += f'<p class="s">{escape(theirs)} <q>{drawn_value(answer.own_words)}</q></p>'
    if answer.others:
        made += f'<dl class="facts rest">{_drawn_rows(answer.others)}</dl>'
    if answer.assumed:
        made += f'<p class="s q">{escape(" ".join(answer.assumed))}</p>'
    return Markup(made)  # noqa: S704 - every text in it is escaped


def _drawn_rows(rows: Sequence[Row]) -> str:
    return "".join(
        [f'<div><dt>{escape(row.words)}</dt><dd class="r">{escape(row.sum) or "–"}</dd></div>' for row in rows]
    )
