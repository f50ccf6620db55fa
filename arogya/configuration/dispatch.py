"""The settings of dispatch: when calls are offered, reminded of and alarmed about, and where travel times come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from arogya.configuration.fields import setting

DAY = 86_400.0
MODES = ("suggest", "automatic")
TRAVELS = ("line", "roads", "osrm", "valhalla")
GEOCODERS = ("nominatim", "photon")


def _http_url(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
    except ValueError:  # a bracket of an IPv6 address without the other
        good = False
    return None if good else "write scheme, host and path only, like http://127.0.0.1:5000"


def _file(value: str) -> str | None:
    return None if Path(value).is_file() else "name a file that exists"


def _zone(value: str) -> str | None:
    try:
        ZoneInfo(value)  # and kept: nobody has to read the file on the event loop
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return "write the name of a time zone, like Asia/Kolkata"
    return None


def _mode(priority: int) -> str:
    return setting(
        "suggest", f"priority {priority}: a dispatcher's key offers a call to a unit, or the hub does", choices=MODES
    )


def _seconds(default: float, doc: str, *, minimum: float = 0.0) -> float:
    return setting(default, f"seconds {doc}", minimum=minimum, maximum=DAY)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Calls, offers and their timers by priority (1 critical, 2 emergent, 3 lower, 4 scheduled), and the way there."""

    p1_mode: str = _mode(1)
    p1_unattended_s: float = _seconds(0.0, "that people have the first word where the hub offers by itself")
    p1_target_s: float = _seconds(480.0, "from the call to a unit at the scene, at most", minimum=5)
    p1_offer_expires_s: float = _seconds(120.0, "until an offer that nobody answers is over", minimum=5)
    p1_re_alert_s: float = _seconds(20.0, "until an unanswered offer is sounded again; 0: never")
    p1_next_unit_s: float = _seconds(30.0, "until the next unit is offered it too; 0: never")
    p1_not_moving_warn_s: float = _seconds(60.0, "of standing after accepting until a warning; 0: never")
    p1_not_moving_alarm_s: float = _seconds(90.0, "of the same until an alarm; 0: never")
    p1_waiting_alarm_s: float = _seconds(30.0, "without a unit being asked until an alarm; 0: never")
    p1_coverage_weight_s: float = _seconds(
        0.0, "of a longer way that is accepted so that one more other call is in time"
    )
    p2_mode: str = _mode(2)
    p2_unattended_s: float = _seconds(0.0, "as for priority 1")
    p2_target_s: float = _seconds(900.0, "as for priority 1", minimum=5)
    p2_offer_expires_s: float = _seconds(45.0, "as for priority 1", minimum=5)
    p2_re_alert_s: float = _seconds(20.0, "as for priority 1; 0: never")
    p2_next_unit_s: float = _seconds(0.0, "as for priority 1; 0: never")
    p2_not_moving_warn_s: float = _seconds(90.0, "as for priority 1; 0: never")
    p2_not_moving_alarm_s: float = _seconds(180.0, "as for priority 1; 0: never")
    p2_waiting_alarm_s: float = _seconds(60.0, "as for priority 1; 0: never")
    p2_coverage_weight_s: float = _seconds(15.0, "as for priority 1")
    p3_mode: str = _mode(3)
    p3_unattended_s: float = _seconds(0.0, "as for priority 1")
    p3_target_s: float = _seconds(1_800.0, "as for priority 1", minimum=5)
    p3_offer_expires_s: float = _seconds(90.0, "as for priority 1", minimum=5)
    p3_re_alert_s: float = _seconds(45.0, "as for priority 1; 0: never")
    p3_next_unit_s: float = _seconds(0.0, "as for priority 1; 0: never")
    p3_not_moving_warn_s: float = _seconds(120.0, "as for priority 1; 0: never")
    p3_not_moving_alarm_s: float = _seconds(300.0, "as for priority 1; 0: never")
    p3_waiting_alarm_s: float = _seconds(300.0, "as for priority 1; 0: never")
    p3_coverage_weight_s: float = _seconds(60.0, "as for priority 1")
    p4_mode: str = _mode(4)
    p4_unattended_s: float = _seconds(0.0, "as for priority 1")
    p4_target_s: float = _seconds(3_600.0, "as for priority 1", minimum=5)
    p4_offer_expires_s: float = _seconds(120.0, "as for priority 1", minimum=5)
    p4_re_alert_s: float = _seconds(60.0, "as for priority 1; 0: never")
    p4_next_unit_s: float = _seconds(0.0, "as for priority 1; 0: never")
    p4_not_moving_warn_s: float = _seconds(0.0, "as for priority 1; 0: never")
    p4_not_moving_alarm_s: float = _seconds(0.0, "as for priority 1; 0: never")
    p4_waiting_alarm_s: float = _seconds(600.0, "as for priority 1; 0: never")
    p4_coverage_weight_s: float = _seconds(60.0, "as for priority 1")
    scheduled_lead_s: float = _seconds(900.0, "before its time that a scheduled call is looked at")
    batch_s: float = setting(
        3.0, "seconds between two choices for all less urgent calls together", minimum=0.5, maximum=60
    )
    undelivered_s: float = _seconds(5.0, "until an offer that no tablet has says: radio them")
    silent_warn_s: float = _seconds(30.0, "without a fix of a unit that has a call until a warning")
    silent_alarm_s: float = _seconds(90.0, "of the same until an alarm")
    offline_s: float = _seconds(300.0, "without a fix of any other unit until it counts as offline")
    joins_s: float = _seconds(300.0, "in which a repeat from the same patient or number joins the open call")
    time_zone: str = setting("Asia/Kolkata", "whose hours the speeds of streets follow", check=_zone)
    travel: str = setting(
        "line",
        "where travel times come from: a straight line and an hourly speed, a road graph, or that server",
        choices=TRAVELS,
    )
    travel_url: str | None = setting(None, "the OSRM or Valhalla server, like http://127.0.0.1:5000", check=_http_url)
    travel_deadline_s: float = setting(0.3, "longest wait for it; then straight lines count", minimum=0.01, maximum=10)
    roads_graph: str | None = setting(None, "file of the road graph, where travel is roads", check=_file)
    geocoder: str = setting("nominatim", "what the geocoder speaks", choices=GEOCODERS)
    geocoder_url: str | None = setting(
        None, "a server that finds addresses, beside the hub's own list; unset: that alone", check=_http_url
    )
    geocoder_deadline_s: float = setting(
        1.0, "longest wait for it; then the hub's own list counts", minimum=0.01, maximum=10
    )
