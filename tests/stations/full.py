"""A station about which its partners say all that OCPI can say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from finder.ocpi.types import (
    AdditionalGeoLocation,
    BusinessDetails,
    DisplayText,
    EnergyMix,
    EnergySource,
    EnvironmentalImpact,
    EvseParking,
    ExceptionalPeriod,
    Hours,
    Image,
    Parking,
    PriceComponent,
    PriceLimit,
    RegularHours,
    StatusSchedule,
    Tariff,
    TariffElement,
    TariffRestrictions,
)
from finder.stations.types import Station, StationEvse
from tests.stations.make import NOW, ccs, evse, location, origin, station, type2

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")


def part(type: str, price: str, vat: str | None = "25", step: int = 1) -> PriceComponent:
    return PriceComponent(type, Decimal(price), None if vat is None else Decimal(vat), step)


def element(*parts: PriceComponent, **when: object) -> TariffElement:
    return TariffElement(parts, TariffRestrictions(**when) if when else None)  # type: ignore[arg-type]


FAST = Tariff(
    "SE",
    "VAL",
    "fast",
    (
        element(part("ENERGY", "4.792"), start_time="15:00", end_time="19:00", day_of_week=WEEKDAYS),
        element(part("ENERGY", "4.392"), start_time="06:00", end_time="22:00", day_of_week=WEEKDAYS),
        element(part("ENERGY", "3.992"), start_time="08:00", end_time="22:00", day_of_week=("SATURDAY", "SUNDAY")),
        element(part("ENERGY", "3.432"), part("PARKING_TIME", "96.00", step=60)),
    ),
    currency="SEK",
    type="AD_HOC_PAYMENT",
    tariff_alt_text=(DisplayText("sv", "Betala med kort i terminalen. Kvitto på nätet."),),
    tariff_alt_url="https://vastan.example/pris",
    preauthorize_amount=Decimal(500),
)
SLOW = Tariff(
    "SE",
    "VAL",
    "slow",
    (element(part("ENERGY", "3.12"), part("FLAT", "0")),),
    currency="SEK",
    type="AD_HOC_PAYMENT",
    max_price=PriceLimit(Decimal(240), Decimal(300)),
)
CONTRACT = Tariff(
    "SE",
    "VAL",
    "contract",
    (element(part("ENERGY", "3.592")),),
    currency="SEK",
    type="REGULAR",
    energy_mix=EnergyMix(True),
)


def full_station() -> Station:
    place = location(
        directions=(
            DisplayText("en", "North car park, behind the supermarket."),
            DisplayText("sv", "Norra parkeringen, bakom mataffären. Sväng av E6 vid avfart 97."),
        ),
        parking_type="PARKING_LOT",
        facilities=("SUPERMARKET", "RESTAURANT", "WIFI", "DOG_PARK"),
        related_locations=(AdditionalGeoLocation(58.3536, 11.8110, DisplayText("sv", "Infart")),),
        owner=BusinessDetails("Torp Fastigheter", "https://torp.example"),
        suboperator=BusinessDetails("Västan Drift", "javascript:alert(1)"),
        help_phone="+46 31 390 06 12",
        images=(Image("https://vastan.example/torp.jpg", "LOCATION", "jpeg"),),
        opening_times=Hours(
            regular_hours=(
                *(RegularHours(day, "07:00", "22:00") for day in (1, 2, 3, 4, 5)),
                RegularHours(6, "09:00", "18:00"),
            ),
            exceptional_openings=(
                ExceptionalPeriod(datetime(2026, 11, 29, 9, tzinfo=UTC), datetime(2026, 11, 29, 15, tzinfo=UTC)),
            ),
            exceptional_closings=(
                ExceptionalPeriod(datetime(2026, 12, 23, 23, tzinfo=UTC), datetime(2026, 12, 26, 23, tzinfo=UTC)),
            ),
        ),
        charging_when_closed=True,
        energy_mix=EnergyMix(
            True,
            (EnergySource("WIND", 70), EnergySource("WATER", 30)),
            (EnvironmentalImpact("CARBON_DIOXIDE", 21.5),),
            "Västan Energi",
            "Vind och vatten",
        ),
        parking_places=(
            *(
                Parking(
                    f"P{n}",
                    f"A{n}",
                    ("PERSONAL_VEHICLE", "VAN"),
                    max_vehicle_height=210,
                    max_vehicle_length=520,
                    max_vehicle_weight=3500,
                    parking_space_width=250,
                    parking_space_length=500,
                    time_limit=240,
                    roofed=True,
                    lighting=True,
                    direction="PERPENDICULAR",
                )
                for n in (1, 2)
            ),
            Parking("P3", "A3", ("DISABLED",), parking_space_width=360, restricted_to_type=True, drive_through=True),
        ),
    )
    cards = ("CREDIT_CARD_PAYABLE", "CONTACTLESS_CARD_SUPPORT", "REMOTE_START_STOP_CAPABLE", "RFID_READER")
    fast = ccs(300, tariff_ids=("FAST", "contract"), capabilities=("ISO_15118_2_PLUG_AND_CHARGE",), max_amperage=500)
    slow = type2(
        22,
        tariff_ids=("slow",),
        max_voltage=230,
        max_amperage=32,
        terms_and_conditions="https://vastan.example/villkor",
    )
    statuses = ("AVAILABLE", "AVAILABLE", "AVAILABLE", "CHARGING", "RESERVED", "CHARGING")
    fasts = [
        evse(
            status,
            fast,
            uid=f"E5511*{n}",
            capabilities=(*cards, "CHARGING_PROFILE_CAPABLE", "TOKEN_GROUP_CAPABLE"),
            parking_restrictions=("EV_ONLY", "PLUGGED") if n != 3 else ("EV_ONLY", "DISABLED"),
            physical_reference=str(n),
            parking=(EvseParking(f"P{n}", "LEFT"),),
            last_updated=NOW - timedelta(minutes=17 * n),
        )
        for n, status in enumerate(statuses, 1)
    ]
    slows = [
        evse(
            status,
            slow,
            uid=f"E5521*{n}",
            capabilities=(*cards, "RESERVABLE", "UNLOCK_CAPABLE", "SOME_NEW_THING"),
            floor_level="-1",
            directions=(DisplayText("sv", "Till höger om hissen."),),
            accepted_service_providers=("Plugsurfing", "Elton"),
            last_updated=NOW - timedelta(hours=3 * n),
        )
        for n, status in enumerate(("AVAILABLE", "AVAILABLE", "OUTOFORDER"), 1)
    ]
    planned = evse(
        "UNKNOWN",
        slow,
        uid="E5521*4",
        status_schedule=(StatusSchedule(NOW + timedelta(days=3), "OUTOFORDER", NOW + timedelta(days=4)),),
    )
    return station(
        *fasts,
        *slows,
        StationEvse(planned, 1),
        place=place,
        origins=(origin("vastan", name="Västan Laddning"), origin("nordladd", age=timedelta(minutes=9))),
        tariffs=(FAST, SLOW, CONTRACT),
    )
