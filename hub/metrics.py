"""Every number that the hub counts, as one typed set of Prometheus objects on its own registry."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_FAST_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_ROWS = (1, 10, 100, 500, 1_000, 2_000, 4_000, 8_000, 16_000)


class Metrics:
    """The counters of one hub process; names follow the Prometheus conventions (base units, `_total`)."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry if registry is not None else CollectorRegistry()
        own = self.registry
        # HTTP
        self.http_requests = Counter("hub_http_requests", "Answers", ["method", "route", "status"], registry=own)
        self.http_seconds = Histogram("hub_http_seconds", "Time to answer", ["route"], buckets=_FAST_S, registry=own)
        self.sign_ins = Counter("hub_sign_ins", "Attempts to sign in", ["result"], registry=own)
        # Connections
        self.sockets = Gauge("hub_sockets", "Open WebSockets", ["kind"], registry=own)
        self.socket_closes = Counter("hub_socket_closes", "Closed WebSockets", ["kind", "code"], registry=own)
        # Ingest
        self.samples_stored = Counter("hub_samples_stored", "Samples committed", ["kind"], registry=own)
        self.samples_duplicate = Counter("hub_samples_duplicate", "Samples that were stored already", registry=own)
        self.samples_conflicting = Counter(
            "hub_samples_conflicting", "Duplicates that differ from the stored sample", registry=own
        )
        self.device_messages_refused = Counter(
            "hub_device_messages_refused", "Messages that could not be taken", registry=own
        )
        self.samples_refused = Counter("hub_samples_refused", "Dead letters written", ["code"], registry=own)
        self.samples_skipped = Counter("hub_samples_skipped", "Samples declared lost", ["reason"], registry=own)
        self.flush_seconds = Histogram("hub_flush_seconds", "One COPY transaction", buckets=_FAST_S, registry=own)
        self.flush_rows = Histogram("hub_flush_rows", "Rows of one COPY transaction", buckets=_ROWS, registry=own)
        self.flush_failures = Counter("hub_flush_failures", "Tries of a batch that ended in nothing", registry=own)
        self.tracker_posts = Counter(
            "hub_tracker_posts", "What posts of trackers held", ["protocol", "result"], registry=own
        )
        # Live
        self.live_frames = Counter("hub_live_frames", "Frames encoded for viewers", ["kind"], registry=own)
        self.live_writes = Counter("hub_live_writes", "Writes to viewers", registry=own)
        self.live_lagging = Gauge("hub_live_lagging", "Viewers that are behind", registry=own)
        self.live_physio = Gauge("hub_live_physio_sessions", "Physio sessions that viewers watch here", registry=own)
        # Other hubs
        self.bus_deaf_seconds = Gauge("hub_bus_deaf_seconds", "Since when nothing is heard of the bus", registry=own)
        self.bus_peers = Gauge("hub_bus_peers", "Hubs that are there, this one included", registry=own)
        self.bus_sent = Counter("hub_bus_sent", "Messages given to the bus", registry=own)
        self.bus_heard = Counter("hub_bus_heard", "Messages of other hubs", registry=own)
        self.bus_dropped = Counter("hub_bus_dropped", "Own messages that the bus did not take", registry=own)
        self.bus_refused = Counter("hub_bus_refused", "Messages that were not understood or not genuine", registry=own)
        self.bus_gaps = Counter("hub_bus_gaps", "Times that something of another hub was missing", registry=own)
        self.bus_reconnects = Counter("hub_bus_reconnects", "Connections to the bus that were lost", registry=own)
        self.bus_busy_seconds = Counter("hub_bus_busy_seconds", "Time of the event loop spent on the bus", registry=own)
        self._begin_audit(own)
        self._begin_dispatch(own)
        # The process
        self.loop_lag_seconds = Histogram("hub_loop_lag_seconds", "Event loop delay", buckets=_FAST_S, registry=own)

    def _begin_audit(self, own: CollectorRegistry) -> None:
        self.audit_waiting = Gauge("hub_audit_waiting", "Reads that wait for the audit log", registry=own)
        self.audit_written = Counter("hub_audit_written", "Reads written to the audit log", registry=own)
        self.audit_refused = Counter("hub_audit_refused", "Reads refused for want of room in its queue", registry=own)
        self.audit_failures = Counter("hub_audit_failures", "Batches of it that could not be stored", registry=own)
        self.audit_sealed = Counter("hub_audit_sealed", "Entries of the audit log that this hub sealed", registry=own)

    def _begin_dispatch(self, own: CollectorRegistry) -> None:
        self.leading = Gauge("hub_leading", "Whether this hub does what one hub at a time does", ["work"], registry=own)
        self.dispatch_leading = Gauge("hub_dispatch_leading", "Whether this hub runs the timers", registry=own)
        self.dispatch_decisions = Counter(
            "hub_dispatch_decisions", "Choices of units", ["kind", "travel"], registry=own
        )
        self.dispatch_decision_seconds = Histogram(
            "hub_dispatch_decision_seconds", "Time of one choice", buckets=_FAST_S, registry=own
        )
        self.dispatch_offer_seconds = Histogram(
            "hub_dispatch_offer_seconds", "From when a unit was wanted to its offer", buckets=_FAST_S, registry=own
        )
        self.dispatch_timers = Counter("hub_dispatch_timers", "Timers that ran out", ["timer"], registry=own)
        self.dispatch_alerts = Counter("hub_dispatch_alerts", "Alerts raised", ["kind", "severity"], registry=own)
        self.dispatch_failures = Counter("hub_dispatch_failures", "Rounds that were given up", registry=own)
        self.travel_answers = Counter(
            "hub_travel_answers", "Answers about travel times", ["source", "result"], registry=own
        )
