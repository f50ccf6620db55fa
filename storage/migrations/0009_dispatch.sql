-- Dispatch: what each step of a call is noted with, what dispatchers are told at once, and why a unit was chosen.

SET ROLE arogya_owner;

-- Requests and assignments

ALTER TABLE ambulance_requests
    ADD COLUMN is_verified boolean NOT NULL DEFAULT true,
    ADD COLUMN back_entered boolean NOT NULL DEFAULT false,
    ADD COLUMN eta_at timestamptz,
    ADD COLUMN needs text CHECK (needs IN ('transport', 'basic', 'advanced', 'neonatal'));
CREATE INDEX ambulance_requests_closed_at_idx ON ambulance_requests (closed_at) WHERE closed_at IS NOT NULL;
COMMENT ON COLUMN ambulance_requests.needs IS 'What the unit has to be able to do: transport | basic | advanced | neonatal; null = what its priority asks for.';
COMMENT ON COLUMN ambulance_requests.is_verified IS 'False: made in the app by an account without a proven number; only a person offers it to a unit.';
COMMENT ON COLUMN ambulance_requests.back_entered IS 'Entered afterwards from paper, with the times that are written there.';
COMMENT ON COLUMN ambulance_requests.eta_at IS 'When the unit that has it should be there; null while none is on its way.';
COMMENT ON INDEX ambulance_requests_closed_at_idx IS 'What was closed lately, which stays on the board for a while.';

CREATE TABLE dispatch_decisions (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    request_id   uuid REFERENCES ambulance_requests,
    ambulance_id bigint REFERENCES ambulances,
    at           timestamptz NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('suggest', 'offer', 'overrule', 'divert', 'queue', 'relocate')),
    travel       text NOT NULL CHECK (travel IN ('line', 'roads', 'osrm', 'valhalla')),
    duration_ms  real NOT NULL,
    inputs       jsonb NOT NULL,
    candidates   jsonb NOT NULL,
    words        text NOT NULL,
    decided_by   uuid REFERENCES users,
    reason       text,
    CONSTRAINT dispatch_decisions_overruled_why CHECK (kind <> 'overrule' OR reason IS NOT NULL),
    CONSTRAINT dispatch_decisions_lengths CHECK (length(words) <= 4000 AND length(reason) BETWEEN 1 AND 500)
);
CREATE INDEX dispatch_decisions_request_id_idx ON dispatch_decisions (request_id, at);
CREATE INDEX dispatch_decisions_at_idx ON dispatch_decisions (at);
COMMENT ON TABLE dispatch_decisions IS 'Every choice of a unit, with all that it was made from: it can be made again, and explained.';
COMMENT ON COLUMN dispatch_decisions.request_id IS 'What for; null for advice where a free unit should wait.';
COMMENT ON COLUMN dispatch_decisions.ambulance_id IS 'The unit that was chosen; null = none could take it.';
COMMENT ON COLUMN dispatch_decisions.kind IS
    'suggest: shown to dispatchers. offer: sent by the engine. overrule: a person chose another unit, and said why. divert: taken from a less urgent request. queue: left waiting. relocate: where a free unit should wait.';
COMMENT ON COLUMN dispatch_decisions.travel IS 'Where the travel times came from. line: straight line and an hourly speed. roads: the road graph. osrm, valhalla: that server.';
COMMENT ON COLUMN dispatch_decisions.inputs IS 'The request, the weights and the clock that it was made with.';
COMMENT ON COLUMN dispatch_decisions.candidates IS 'Each unit that was looked at: eligible or why not, ETA, cost and its parts, in the order of preference.';
COMMENT ON COLUMN dispatch_decisions.words IS 'The same for a person.';
COMMENT ON COLUMN dispatch_decisions.decided_by IS 'The person who decided; null = the engine.';
COMMENT ON INDEX dispatch_decisions_pkey IS 'The primary key of dispatch_decisions: id.';
COMMENT ON INDEX dispatch_decisions_request_id_idx IS 'The choices made for a request.';
COMMENT ON INDEX dispatch_decisions_at_idx IS 'All choices by time.';

