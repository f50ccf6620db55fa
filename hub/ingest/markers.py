"""The markers of the map, as far as this hub moves them: by the primary tracker of each ambulance."""

from __future__ import annotations

from hub.ingest.admission import Place, fix_time
from hub.ingest.hygiene import Track, judge
from hub.ingest.locations import LocationKeeper
from hub.ingest.others import Alone, OtherHubs
from hub.ingest.primary import Primaries
from hub.live.board import FleetBoard, LiveFix
from hub.protocol.fix import Fix

UNKNOWN = 0  # a device that nobody has named


class Markers:
    """Puts sound fixes on the map, here and on the other hubs."""

    def __init__(self, board: FleetBoard, locations: LocationKeeper) -> None:
        self._board = board
        self._locations = locations
        self._others: OtherHubs = Alone()
        # By ambulance and device: at most one for each pair that ever sent. Two trackers that lie apart, or go by other
        # clocks, would otherwise be judged by each other's fixes.
        self._tracks: dict[tuple[int, int], Track] = {}
        self._primaries = Primaries()

    def tell(self, others: OtherHubs) -> None:
        """Tell the other hubs, from now on, what this one shows."""
        self._others = others

    def track(self, ambulance_id: int, device_id: int) -> Track:
        """Return what the fixes of a device in an ambulance have said so far."""
        track = self._tracks.get((ambulance_id, device_id))
        if track is None:
            track = self._tracks[ambulance_id, device_id] = Track()
        return track

    def follow(self, place: Place, fix: Fix, fix_at: int) -> None:
        """Show a fix that was judged sound."""
        # The marker's place is the track's: a parked ambulance does not tremble with its receiver's noise.
        track = self.track(place.ambulance_id, place.device_id)
        live = LiveFix(track.latitude, track.longitude, fix.speed, fix.heading, fix.accuracy, fix_at)
        self.show(place.ambulance_id, live, place.device_id)

    def hint(self, place: Place, fix: Fix) -> bool:
        """Judge a fix that is not on the log yet, and show it if it is sound; tell whether it is."""
        fix_at = fix_time(place, fix.recorded_at)
        verdict = judge(
            self.track(place.ambulance_id, place.device_id),
            latitude=fix.latitude,
            longitude=fix.longitude,
            accuracy=fix.accuracy,
            fix_at=fix_at,
            recorded_at=fix.recorded_at,
            received_at=place.received_at,
            sent_at=place.sent_at,
        )
        if verdict.show:
            self.follow(place, fix, fix_at)
        return verdict.show

    def show(self, ambulance_id: int, fix: LiveFix, device_id: int = UNKNOWN) -> None:
        """Put a sound fix on the map at once, unless another tracker of the ambulance is its primary."""
        if device_id != UNKNOWN and not self._primaries.leads(ambulance_id, device_id, fix.fix_at):
            return
        current = self._board.current(ambulance_id)
        if current is not None and current.fix_at == fix.fix_at:
            # Of two of one instant the later one is shown; the other hubs would not know which that is.
            fix = fix._replace(fix_at=fix.fix_at + 1)
        # Also where the map is newer: it may show what was heard of a hub that died before it wrote the row.
        self._locations.moved(ambulance_id)
        if self._board.move(ambulance_id, fix):
            self._others.moved(ambulance_id, fix, device_id)

    def heard(self, ambulance_id: int, fix: LiveFix, device_id: int) -> bool:
        """Take over a fix that another hub shows; False for one that is known, or of another than the primary."""
        if device_id != UNKNOWN and not self._primaries.heard(ambulance_id, device_id, fix.fix_at):
            return False
        return self._board.hear(ambulance_id, fix)
