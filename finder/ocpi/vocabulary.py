"""The words of closed enums and of connector standards, however they are spelt.

A word is compared by its letters and digits alone, so `out_of_order`, "CHARGING " and `ac_3_Phase` are what they mean.
"""

import re
from functools import lru_cache

from finder.ocpi.text import WORD_LIMIT, word

DC_ONLY = frozenset({"CHADEMO", "CHAOJI", "GBT_DC", "IEC_62196_T1_COMBO", "IEC_62196_T2_COMBO", "MCS"})
"""Standards that carry direct current alone."""

STATUSES = (
    "AVAILABLE",
    "BLOCKED",
    "CHARGING",
    "INOPERATIVE",
    "OUTOFORDER",
    "PLANNED",
    "REMOVED",
    "RESERVED",
    "UNKNOWN",
)
# OCPP's words and those of UK feeds. WORKING says that it is not broken, not that it is free: unknown.
OTHER_STATUSES = {
    "FREE": "AVAILABLE",
    "OCCUPIED": "CHARGING",
    "INUSE": "CHARGING",
    "PREPARING": "CHARGING",
    "FINISHING": "CHARGING",
    "SUSPENDEDEV": "CHARGING",
    "SUSPENDEDEVSE": "CHARGING",
    "FAULTED": "OUTOFORDER",
    "FAULTY": "OUTOFORDER",
    "BROKEN": "OUTOFORDER",
    "OUTOFSERVICE": "OUTOFORDER",
    "UNAVAILABLE": "INOPERATIVE",
}
POWER_TYPES = ("AC_1_PHASE", "AC_2_PHASE", "AC_2_PHASE_SPLIT", "AC_3_PHASE", "DC")
FORMATS = ("SOCKET", "CABLE")
STANDARDS = (
    "CHADEMO",
    "CHAOJI",
    *(f"DOMESTIC_{letter}" for letter in "ABCDEFGHIJKLMNO"),
    "GBT_AC",
    "GBT_DC",
    "IEC_60309_2_SINGLE_16",
    "IEC_60309_2_THREE_16",
    "IEC_60309_2_THREE_32",
    "IEC_60309_2_THREE_64",
    "IEC_62196_T1",
    "IEC_62196_T1_COMBO",
    "IEC_62196_T2",
    "IEC_62196_T2_COMBO",
    "IEC_62196_T3A",
    "IEC_62196_T3C",
    "MCS",
    "NEMA_5_20",
    "NEMA_6_30",
    "NEMA_6_50",
    "NEMA_10_30",
    "NEMA_10_50",
    "NEMA_14_30",
    "NEMA_14_50",
    "PANTOGRAPH_BOTTOM_UP",
    "PANTOGRAPH_TOP_DOWN",
    "SAE_J3400",
    "TESLA_R",
    "TESLA_S",
)
OTHER_STANDARDS = {
    "CCS": "IEC_62196_T2_COMBO",
    "CCS1": "IEC_62196_T1_COMBO",
    "CCS2": "IEC_62196_T2_COMBO",
    "CCSTYPE1": "IEC_62196_T1_COMBO",
    "CCSTYPE2": "IEC_62196_T2_COMBO",
    "CCSCOMBO1": "IEC_62196_T1_COMBO",
    "CCSCOMBO2": "IEC_62196_T2_COMBO",
    "COMBO1": "IEC_62196_T1_COMBO",
    "COMBO2": "IEC_62196_T2_COMBO",
    "GBT": "GBT_DC",
    "IEC62196TYPE1": "IEC_62196_T1",
    "IEC62196TYPE2": "IEC_62196_T2",
    "IEC62196TYPE2COMBO": "IEC_62196_T2_COMBO",
    "J1772": "IEC_62196_T1",
    "MENNEKES": "IEC_62196_T2",
    "NACS": "SAE_J3400",
    "SAEJ1772": "IEC_62196_T1",
    "SCHUKO": "DOMESTIC_F",
    "TYPE1": "IEC_62196_T1",
    "TYPE1CABLE": "IEC_62196_T1",
    "TYPE2": "IEC_62196_T2",
    "TYPE2CABLE": "IEC_62196_T2",
    "TYPE2COMBO": "IEC_62196_T2_COMBO",
    "TYPE2OUTLET": "IEC_62196_T2",
    "TYPE2SOCKET": "IEC_62196_T2",
}


def _letters(value: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", value.upper())


_STATUS = {_letters(known): known for known in STATUSES} | OTHER_STATUSES
_POWER_TYPE = {_letters(known): known for known in POWER_TYPES}
_FORMAT = {known: known for known in FORMATS}
_STANDARD = {_letters(known): known for known in STANDARDS} | OTHER_STANDARDS


def status(value: str | None) -> str:
    return _status(value) if value and len(value) <= WORD_LIMIT else "UNKNOWN"


@lru_cache(maxsize=1024)
def _status(value: str) -> str:
    return _STATUS.get(_letters(value), "UNKNOWN")


def power_type(value: str | None) -> str | None:
    return _POWER_TYPE.get(_letters(value)) if value else None


def connector_format(value: str | None) -> str | None:
    return _FORMAT.get(_letters(value)) if value else None


def standard(value: str | None) -> str | None:
    """The specification's word in upper case; another word is kept (open enum), UNKNOWN and OTHER are none."""
    if not value:
        return None
    letters = _letters(value)
    if letters in ("", "UNKNOWN", "OTHER", "NULL", "NONE"):
        return None
    return _STANDARD.get(letters) or word(value)


def of_connectors(statuses: tuple[str, ...]) -> str:
    """An EVSE's status from its connectors' own: it serves one car, so one plug in use means the EVSE is in use."""
    for answer in ("CHARGING", "AVAILABLE"):
        if answer in statuses:
            return answer
    return statuses[0] if len(set(statuses)) == 1 else "UNKNOWN"