ALTER TABLE assignments
    ADD COLUMN delivered_at timestamptz,
    ADD COLUMN seen_at timestamptz,
    ADD COLUMN moved_at timestamptz,
    ADD COLUMN scene_noticed_at timestamptz,
    ADD COLUMN left_noticed_at timestamptz,
    ADD COLUMN destination_noticed_at timestamptz,
    ADD COLUMN eta_at timestamptz,
    ADD COLUMN promised_at timestamptz,
    ADD COLUMN re_alerted_at timestamptz,
    ADD COLUMN skipped text[] NOT NULL DEFAULT '{}',
    ADD COLUMN decision_id uuid REFERENCES dispatch_decisions;
CREATE INDEX assignments_decision_id_idx ON assignments (decision_id) WHERE decision_id IS NOT NULL;
COMMENT ON COLUMN assignments.delivered_at IS 'When a tablet of the unit had the offer; null = not yet, or told by radio.';
COMMENT ON COLUMN assignments.seen_at IS 'When the crew had it on the screen.';
COMMENT ON COLUMN assignments.moved_at IS 'When the unit first moved after it accepted, as its fixes say.';
COMMENT ON COLUMN assignments.scene_noticed_at IS 'When its fixes said that it had arrived at the scene; the crew confirms by on_scene_at.';
COMMENT ON COLUMN assignments.left_noticed_at IS 'When its fixes said that it had left the scene.';
COMMENT ON COLUMN assignments.destination_noticed_at IS 'When its fixes said that it had arrived at the destination.';
COMMENT ON COLUMN assignments.eta_at IS 'When it should reach the scene, or after that the destination.';
COMMENT ON COLUMN assignments.promised_at IS 'The first of these for the scene: what later ones are compared with.';
COMMENT ON COLUMN assignments.re_alerted_at IS 'When an unanswered offer was sounded again.';
COMMENT ON COLUMN assignments.skipped IS 'Stages that were passed over, and have no time.';
COMMENT ON COLUMN assignments.decision_id IS 'Why this unit.';
COMMENT ON INDEX assignments_decision_id_idx IS 'The assignments that followed from a choice.';

ALTER TABLE assignment_events
    ADD COLUMN at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN reason text CHECK (length(reason) <= 500),
    DROP CONSTRAINT assignment_events_source_check,
    ADD CONSTRAINT assignment_events_source_check CHECK (source IN ('crew', 'automatic', 'dispatcher', 'correction', 'paper'));
COMMENT ON COLUMN assignment_events.source IS
    'crew (tablet) | automatic (timer or geofence) | dispatcher (by radio) | correction (of a time, by a supervisor) | paper (entered afterwards).';
COMMENT ON COLUMN assignment_events.at IS 'The time that the stage got, on the clock of the hub.';
COMMENT ON COLUMN assignment_events.reason IS 'Why: of a decline, a cancellation, a diversion, a correction.';

-- What devices are told, and what crews say

ALTER TABLE devices
    ADD COLUMN protocol text NOT NULL DEFAULT 'hub' CHECK (protocol IN ('hub', 'traccar', 'owntracks')),
    ADD CONSTRAINT devices_protocol_of_tablet CHECK (kind = 'tablet' OR protocol = 'hub');
COMMENT ON COLUMN devices.protocol IS 'hub: the WebSocket of docs/protocol.md. traccar: Traccar Client. owntracks: OwnTracks over HTTP. The latter two only report where they are.';

ALTER TABLE device_commands
    ADD COLUMN assignment_id uuid REFERENCES assignments,
    ADD COLUMN expires_at timestamptz,
    DROP CONSTRAINT device_commands_status_check,
    ADD CONSTRAINT device_commands_status_check CHECK (status IN ('done', 'refused', 'expired'));
