"""A quote in words: the bill of a charge line by line, what was taken for granted, or why there is no price."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from finder.ocpi.types import Struct
from finder.tariffs.charge import Charge
from finder.tariffs.choice import Pay
from finder.tariffs.quote import DIMENSIONS, Assumption, Dimension, Part, Quote, Reason
from finder.tariffs.words import Say, exact, in_currency, price, rounded

# ISO 4217: currencies without a hundredth.
NO_CENTS = {"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND"}
# A unit of these is too small for its hundredths to matter in a list.
TOLD_WHOLE = NO_CENTS | {"CZK", "DKK", "HUF", "NOK", "SEK"}
MINUTES = 60
CENT, FOURTH = Decimal("0.01"), Decimal("0.0001")
HALF_A_MINUTE, CENTI_KWH = Decimal(1) / 120, Decimal("0.01")


class Row(Struct):
    """A line of the bill: "Energy, 38 kWh × SEK 5.49" and its sum, empty where there is no fee."""

    words: str
    sum: str = ""


class Bill(Struct):
    """The parts in the order of AFIR, zero ones too, then the total. `tax` says what the total includes; `sum` is the total where it
    stands alone."""

    rows: tuple[Row, ...]
    total: Row
    tax: str
    sum: str
    per_kwh: str = ""


Used = Mapping[Dimension, Decimal]
"""Hours by dimension that a charge took, whether they cost or not."""
NOT_SAID: Used = {}


def bill(quote: Quote, parked: bool, say: Say, used: Used = NOT_SAID) -> Bill | None:
    """None where there is no price. `parked`: the car stays for a while after the charge."""
    side = _side(quote)
    if side is None or quote.currency is None:
        return None
    total = side(quote)
    assert total is not None
    currency = quote.currency
    per_kwh = total / quote.energy_kwh if quote.energy_kwh and total else None
    told = amount(total, currency, say) if total else say.gettext("No charge")
    return Bill(
        rows=(*_rows(quote, parked, side, currency, say, used), *_limited(quote, total, side, currency, say)),
        total=Row(_total_name(quote, say), told),
        tax=_tax(quote, say),
        sum=plus_vat(told, quote, say) if total else told,
        per_kwh=say.gettext("%(price)s per kWh in all", price=_per_kwh(per_kwh, currency, say)) if per_kwh else "",
    )


def _per_kwh(each: Decimal, currency: str, say: Say) -> str:
    """In pence for pounds, as every price of a kWh."""
    return price(each, each, "kWh", currency, say) if currency == "GBP" else amount(each, currency, say)


def total(quote: Quote, say: Say) -> str:
    """ "205 kr", "€11.83"; empty where there is no price. With VAT wherever that is known, else with a word beside it."""
    side = _side(quote)
    found = side(quote) if side else None
    if found is None or quote.currency is None:
        return ""
    if not found:
        return say.gettext("No charge")
    whole = quote.currency in TOLD_WHOLE and found >= 1
    return plus_vat(amount(found, quote.currency, say, 0 if whole else 2), quote, say)


def plus_vat(sum: str, quote: Quote, say: Say) -> str:
    """Said right beside the figure: "171 kr + VAT"."""
    return say.gettext("%(sum)s + VAT", sum=sum) if quote.incl_vat is None else sum


def amount(value: Decimal, currency: str, say: Say, digits: int = 2) -> str:
    """Rounded once, to the currency's smallest coin or to whole units."""
    digits = 0 if currency in NO_CENTS else digits
    rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return in_currency(say.number(rounded, digits), currency, say)


Side = Callable[[Quote | Part], Decimal | None]


def _incl(each: Quote | Part) -> Decimal | None:
    return each.incl_vat


def _excl(each: Quote | Part) -> Decimal | None:
    return each.excl_vat


def _side(quote: Quote) -> Side | None:
    """With VAT where that is known, else without; None where no total should be told."""
    if quote.reason not in (None, "vat_not_stated"):
        return None
    if quote.incl_vat is not None:
        return _incl
    return _excl if quote.excl_vat is not None else None


# The lines of the bill


def _rows(quote: Quote, parked: bool, side: Side, currency: str, say: Say, used: Used) -> Iterator[Row]:
    for dimension in DIMENSIONS:
        paid = [part for part in quote.parts if part.dimension == dimension and part.price]
        if paid and (free := _without_fee(quote, dimension, paid, used)):
            yield Row(_partly(dimension, sum([part.volume for part in paid], free), free, say))
        yield from [_row(part, side, currency, say) for part in paid] or [Row(_nothing(dimension, parked, say))]


def _without_fee(quote: Quote, dimension: Dimension, paid: Sequence[Part], used: Used) -> Decimal:
    """How much of what was used is not paid for, where it shows: half a minute, a hundredth of a kWh."""
    all_of_it = quote.energy_kwh if dimension == "ENERGY" else used.get(dimension)
    if all_of_it is None:
        return Decimal(0)
    free = all_of_it - sum([part.measured for part in paid], Decimal(0))
    return free if free >= (CENTI_KWH if dimension == "ENERGY" else HALF_A_MINUTE) else Decimal(0)


