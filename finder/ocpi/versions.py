"""What a platform offers: its versions, and where a version has its modules (version_information_endpoint)."""

import re
from typing import Any

import msgspec

from finder.ocpi.partner import VERSIONS, Module

_NEWEST_FIRST = ("2.3.0", "2.2.1", "2.1.1")


class BadOffer(Exception):
    """Versions or details cannot be used; one line why and what would be right."""


def data(body: bytes) -> Any:
    """The `data` of an answer that is no list of objects. Raises BadOffer for anything but a success."""
    try:
        answer = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadOffer("the answer is no JSON") from error
    if not isinstance(answer, dict):
        return answer
    code = str(answer.get("status_code", 1000))
    if not re.fullmatch(r"1\d{3}", code):
        raise BadOffer(f"OCPI status_code is {code[:20]}, not 1000")
    return answer.get("data")


def newest(offered: Any, pinned: str | None) -> tuple[str, str]:
    """The version to speak, in the words it is read by, and the address of its details.

    Raises BadOffer where no version is common, or the pinned one is not offered.
    """
    if not isinstance(offered, list):
        raise BadOffer("versions are no list of {version, url}")
    found: dict[str, tuple[str, str]] = {}
    for row in offered:
        number, url = (row.get("version"), row.get("url")) if isinstance(row, dict) else (None, None)
        if not isinstance(number, str) or not isinstance(url, str):
            continue
        number = number.strip().partition("-")[0]
        read_as = VERSIONS.get(number)
        # 2.2.1 itself is better than 2.2 that is read as 2.2.1
        if read_as and (read_as not in found or number == read_as):
            found[read_as] = number, url
    for version in (pinned,) if pinned else _NEWEST_FIRST:
        if version in found:
            return version, found[version][1]
    named = ", ".join(sorted(found)) or "none that is known"
    raise BadOffer(f"offers {named}, not {pinned or 'one of ' + ', '.join(_NEWEST_FIRST)}")


def endpoints(details: Any) -> dict[str, str]:
    """Identifier in lower case -> address, of the modules that can be read from (role SENDER or none).

    Raises BadOffer where there is no list of endpoints.
    """
    rows = details.get("endpoints") if isinstance(details, dict) else None
    if not isinstance(rows, list):
        raise BadOffer("version details have no list of endpoints")
    found: dict[str, str] = {}
    for row in rows:
        if (
            not isinstance(row, dict)
            or not isinstance(row.get("identifier"), str)
            or not isinstance(row.get("url"), str)
        ):
            continue
        role = row.get("role")
        identifier = row["identifier"].strip().lower()
        sends = role in (None, "") or (isinstance(role, str) and role.strip().upper() == "SENDER")
        if sends or identifier == "credentials":  # whose role means nothing
            found.setdefault(identifier, row["url"].strip())
    return found


def party(credentials: Any) -> tuple[str | None, str | None]:
    """country_code and party_id of a platform that speaks for one party (2.1.1), from its credentials."""
    if not isinstance(credentials, dict):
        return None, None
    country, party_id = credentials.get("country_code"), credentials.get("party_id")
    if isinstance(country, str) and isinstance(party_id, str) and len(country) == 2 and len(party_id) == 3:
        return country.upper(), party_id.upper()
    return None, None


def endpoint(offered: dict[str, str], module: Module) -> str:
    """Raises BadOffer where the platform does not send this module."""
    if module not in offered:
        raise BadOffer(f"offers no module {module} to read from; it has {', '.join(sorted(offered)) or 'none'}")
    return offered[module]