CREATE INDEX device_commands_assignment_id_idx ON device_commands (assignment_id) WHERE assignment_id IS NOT NULL;
COMMENT ON COLUMN device_commands.kind IS
    'reporting: body {interval_s}. offer, recall: of the assignment. message: free text for the crew. Their bodies are in docs/protocol.md.';
COMMENT ON COLUMN device_commands.acked_at IS 'When the device answered, or the command was given up.';
COMMENT ON COLUMN device_commands.status IS 'null → done (it has it) | refused (see detail) | expired (it was away too long, or it is of no use any more).';
COMMENT ON COLUMN device_commands.expires_at IS 'From when on it is of no use: it is not sent any more; null = it waits as long as it takes.';
COMMENT ON INDEX device_commands_assignment_id_idx IS 'What was sent about an assignment.';

CREATE TABLE crew_reports (
    device_id   bigint NOT NULL REFERENCES devices,
    report_id   text NOT NULL CHECK (length(report_id) BETWEEN 1 AND 64),
    kind        text NOT NULL CHECK (kind IN (
                    'seen', 'accept', 'decline', 'stage', 'destination', 'duty', 'sos', 'message', 'read')),
    body        jsonb NOT NULL DEFAULT '{}',
    device_at   timestamptz NOT NULL,
    happened_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    status      text NOT NULL CHECK (status IN ('done', 'refused')),
    code        text,
    detail      text,
    PRIMARY KEY (device_id, report_id),
    CONSTRAINT crew_reports_refused_why CHECK ((status = 'refused') = (code IS NOT NULL))
);
COMMENT ON TABLE crew_reports IS 'What crews said on their tablets, each once, with what became of it: also what was refused.';
COMMENT ON COLUMN crew_reports.report_id IS 'Drawn by the device: a repeat gets the first answer.';
COMMENT ON COLUMN crew_reports.kind IS
    'seen: the offer is on the screen. accept, decline: the answer to it. stage: of the assignment. destination: where the patient is taken. duty: available or out of service. sos: help. message: free text for the dispatchers. read: a message of theirs was read.';
COMMENT ON COLUMN crew_reports.device_at IS 'As the clock of the device said.';
COMMENT ON COLUMN crew_reports.happened_at IS 'The same on the clock of the hub: received_at less the age that the device gave it.';
COMMENT ON COLUMN crew_reports.status IS 'done | refused: the code says which outcome, the detail says it to people.';
COMMENT ON INDEX crew_reports_pkey IS 'The primary key of crew_reports: device_id, report_id. A repeated report counts once.';

CREATE TABLE crew_messages (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    ambulance_id  bigint NOT NULL REFERENCES ambulances,
    assignment_id uuid REFERENCES assignments,
    sender        text NOT NULL CHECK (sender IN ('crew', 'desk')),
    user_id       uuid REFERENCES users,
    device_id     bigint REFERENCES devices,
    text          text NOT NULL CHECK (length(text) BETWEEN 1 AND 1000),
    sent_at       timestamptz NOT NULL,
    received_at   timestamptz NOT NULL DEFAULT now(),
    delivered_at  timestamptz,
    read_at       timestamptz,
    CONSTRAINT crew_messages_sender CHECK (
        CASE sender WHEN 'desk' THEN user_id IS NOT NULL AND device_id IS NULL ELSE device_id IS NOT NULL AND user_id IS NULL END)
);
CREATE INDEX crew_messages_ambulance_id_idx ON crew_messages (ambulance_id, received_at);
CREATE INDEX crew_messages_assignment_id_idx ON crew_messages (assignment_id) WHERE assignment_id IS NOT NULL;
CREATE INDEX crew_messages_received_at_idx ON crew_messages (received_at);
COMMENT ON TABLE crew_messages IS 'Free text between dispatchers and the crew of an ambulance.';
COMMENT ON COLUMN crew_messages.sender IS 'crew: from a tablet. desk: from a dispatcher.';
COMMENT ON COLUMN crew_messages.delivered_at IS 'When a tablet had it, or a dispatcher''s board was told of it.';
COMMENT ON COLUMN crew_messages.read_at IS 'When the crew had read it; a crew''s message: when a dispatcher had.';
COMMENT ON INDEX crew_messages_pkey IS 'The primary key of crew_messages: id.';
COMMENT ON INDEX crew_messages_ambulance_id_idx IS 'The conversation with an ambulance.';
COMMENT ON INDEX crew_messages_assignment_id_idx IS 'What was written about an assignment.';
COMMENT ON INDEX crew_messages_received_at_idx IS 'The newest messages of all, for the board.';