def _partly(dimension: Dimension, whole: Decimal, free: Decimal, say: Say) -> str:
    if dimension == "ENERGY":
        return say.gettext(
            "Energy %(kwh)s kWh, of which %(free)s kWh without a fee",
            kwh=exact(whole, say, 2),
            free=exact(free, say, 2),
        )
    minutes, unpaid = exact(whole * MINUTES, say, 0), exact(free * MINUTES, say, 0)
    if dimension == "TIME":
        return say.gettext(
            "Charging time %(minutes)s min, of which %(free)s min without a fee", minutes=minutes, free=unpaid
        )
    return say.gettext("Idle time %(minutes)s min, of which %(free)s min without a fee", minutes=minutes, free=unpaid)


def _row(part: Part, side: Side, currency: str, say: Say) -> Row:
    found = side(part) or Decimal(0)
    return Row(_words(part, found, currency, say), amount(found, currency, say))


def _words(part: Part, found: Decimal, currency: str, say: Say) -> str:
    dimension = part.dimension
    if dimension == "FLAT":
        return say.gettext("Fee per session")
    each = found / part.volume if part.volume else Decimal(0)
    if dimension == "ENERGY":
        if currency == "GBP":
            count, cost = exact(part.volume, say, 2), price(each, each, "kWh", currency, say)
        else:
            count, cost = _multiplied(part.volume, 2, each, found, currency, say)
        return say.gettext("Energy, %(kwh)s kWh × %(price)s", kwh=count, price=cost)
    minutes, cost = _multiplied(part.volume * MINUTES, 1, each / MINUTES, found, currency, say)
    if dimension == "TIME":
        return say.gettext("Charging time, %(minutes)s min × %(price)s", minutes=minutes, price=cost)
    return say.gettext("Idle fee, %(minutes)s min × %(price)s", minutes=minutes, price=cost)


def _multiplied(count: Decimal, digits: int, each: Decimal, found: Decimal, currency: str, say: Say) -> tuple[str, str]:
    """The count and the price of one with as few decimals as give the line, where any do."""
    line, usual = _cents(found), rounded(each)
    for most, told in (
        (digits, usual),
        (digits, fourth := each.quantize(FOURTH, ROUND_HALF_UP)),
        (3, usual),
        (3, fourth),
    ):
        if _cents(round(count, most) * told) == line:
            return exact(count, say, most), _money(told, currency, say)
    return exact(count, say, digits), _money(usual, currency, say)


def _money(price: Decimal, currency: str, say: Say) -> str:
    """With the decimals that it has, and at least the two of a price tag."""
    exponent = price.normalize().as_tuple().exponent
    return in_currency(say.number(price, max(2, -exponent if isinstance(exponent, int) else 2)), currency, say)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _nothing(dimension: Dimension, parked: bool, say: Say) -> str:
    if dimension == "ENERGY":
        return say.gettext("Energy, no fee")
    if dimension == "TIME":
        return say.gettext("Time, no fee while the car charges")
    if dimension == "FLAT":
        return say.gettext("Per session, no fee")
    return say.gettext("No idle fee") if parked else say.gettext("No idle fee, you drive on at once")


def _limited(quote: Quote, total: Decimal, side: Side, currency: str, say: Say) -> Iterator[Row]:
    """What the lowest or highest price of a session adds or takes off."""
    if quote.limited is None:
        return
    difference = total - sum((side(part) or Decimal(0) for part in quote.parts), Decimal(0))
    if not difference:
        return
    words = (
        say.gettext("Up to the lowest price of a session")
        if difference > 0
        else say.gettext("Down to the highest price of a session")
    )
    sign = "+" if difference > 0 else "−"
    yield Row(words, f"{sign}{amount(abs(difference), currency, say)}")


def _total_name(quote: Quote, say: Say) -> str:
    if quote.incl_vat is None:
        return say.gettext("Sum excl. VAT")
    if quote.excl_vat is None:
        return say.gettext("Sum incl. VAT")
    vat = quote.incl_vat - quote.excl_vat
    if not vat or quote.currency is None:
        return say.gettext("Sum")
    return say.gettext("Sum, of which VAT %(vat)s", vat=amount(vat, quote.currency, say))


def _tax(quote: Quote, say: Say) -> str:
    if quote.incl_vat is None:
        return say.gettext("excl. VAT")
    return "" if quote.incl_vat == quote.excl_vat else say.gettext("incl. VAT")


# Why there is no price


def short(reason: Reason, say: Say, pay: Pay = "adhoc") -> str:
    """For a row of a list: two or three words."""
    match reason:
        case "not_for_payment":
            return say.gettext("Only with a contract") if pay == "adhoc" else say.gettext("No contract price")
        case "expired":
            return say.gettext("Price out of date")
        case "not_yet_valid":
            return say.gettext("Price not valid yet")
        case "conflicting":
            return say.gettext("Several prices")
        case "text_only":
            return say.gettext("Price in words only")
        case "outside_windows":
            return say.gettext("Price not given for that time")
        case "unknown_current" | "unsupported_dimension":
            return say.gettext("Price cannot be worked out")
        case "vat_not_stated":
            return say.gettext("Price without VAT")
        case "no_tariff" | "unresolved" | "no_currency" | "no_price":
            return say.gettext("Price not given")


