"""The one table of routes: the router, validation, the access guard and OpenAPI derive from it."""

from __future__ import annotations

from typing import NamedTuple

from handlers import (
    account_routes,
    activations,
    alarms,
    ambulances,
    device_care,
    devices,
    exercise_day,
    exports,
    health,
    history,
    inbox,
    map,
    motion,
    playback,
    positions,
    record_routes,
    regions,
    rights,
    sessions,
    tickets,
    trackers,
)
from handlers.call import API, Route
from handlers.dispatch import moving_routes, reading_routes
from handlers.physio import sessions as physio_sessions
from hub.history.formats import Csv, GeoJson, Gpx

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{API}/sessions",
        sessions.create,
        "sessions.C",
        "Sign in",
        sessions.SignedIn,
        body=sessions.SignIn,
        status=201,
        public=True,
    ),
    Route(
        "POST",
        f"{API}/sessions/refresh",
        sessions.refresh,
        "sessions.C",
        "Exchange a refresh token for new tokens",
        sessions.Refreshed,
        body=sessions.Refresh,
        public=True,
    ),
    Route("GET", f"{API}/sessions", sessions.show_all, "sessions.R", "Where I am signed in", sessions.SessionList),
    Route("GET", f"{API}/sessions/current", sessions.show_current, "sessions.R", "Who I am", sessions.Current),
    Route("DELETE", f"{API}/sessions/current", sessions.end_current, "sessions.D", "Sign out", status=204),
    Route("DELETE", f"{API}/sessions/{{id}}", sessions.end_one, "sessions.D", "Sign out somewhere else", status=204),
    *account_routes.ROUTES,
    Route(
        "POST",
        f"{API}/activations",
        activations.create,
        "activations.C",
        "Choose a password with a one-use link",
        body=activations.Activation,
        status=204,
        public=True,
    ),
    Route(
        "POST",
        f"{API}/ws-tickets",
        tickets.create,
        "ws_tickets.C",
        "A single-use ticket for a browser's WebSocket",
        tickets.IssuedTicket,
        body=tickets.TicketOrder,
        status=201,
        replayable=False,
    ),
    Route(
        "POST",
        f"{API}/devices/claim",
        devices.claim,
        "devices.claim",
        "Exchange a one-use code for a device's secret",
        devices.ClaimedDevice,
        body=devices.Claim,
        status=201,
        public=True,
    ),
    Route(
        "GET",
        f"{API}/ambulances/nearest",
        ambulances.show_nearest,
        "nearest.R",
        "The ambulances nearest to a place",
        ambulances.NearList,
        query=ambulances.NearQuery,
    ),
    Route(
        "GET",
        f"{API}/ambulances/inside",
        regions.show_inside,
        "nearest.R",
        "The ambulances inside a box or a polygon",
        ambulances.AmbulanceList,
        query=regions.InsideQuery,
    ),
    Route(
        "GET",
        f"{API}/ambulances/{{id}}/positions",
        positions.show_positions,
        "positions.R",
        "Where an ambulance was",
        positions.PositionList,
        query=positions.HistoryQuery,
        judged_inside=True,
    ),
    Route(
        "GET",
        f"{API}/ambulances/{{id}}/track",
        history.show_track,
        "positions.R",
        "Where an ambulance drove, thinned for a map",
        history.TrackAnswer,
        query=history.TrackQuery,
        judged_inside=True,
    ),
    Route(
        "GET",
        f"{API}/ambulances/{{id}}/trips",
        history.show_trips,
        "positions.R",
        "The trips and stops of an ambulance",
        history.TripList,
        query=history.TripQuery,
        judged_inside=True,
        other_media_type=Csv.MEDIA_TYPE,
    ),
    *(
        Route(
            "GET",
            f"{API}/ambulances/{{id}}/positions.{kind.ENDING}",
            exports.exporter(kind),
            "positions.R",
            f"Every fix of an ambulance as a {kind.ENDING.upper()} file",
            query=positions.SpanQuery,
            judged_inside=True,
            media_type=kind.MEDIA_TYPE,
        )
        for kind in (Gpx, GeoJson, Csv)
    ),
    Route(
        "GET",
        f"{API}/fleet/playback",
        playback.show_playback,
        "positions.R",
        "Where every ambulance was in a range of up to 6 h",
        playback.PlaybackAnswer,
        query=playback.PlaybackQuery,
    ),
    Route(
        "GET", f"{API}/alarms", alarms.show_all, "alarms.R", "Calls for help", alarms.AlarmList, query=alarms.ListQuery
    ),
    Route(
        "POST",
        f"{API}/alarms/{{id}}/acknowledge",
        alarms.acknowledge,
        "alarms.U",
        "Take care of a call for help",
        alarms.Alarm,
    ),
    *device_care.ROUTES,
    *reading_routes.ROUTES,
    *inbox.ROUTES,
    *record_routes.ROUTES,
    *moving_routes.ROUTES,
    *rights.ROUTES,
    *motion.ROUTES,
    *physio_sessions.ROUTES,
    *exercise_day.ROUTES,
    *trackers.ROUTES,
    Route("GET", f"{API}/map", map.show, "map.R", "What lies below the ambulances", map.Map),
    Route(
        "GET",
        map.ROADS_URL,
        map.show_roads,
        "map.R",
        "Roads as GeoJSON",
        media_type="application/geo+json",
    ),
    Route("GET", "/live", health.show_live, "health.R", "Whether I live", health.Live, public=True, limited=False),
    Route(
        "GET", "/ready", health.show_ready, "health.R", "Whether I am ready", health.Ready, public=True, limited=False
    ),
)


class Socket(NamedTuple):
    """A WebSocket: authenticated by its own handler, before the 101."""

    path: str
    action: str


DEVICE_SOCKET = Socket("/ws/device", "sockets.device")
LIVE_SOCKET = Socket("/ws/live", "sockets.live")