-- What dispatchers have to know at once

CREATE TABLE dispatch_alerts (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind            text NOT NULL CHECK (kind IN (
                        'no_unit', 'unanswered', 'undelivered', 'declined', 'not_moving', 'silent', 'no_fix', 'eta_slip',
                        'at_scene', 'left_scene', 'at_destination', 'stage_late', 'unattended')),
    severity        text NOT NULL CHECK (severity IN ('info', 'warning', 'alarm')),
    request_id      uuid REFERENCES ambulance_requests,
    assignment_id   uuid REFERENCES assignments,
    ambulance_id    bigint REFERENCES ambulances,
    raised_at       timestamptz NOT NULL,
    resolved_at     timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by uuid REFERENCES users,
    facts           jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT dispatch_alerts_acknowledged_by CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
CREATE UNIQUE INDEX dispatch_alerts_one_open ON dispatch_alerts
    (kind, coalesce(request_id, '00000000-0000-0000-0000-000000000000'),
     coalesce(assignment_id, '00000000-0000-0000-0000-000000000000'), coalesce(ambulance_id, 0)) WHERE resolved_at IS NULL;
CREATE INDEX dispatch_alerts_raised_at_idx ON dispatch_alerts (raised_at, id);
CREATE INDEX dispatch_alerts_open_idx ON dispatch_alerts (raised_at)
    WHERE resolved_at IS NULL OR (severity = 'alarm' AND acknowledged_at IS NULL);
CREATE INDEX dispatch_alerts_request_id_idx ON dispatch_alerts (request_id);
CREATE INDEX dispatch_alerts_assignment_id_idx ON dispatch_alerts (assignment_id);
COMMENT ON TABLE dispatch_alerts IS 'What the hub noticed about calls and units, each with a place on the board; alarms stay there until somebody acknowledges them.';
COMMENT ON COLUMN dispatch_alerts.kind IS
    'no_unit: none can take the request. unattended: nobody has dealt with it. unanswered: the offer. undelivered: the offer, radio them. declined: by the crew. not_moving: accepted, and standing. silent: no fixes on an assignment. no_fix: fixes come without a usable position. eta_slip: much later than promised. at_scene, left_scene, at_destination: what fixes suggest, the crew confirms. stage_late: a time came long after it happened.';
COMMENT ON COLUMN dispatch_alerts.severity IS 'info: to know. warning: look at it. alarm: heard, and somebody has to acknowledge it.';
COMMENT ON COLUMN dispatch_alerts.resolved_at IS 'Since when it is no longer so.';
COMMENT ON COLUMN dispatch_alerts.facts IS 'Numbers that its sentence needs, each named with its unit.';
COMMENT ON INDEX dispatch_alerts_pkey IS 'The primary key of dispatch_alerts: id.';
COMMENT ON INDEX dispatch_alerts_one_open IS 'The same thing is noticed once while it lasts, whoever notices it.';
COMMENT ON INDEX dispatch_alerts_raised_at_idx IS 'All alerts by time.';
COMMENT ON INDEX dispatch_alerts_open_idx IS 'What stands on the board.';
COMMENT ON INDEX dispatch_alerts_request_id_idx IS 'The alerts about a request.';
COMMENT ON INDEX dispatch_alerts_assignment_id_idx IS 'The alerts about an assignment.';

CREATE TABLE handover_notes (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    written_at timestamptz NOT NULL DEFAULT now(),
    written_by uuid NOT NULL REFERENCES users,
    note       text NOT NULL CHECK (length(note) BETWEEN 1 AND 4000)
);
CREATE INDEX handover_notes_written_at_idx ON handover_notes (written_at);
CREATE INDEX handover_notes_written_by_idx ON handover_notes (written_by);
COMMENT ON TABLE handover_notes IS 'What one shift of dispatchers tells the next one.';
COMMENT ON INDEX handover_notes_pkey IS 'The primary key of handover_notes: id.';
COMMENT ON INDEX handover_notes_written_at_idx IS 'The notes by time.';
COMMENT ON INDEX handover_notes_written_by_idx IS 'The notes of a person.';

CREATE TABLE places (
    id       bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind     text NOT NULL CHECK (kind IN ('landmark', 'street', 'crossing', 'station', 'area')),
    address  text CHECK (length(address) <= 500),
    location point NOT NULL CHECK (is_place(location)),
    CONSTRAINT places_once UNIQUE (name, kind)
);
CREATE INDEX places_search_idx ON places USING gin ((name || ' ' || coalesce(address, '')) gin_trgm_ops) WITH (fastupdate = off);
COMMENT ON TABLE places IS 'The local gazetteer: where callers say that they are. Facilities are found beside it.';
COMMENT ON COLUMN places.kind IS 'landmark | street | crossing | station (an ambulance post) | area.';
COMMENT ON COLUMN places.location IS 'x = longitude, y = latitude.';
COMMENT ON INDEX places_pkey IS 'The primary key of places: id.';
COMMENT ON INDEX places_once IS 'A place is listed once.';
COMMENT ON INDEX places_search_idx IS 'Finds parts of names and addresses.';

-- One hub at a time decides

CREATE TABLE leases (
    name       text PRIMARY KEY CHECK (name <> ''),
    holder     text NOT NULL,
    fence      bigint NOT NULL DEFAULT 1 CHECK (fence > 0),
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE leases IS 'Work that one hub at a time does. Whoever held it before, and sleeps, finds another fence in its next transaction, and that does nothing.';
COMMENT ON COLUMN leases.holder IS 'Which hub, for people.';
COMMENT ON COLUMN leases.fence IS 'Raised by every new holder.';
COMMENT ON COLUMN leases.expires_at IS 'When another hub may take it, unless it is renewed before.';
COMMENT ON INDEX leases_pkey IS 'The primary key of leases: name.';

-- What is told, at commit: whoever appends to a channel holds its row until then, and takes nothing after it.

CREATE FUNCTION place_body(place point) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN jsonb_build_object('latitude', place[1], 'longitude', place[0]);
COMMENT ON FUNCTION place_body(point) IS 'A place as the API writes it.';

CREATE FUNCTION unit_body(ambulance bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN (SELECT jsonb_build_object('id', a.id, 'plate_number', a.plate_number) FROM ambulances a WHERE a.id = ambulance);
COMMENT ON FUNCTION unit_body(bigint) IS 'An ambulance as other things name it.';

CREATE FUNCTION dispatch_request_body(request ambulance_requests) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', request.id,
        'status', request.status,
        'priority', request.priority,
        'needs', request.needs,
        'requested_at', moment_text(request.requested_at),
        'scheduled_for', moment_text(request.scheduled_for),
        'patient', (SELECT jsonb_build_object('id', u.id, 'name', u.name) FROM users u WHERE u.id = request.patient_id),
        'caller', request.caller,
        'callback_number', request.callback_number,
        'complaint', request.complaint,
        'location_note', request.location_note,
        'notes', request.notes,
        'pickup_location', place_body(request.pickup_location),
        'destination', request.destination,
        'destination_facility',
            (SELECT jsonb_build_object('id', f.id, 'name', f.name) FROM facilities f WHERE f.id = request.destination_facility_id),
        'destination_location', place_body(coalesce(
            request.destination_location,
            (SELECT f.location FROM facilities f WHERE f.id = request.destination_facility_id))),
        'ambulance', unit_body(request.ambulance_id),
        'eta_at', moment_text(request.eta_at),
        'unserved_since', moment_text(request.unserved_since),
        'source', request.source,
        'is_verified', request.is_verified,
        'back_entered', request.back_entered,
        'cancel_reason', request.cancel_reason,
        'duplicate_of', request.duplicate_of,
        'closed_at', moment_text(request.closed_at),
        'version', request.version);
COMMENT ON FUNCTION dispatch_request_body(ambulance_requests) IS 'A request as dispatchers see it, in lists and on the channel dispatch.';

CREATE FUNCTION dispatch_assignment_body(assignment assignments) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', assignment.id,
        'request_id', assignment.request_id,
        'ambulance', unit_body(assignment.ambulance_id),
        'status', assignment.status,
        'offered_at', moment_text(assignment.offered_at),
        'offer_expires_at', moment_text(assignment.offer_expires_at),
        'delivered_at', moment_text(assignment.delivered_at),
        'seen_at', moment_text(assignment.seen_at),
        're_alerted_at', moment_text(assignment.re_alerted_at),
        'accepted_at', moment_text(assignment.accepted_at),
        'moved_at', moment_text(assignment.moved_at),
        'en_route_at', moment_text(assignment.en_route_at),
        'scene_noticed_at', moment_text(assignment.scene_noticed_at),
        'on_scene_at', moment_text(assignment.on_scene_at),
        'left_noticed_at', moment_text(assignment.left_noticed_at),
        'transporting_at', moment_text(assignment.transporting_at),
        'destination_noticed_at', moment_text(assignment.destination_noticed_at),
        'at_destination_at', moment_text(assignment.at_destination_at),
        'cleared_at', moment_text(assignment.cleared_at),
        'declined_at', moment_text(assignment.declined_at),
        'expired_at', moment_text(assignment.expired_at),
        'cancelled_at', moment_text(assignment.cancelled_at),
        'diverted_at', moment_text(assignment.diverted_at),
        'decline_reason', assignment.decline_reason,
        'cancel_reason', assignment.cancel_reason,
        'diverted_to', assignment.diverted_to,
        'no_transport', assignment.no_transport,
        'skipped', to_jsonb(assignment.skipped),
        'eta_at', moment_text(assignment.eta_at),
        'promised_at', moment_text(assignment.promised_at),
        'decision_id', assignment.decision_id,
        'version', assignment.version);
COMMENT ON FUNCTION dispatch_assignment_body(assignments) IS 'An assignment as dispatchers see it.';

CREATE FUNCTION dispatch_alert_body(alert dispatch_alerts) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', alert.id,
        'kind', alert.kind,
        'severity', alert.severity,
        'request_id', alert.request_id,
        'assignment_id', alert.assignment_id,
        'ambulance', unit_body(alert.ambulance_id),
        'raised_at', moment_text(alert.raised_at),
        'resolved_at', moment_text(alert.resolved_at),
        'acknowledged_at', moment_text(alert.acknowledged_at),
        'acknowledged_by', (SELECT u.name FROM users u WHERE u.id = alert.acknowledged_by),
        'facts', alert.facts);