def sentence(reason: Reason, say: Say, pay: Pay = "adhoc") -> str:
    """For a page and for the API."""
    match reason:
        case "no_tariff":
            return say.gettext("The operator gives no price for this plug.")
        case "unresolved":
            return say.gettext("The operator refers to a price list that it does not send.")
        case "not_for_payment":
            if pay == "adhoc":
                return say.gettext(
                    "The operator gives prices for customers with a contract only, none for paying on site."
                )
            return say.gettext(
                "The operator gives a price for paying on site only, none for customers with a contract."
            )
        case "expired":
            return say.gettext("The operator's price is no longer valid, and no new one has come.")
        case "not_yet_valid":
            return say.gettext("The operator's price is not valid yet at that time.")
        case "conflicting":
            return say.gettext("Several prices hold at the same time and differ. The operator knows which one applies.")
        case "text_only":
            return say.gettext("The operator gives the price in words only, so it cannot be worked out.")
        case "no_currency":
            return say.gettext("The operator does not say which currency its prices are in.")
        case "no_price":
            return say.gettext("A part of the operator's price is missing or cannot be read.")
        case "unsupported_dimension":
            return say.gettext("The price has a part of a kind that cannot be worked out.")
        case "outside_windows":
            return say.gettext("The operator gives no price for a part of the time that the charge takes.")
        case "unknown_current":
            return say.gettext("The price depends on how many amperes the car takes, and that is not known.")
        case "vat_not_stated":
            return say.gettext("The price is without VAT, and the operator does not state the VAT rate.")


# What is taken for granted


def reckoned(charge: Charge, kwh: Decimal, kw: Decimal, say: Say) -> Iterator[str]:
    """What is taken for granted of the car and its driver; `kwh` at the charging point, `kw` what flows."""
    drawn = exact(kwh, say, 1)
    if charge.energy_kwh is not None:
        yield say.gettext("%(kwh)s kWh at the charging point.", kwh=drawn)
    else:
        yield say.gettext(
            "A battery of %(battery)s kWh from %(begin)s to %(end)s %%: %(kwh)s kWh at the charging point, losses included.",
            battery=exact(charge.battery_kwh, say),
            begin=exact(charge.from_percent, say),
            end=exact(charge.to_percent, say),
            kwh=drawn,
        )
    if charge.charging_minutes is not None:
        yield say.gettext("It takes %(minutes)s min.", minutes=exact(charge.charging_minutes, say, 1))
    else:
        yield say.gettext("%(kw)s kW all the way. A cold battery or shared power takes longer.", kw=exact(kw, say, 1))
    if charge.parking_minutes:
        yield say.gettext(
            "The car stays plugged in for %(minutes)s min after that.", minutes=exact(charge.parking_minutes, say, 1)
        )


def assumptions(quote: Quote, say: Say, used: Used = NOT_SAID) -> tuple[str, ...]:
    """Sentences: what was rounded up, and what is doubtful."""
    return (*_rounded(quote, say, used), *(assumed(each, say) for each in quote.assumptions))


def assumed(assumption: Assumption, say: Say) -> str:
    match assumption:
        case "vat_not_stated":
            return say.gettext("VAT is not in the sum: the operator does not state its rate.")
        case "several_flat":
            return say.gettext("Several fixed fees fall into this charge. Each is counted once.")
        case "uncovered":
            return say.gettext("For a part of the charge the operator names no price.")
        case "min_above_max":
            return say.gettext("The operator's lowest price is above its highest. The highest is used.")
        case "paused_unpriced":
            return say.gettext("Time in which the operator holds the power back is not counted.")
        case "amperes_from_power":
            return say.gettext("Amperes are worked out from the power, at 230 V.")
        case "parking_zero":
            return say.gettext("The operator states no idle fee, so none is counted.")


def _rounded(quote: Quote, say: Say, used: Used) -> Iterator[str]:
    """Told where it shows: feeds count in seconds and Wh too. Where a part has no fee, the bill says what is counted."""
    if all(part.volume == part.measured for part in quote.parts):
        return
    for item in quote.items:
        if item.dimension == "FLAT" or not any(part.price for part in item.parts):
            continue
        if _without_fee(quote, item.dimension, [part for part in item.parts if part.price], used):
            continue
        if item.dimension == "ENERGY":
            taken, counted = exact(item.measured, say, 2), exact(item.volume, say, 2)
            sentence = say.gettext("%(used)s kWh is counted as %(counted)s kWh.", used=taken, counted=counted)
        else:
            taken, counted = exact(item.measured * MINUTES, say, 1), exact(item.volume * MINUTES, say, 1)
            sentence = say.gettext("%(used)s min is counted as %(counted)s min.", used=taken, counted=counted)
        if taken != counted:
            yield sentence
