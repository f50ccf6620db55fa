"""Finds places by words at a geocoder of one's own choice: Nominatim's `/search` or Photon's `/api`.

Both are asked with what the caller said and nothing else of a call. An answer that is late, or is none, counts as no
answer: dispatchers go on with their own places.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import orjson

from hub.dispatch.geocoding import FoundPlace, Geocoder, GeocoderAway, Near

_BYTES_MAX: Final = 512 * 1024
_NAME_CHARS, _ADDRESS_CHARS = 200, 500
_AROUND: Final = 0.5  # degrees: Nominatim prefers what lies in a box
_NAMED: Final = {"User-Agent": "arogya-hub"}  # as the usage policy of Nominatim asks


class WebGeocoder(Geocoder):
    """One geocoder, in the shape that it speaks."""

    def __init__(self, http: aiohttp.ClientSession, kind: str, base: str, *, deadline_s: float) -> None:
        """Take `nominatim` or `photon` and its address, with or without the path of its search."""
        self._http = http  # opened and closed by the composition root
        self._is_photon = kind == "photon"
        path = "/api" if self._is_photon else "/search"
        self._url = base.rstrip("/").removesuffix(path) + path
        self._deadline_s = deadline_s

    async def search(self, words: str, near: Near | None, rows_max: int) -> list[FoundPlace]:
        """Return up to `rows_max` places, the best first; raises `GeocoderAway`."""
        asked = _photon_query(words, near, rows_max) if self._is_photon else _nominatim_query(words, near, rows_max)
        try:
            async with asyncio.timeout(self._deadline_s):
                async with self._http.get(self._url, params=asked, headers=_NAMED, allow_redirects=False) as answer:
                    if answer.status != 200:
                        raise GeocoderAway(f"it answers {answer.status}")
                    body = await answer.content.read(_BYTES_MAX)
                    while piece := await answer.content.read(_BYTES_MAX):
                        body += piece
                        if len(body) > _BYTES_MAX:
                            raise GeocoderAway("its answer is too long")
            document = orjson.loads(body)
        except (aiohttp.ClientError, TimeoutError, OSError, orjson.JSONDecodeError) as error:
            raise GeocoderAway(type(error).__name__) from error
        return read_photon(document)[:rows_max] if self._is_photon else read_nominatim(document)[:rows_max]


def _nominatim_query(words: str, near: Near | None, rows_max: int) -> dict[str, str]:
    asked = {"q": words, "format": "jsonv2", "limit": str(rows_max), "addressdetails": "0"}
    if near is not None:
        west, east = near.longitude - _AROUND, near.longitude + _AROUND
        south, north = near.latitude - _AROUND, near.latitude + _AROUND
        asked["viewbox"] = f"{west:.5f},{north:.5f},{east:.5f},{south:.5f}"
    return asked


def _photon_query(words: str, near: Near | None, rows_max: int) -> dict[str, str]:
    asked = {"q": words, "limit": str(rows_max)}
    if near is not None:
        asked |= {"lat": f"{near.latitude:.5f}", "lon": f"{near.longitude:.5f}"}
    return asked


def read_nominatim(document: object) -> list[FoundPlace]:
    """Return the places of Nominatim's `jsonv2`, coordinates in texts; raises `GeocoderAway` for another shape."""
    if not isinstance(document, list):
        raise GeocoderAway("the answer is not Nominatim's")
    found = []
    for item in document:
        if not isinstance(item, dict):
            continue
        whole = _text(item.get("display_name"))
        name, _, rest = whole.partition(", ")
        name = _text(item.get("name")) or name
        kind = _text(item.get("type")) or "place"
        found.append(_found(name, kind, rest or None, (item.get("lat"), item.get("lon")), "nominatim"))
    return [place for place in found if place is not None]


def read_photon(document: object) -> list[FoundPlace]:
    """Return the places of Photon's GeoJSON; raises `GeocoderAway` for another shape."""
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise GeocoderAway("the answer is not Photon's")
    found = []
    for feature in features:
        told = feature.get("properties") if isinstance(feature, dict) else None
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(told, dict) or not isinstance(geometry, dict):
            continue
        at = geometry.get("coordinates")
        if not isinstance(at, list) or len(at) < 2:
            continue
        street = " ".join(part for part in (_text(told.get("street")), _text(told.get("housenumber"))) if part)
        name = _text(told.get("name")) or street
        kind = _text(told.get("osm_value")) or "place"
        found.append(_found(name, kind, _photon_address(told, street, name), (at[1], at[0]), "photon"))
    return [place for place in found if place is not None]


def _photon_address(told: Mapping[str, Any], street: str, name: str) -> str | None:
    parts = [street if street != name else "", *(_text(told.get(part)) for part in ("district", "city", "postcode"))]
    return ", ".join(part for part in parts if part) or None


def _found(name: str, kind: str, address: str | None, at: tuple[Any, Any], source: str) -> FoundPlace | None:
    """Return a place, None for one without a name or on no map."""
    try:
        latitude, longitude = float(at[0]), float(at[1])
    except (TypeError, ValueError):
        return None
    if not name or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return FoundPlace(name[:_NAME_CHARS], kind, address and address[:_ADDRESS_CHARS], latitude, longitude, source)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
