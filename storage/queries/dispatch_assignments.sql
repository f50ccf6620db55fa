-- name: find_request
-- Which call an assignment is for.
SELECT request_id FROM assignments WHERE id = :id;

-- name: lock_of_requests
-- All assignments that these calls ever had, locked in the order of their ids, after the calls.
SELECT a.id, a.request_id, a.ambulance_id, a.status, a.offered_at, a.offer_expires_at, a.accepted_at, a.en_route_at,
       a.on_scene_at, a.transporting_at, a.at_destination_at, a.cleared_at, a.declined_at, a.expired_at, a.cancelled_at,
       a.diverted_at, a.decline_reason, a.cancel_reason, a.diverted_to, a.no_transport, a.offered_by, a.version,
       a.delivered_at, a.seen_at, a.moved_at, a.scene_noticed_at, a.left_noticed_at, a.destination_noticed_at, a.eta_at,
       a.promised_at, a.re_alerted_at, a.skipped, a.decision_id, u.plate_number
  FROM assignments a
  JOIN ambulances u ON u.id = a.ambulance_id
 WHERE a.request_id = ANY (:ids::uuid[])
 ORDER BY a.id
   FOR NO KEY UPDATE OF a;

-- name: find
-- One assignment.
SELECT a.id, a.request_id, a.ambulance_id, a.status, a.offered_at, a.offer_expires_at, a.accepted_at, a.en_route_at,
       a.on_scene_at, a.transporting_at, a.at_destination_at, a.cleared_at, a.declined_at, a.expired_at, a.cancelled_at,
       a.diverted_at, a.decline_reason, a.cancel_reason, a.diverted_to, a.no_transport, a.offered_by, a.version,
       a.delivered_at, a.seen_at, a.moved_at, a.scene_noticed_at, a.left_noticed_at, a.destination_noticed_at, a.eta_at,
       a.promised_at, a.re_alerted_at, a.skipped, a.decision_id, u.plate_number
  FROM assignments a
  JOIN ambulances u ON u.id = a.ambulance_id
 WHERE a.id = :id;

-- name: live_of_ambulance
-- What an ambulance does now: at most one assignment.
SELECT a.id, a.request_id, a.ambulance_id, a.status, a.offered_at, a.offer_expires_at, a.accepted_at, a.en_route_at,
       a.on_scene_at, a.transporting_at, a.at_destination_at, a.cleared_at, a.declined_at, a.expired_at, a.cancelled_at,
       a.diverted_at, a.decline_reason, a.cancel_reason, a.diverted_to, a.no_transport, a.offered_by, a.version,
       a.delivered_at, a.seen_at, a.moved_at, a.scene_noticed_at, a.left_noticed_at, a.destination_noticed_at, a.eta_at,
       a.promised_at, a.re_alerted_at, a.skipped, a.decision_id, u.plate_number
  FROM assignments a
  JOIN ambulances u ON u.id = a.ambulance_id
 WHERE a.ambulance_id = :ambulance_id
   AND a.status IN ('offered', 'accepted', 'en_route', 'on_scene', 'transporting', 'at_destination');

-- name: insert
-- An ambulance is asked to take a call, or had one that was written on paper.
INSERT INTO assignments (
    request_id, ambulance_id, status, offered_at, offer_expires_at, accepted_at, en_route_at, on_scene_at,
    transporting_at, at_destination_at, cleared_at, cancelled_at, cancel_reason, no_transport, offered_by, eta_at,
    promised_at, skipped, decision_id)
VALUES (
    :request_id, :ambulance_id, :status, :offered_at, :offer_expires_at, :accepted_at, :en_route_at, :on_scene_at,
    :transporting_at, :at_destination_at, :cleared_at, :cancelled_at, :cancel_reason, :no_transport, :offered_by,
    :eta_at, :promised_at, :skipped, :decision_id)
RETURNING id;

-- name: store
-- An assignment after a move.
UPDATE assignments
   SET status = :status, offered_at = :offered_at, accepted_at = :accepted_at, en_route_at = :en_route_at,
       on_scene_at = :on_scene_at, transporting_at = :transporting_at, at_destination_at = :at_destination_at,
       cleared_at = :cleared_at, declined_at = :declined_at, expired_at = :expired_at, cancelled_at = :cancelled_at,
       diverted_at = :diverted_at, decline_reason = :decline_reason, cancel_reason = :cancel_reason,
       diverted_to = :diverted_to, no_transport = :no_transport, delivered_at = :delivered_at, seen_at = :seen_at,
       moved_at = :moved_at, scene_noticed_at = :scene_noticed_at, left_noticed_at = :left_noticed_at,
       destination_noticed_at = :destination_noticed_at, eta_at = :eta_at, promised_at = :promised_at,
       re_alerted_at = :re_alerted_at, skipped = :skipped, version = version + 1
 WHERE id = :id;

-- name: insert_event
-- One transition: who, when by which clock, and how it was noticed.
INSERT INTO assignment_events (
    assignment_id, status, at, device_at, received_at, source, user_id, device_id, skipped, reason, idempotency_key)
VALUES (
    :assignment_id, :status, :at, :device_at, :received_at, :source, :user_id, :device_id, :skipped, :reason,
    :idempotency_key);

-- name: find_event
-- The assignment that was moved by a message.
SELECT assignment_id FROM assignment_events WHERE idempotency_key = :key;

-- name: body
-- An assignment as dispatchers see it.
SELECT dispatch_assignment_body(a) AS body FROM assignments a WHERE a.id = :id;

-- name: resolve_alerts
-- What is no longer so of an assignment; without kinds, everything.
UPDATE dispatch_alerts SET resolved_at = greatest(:now, raised_at)
 WHERE assignment_id = :assignment_id AND resolved_at IS NULL
   AND (:kinds::text[] IS NULL OR kind = ANY (:kinds::text[]));

-- name: resolve_alerts_of_request
-- What is no longer so of a call; without kinds, everything.
UPDATE dispatch_alerts SET resolved_at = greatest(:now, raised_at)
 WHERE request_id = :request_id AND resolved_at IS NULL
   AND (:kinds::text[] IS NULL OR kind = ANY (:kinds::text[]));
