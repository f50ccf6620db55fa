"""The link that sets up a tracker's app: opened on the phone, or scanned from a QR code. It holds the secret. Pure."""

from __future__ import annotations

from urllib.parse import urlencode

from hub.trackers import owntracks


def setup_link(protocol: str, origin: str, device_id: int, secret: str, *, idle_s: float) -> str:
    """Return the link for `traccar` or `owntracks`; `origin` is where the hub is reached, "https://hub.example".

    Traccar Client takes the address up to the question mark as its server, and the rest as settings (version 9 and
    later; by hand, only the address is typed). Its own defaults report each 300 s and 75 m.
    """
    if protocol == "owntracks":
        tid = f"{device_id % 100:02d}"
        return owntracks.setup_link(f"{origin}/owntracks", device_id, secret, tid=tid, idle_s=idle_s)
    settings = {
        "id": str(device_id),
        "accuracy": "highest",
        "interval": str(max(1, round(idle_s))),
        "distance": "0",
        "heartbeat": "60",
        "buffer": "true",
        "stop_detection": "false",
        "service": "true",
    }
    return f"{origin}/track/{secret}?{urlencode(settings)}"