COMMENT ON FUNCTION dispatch_alert_body(dispatch_alerts) IS 'An alert as dispatchers see it.';

CREATE FUNCTION crew_message_body(message crew_messages) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', message.id,
        'ambulance', unit_body(message.ambulance_id),
        'assignment_id', message.assignment_id,
        'sender', message.sender,
        'name', (SELECT u.name FROM users u WHERE u.id = message.user_id),
        'text', message.text,
        'sent_at', moment_text(message.sent_at),
        'received_at', moment_text(message.received_at),
        'delivered_at', moment_text(message.delivered_at),
        'read_at', moment_text(message.read_at));
COMMENT ON FUNCTION crew_message_body(crew_messages) IS 'A message between dispatchers and a crew.';

CREATE FUNCTION followed_request_body(request ambulance_requests) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', request.id,
        'status', request.status,
        'requested_at', moment_text(request.requested_at),
        'ambulance', unit_body(request.ambulance_id),
        'eta_at', moment_text(request.eta_at),
        'closed_at', moment_text(request.closed_at));
COMMENT ON FUNCTION followed_request_body(ambulance_requests) IS 'A request as who asked for it follows it.';

CREATE FUNCTION tell_dispatch() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'ambulance_requests' THEN
            PERFORM append_channel_event('dispatch', clock_timestamp(), 'request', dispatch_request_body(NEW));
            PERFORM append_channel_event('request:' || NEW.id, clock_timestamp(), 'request', followed_request_body(NEW));
        WHEN 'assignments' THEN
            PERFORM append_channel_event('dispatch', clock_timestamp(), 'assignment', dispatch_assignment_body(NEW));
        WHEN 'dispatch_alerts' THEN
            PERFORM append_channel_event('dispatch', clock_timestamp(), 'alert', dispatch_alert_body(NEW));
        WHEN 'crew_messages' THEN
            PERFORM append_channel_event('dispatch', clock_timestamp(), 'message', crew_message_body(NEW));
    END CASE;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_dispatch() IS 'Appends what changed to the channel dispatch, and of a request to its own channel; at commit, when all other locks are held.';

