"""Builds finder/places/data/postal_codes.msgpack.zst, the postal codes the finder carries. Run by hand; never at run time.

    pip download --no-deps countrystatecity-postal-codes==2.0.1      # unpacked into a folder, named below
    PYTHONPATH=. python scripts/build_postal_codes.py <that folder>

The one input, what is taken, and on what terms:
- countrystatecity-postal-codes 2.0.1 (PyPI): codes and the names of their localities, with positions where it has them. Data: Countries States
  Cities Database, Open Database License 1.0. What comes out is under the same licence, so it is a file of its own, and nothing from
  elsewhere is put into it: where a code lies is looked up by its locality's name at run time (`finder.places.postal`).

Of several localities that share a code the first is kept that the gazetteer knows, the one with most people if it knows many.
"""

import argparse
import json
from array import array
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from finder.places.names import country as country_of
from finder.places.names import names, number_of
from finder.places.postal import CODES, UNKNOWN, Country, entries_of

COUNTRIES = ("SE", "NO", "DK", "FI", "IS", "DE", "NL", "BE", "FR", "AT", "CH", "PL", "IT", "ES")
WITHIN = {"FI": ("AX",)}


def records(folder: Path, country: str) -> list[dict[str, Any]]:
    path = folder / "countrystatecity_postal_codes" / "data" / "by-country"
    found = []
    for code in (country, *WITHIN.get(country, ())):
        found += json.loads((path / code / "postcodes.json").read_bytes())
    return found


def people(locality: str, country: str) -> int:
    """Of the largest place by that name; -1: there is none."""
    numbers = [number_of(entry) for entry in entries_of(locality)]
    return max((names().populations[number] for number in numbers if country_of(number) == country), default=-1)


def pack(country: str, found: list[dict[str, Any]]) -> Country:
    by_code: dict[str, dict[str, Any]] = {}
    for record in found:
        code = record["code"].strip()
        known = by_code.get(code)
        if not record["localityName"]:
            continue
        if known is None or people(record["localityName"], country) > people(known["localityName"], country):
            by_code[code] = record
    codes = sorted(by_code)
    localities = sorted({by_code[code]["localityName"].strip() for code in codes})
    index = {locality: number for number, locality in enumerate(localities)}

    def positions(name: str) -> bytes:
        values = (by_code[code][name] for code in codes)
        packed = array("i", [UNKNOWN if value is None else round(float(value) * 10_000) for value in values])
        return packed.tobytes() if any(value != UNKNOWN for value in packed) else b""

    return Country(
        codes="\n".join(codes),
        localities="\n".join(localities),
        of=array("H", [index[by_code[code]["localityName"].strip()] for code in codes]).tobytes(),
        latitudes=positions("latitude"),
        longitudes=positions("longitude"),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the postal codes that the finder carries.")
    parser.add_argument("folder", type=Path, help="the package, unpacked")
    folder = parser.parse_args().folder
    packed = {country: pack(country, records(folder, country)) for country in COUNTRIES}
    CODES.write_bytes(zstandard.ZstdCompressor(19).compress(msgspec.msgpack.encode(packed)))
    for country, codes in packed.items():
        print(country, len(codes.of) // 2, "codes")
    print(CODES.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