CREATE CONSTRAINT TRIGGER tell_dispatch AFTER INSERT OR UPDATE ON ambulance_requests
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_dispatch();
CREATE CONSTRAINT TRIGGER tell_dispatch AFTER INSERT OR UPDATE ON assignments
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_dispatch();
CREATE CONSTRAINT TRIGGER tell_dispatch AFTER INSERT OR UPDATE ON dispatch_alerts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_dispatch();
CREATE CONSTRAINT TRIGGER tell_dispatch AFTER INSERT OR UPDATE ON crew_messages
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_dispatch();

CREATE TRIGGER notify_hub AFTER INSERT OR UPDATE OF status, eta_at ON assignments
    FOR EACH ROW EXECUTE FUNCTION notify_hub('ambulance', 'ambulance_id');
CREATE TRIGGER notify_hub AFTER UPDATE OF priority ON ambulance_requests
    FOR EACH ROW WHEN (NEW.ambulance_id IS NOT NULL) EXECUTE FUNCTION notify_hub('ambulance', 'ambulance_id');
DROP TRIGGER notify_hub ON ambulances;
CREATE TRIGGER notify_hub AFTER INSERT OR DELETE OR UPDATE OF plate_number, driver_name, status, capability ON ambulances
    FOR EACH ROW EXECUTE FUNCTION notify_hub('ambulance', 'id');

INSERT INTO event_channels (channel) VALUES ('dispatch');
INSERT INTO event_channels (channel) SELECT 'request:' || id FROM ambulance_requests;

COMMENT ON COLUMN event_channels.channel IS
    'As viewers subscribe to it: alarms, dispatch, request:ID. inbox:ID is what the user with that id subscribes to as inbox.';
COMMENT ON COLUMN channel_events.kind IS
    'On alarms: raised, acknowledged. On an inbox: message, message_changed, notification, notification_changed, notification_removed. On dispatch: request, assignment, alert, message. On request:ID: request.';

GRANT SELECT ON dispatch_decisions, crew_reports, crew_messages, dispatch_alerts, handover_notes, places, leases
    TO arogya_reader;
GRANT SELECT (protocol) ON devices TO arogya_reader, arogya_ingest;
GRANT SELECT (id, request_id, ambulance_id, status, eta_at) ON assignments TO arogya_ingest;
GRANT SELECT (id, priority) ON ambulance_requests TO arogya_ingest;
GRANT SELECT, INSERT ON dispatch_decisions, crew_reports, handover_notes TO arogya_app;
GRANT UPDATE (body) ON crew_reports TO arogya_app;  -- for pseudonymising
GRANT SELECT, INSERT, UPDATE ON crew_messages, dispatch_alerts, leases TO arogya_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON places TO arogya_app;
GRANT INSERT ON alarms TO arogya_app;
GRANT SELECT ON event_channels TO arogya_app;

RESET ROLE;
