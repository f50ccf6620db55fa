-- name: request_exists
-- When a call was received, and what became of it; no row where there is no such call.
SELECT r.id, r.requested_at, r.source, r.closed_at, r.status, r.cancel_reason, u.name AS created_by
  FROM ambulance_requests r
  LEFT JOIN users u ON u.id = r.created_by
 WHERE r.id = :request_id;

-- name: of_request
-- Everything that is written down about a call, by time: the moves of its assignments, what its tablets were sent and
-- when they had it, alerts, messages and choices. `facts` has what belongs to the kind.
WITH involved AS MATERIALIZED (
    SELECT a.id, a.ambulance_id, v.plate_number, a.delivered_at, a.seen_at, a.re_alerted_at, a.moved_at,
           a.scene_noticed_at, a.left_noticed_at, a.destination_noticed_at
      FROM assignments a
      JOIN ambulances v ON v.id = a.ambulance_id
     WHERE a.request_id = :request_id
)
SELECT e.at, 'stage' AS kind, e.status AS what, i.id AS assignment_id, i.ambulance_id, i.plate_number, u.name AS who,
       jsonb_build_object(
           'source', e.source, 'reason', e.reason, 'skipped', to_jsonb(e.skipped),
           'device_at', moment_text(e.device_at), 'received_at', moment_text(e.received_at)) AS facts
  FROM involved i
  JOIN assignment_events e ON e.assignment_id = i.id
  LEFT JOIN users u ON u.id = e.user_id
UNION ALL
SELECT noticed.at, 'noticed', noticed.what, i.id, i.ambulance_id, i.plate_number, NULL, '{}'::jsonb
  FROM involved i
 CROSS JOIN LATERAL (VALUES
       (i.delivered_at, 'delivered'), (i.seen_at, 'seen'), (i.re_alerted_at, 're_alerted'), (i.moved_at, 'moved'),
       (i.scene_noticed_at, 'at_scene'), (i.left_noticed_at, 'left_scene'),
       (i.destination_noticed_at, 'at_destination')) AS noticed (at, what)
 WHERE noticed.at IS NOT NULL
UNION ALL
SELECT c.created_at, 'command', c.kind, i.id, i.ambulance_id, i.plate_number, NULL,
       jsonb_build_object(
           'device_id', c.device_id, 'sent_at', moment_text(c.sent_at), 'acked_at', moment_text(c.acked_at),
           'status', c.status, 'detail', c.detail)
  FROM involved i
  JOIN device_commands c ON c.assignment_id = i.id
UNION ALL
SELECT l.raised_at, 'alert', l.kind, l.assignment_id, l.ambulance_id, v.plate_number, u.name,
       jsonb_build_object(
           'severity', l.severity, 'resolved_at', moment_text(l.resolved_at),
           'acknowledged_at', moment_text(l.acknowledged_at)) || l.facts
  FROM dispatch_alerts l
  LEFT JOIN ambulances v ON v.id = l.ambulance_id
  LEFT JOIN users u ON u.id = l.acknowledged_by
 WHERE l.id IN (
       SELECT id FROM dispatch_alerts WHERE request_id = :request_id
       UNION
       SELECT o.id FROM involved i JOIN dispatch_alerts o ON o.assignment_id = i.id)
UNION ALL
SELECT m.received_at, 'message', m.sender, m.assignment_id, m.ambulance_id, i.plate_number, u.name,
       jsonb_build_object(
           'text', m.text, 'sent_at', moment_text(m.sent_at), 'delivered_at', moment_text(m.delivered_at),
           'read_at', moment_text(m.read_at))
  FROM involved i
  JOIN crew_messages m ON m.assignment_id = i.id
  LEFT JOIN users u ON u.id = m.user_id
UNION ALL
SELECT d.at, 'decision', d.kind, NULL, d.ambulance_id, v.plate_number, u.name,
       jsonb_build_object('decision_id', d.id, 'words', d.words, 'reason', d.reason, 'travel', d.travel)
  FROM dispatch_decisions d
  LEFT JOIN ambulances v ON v.id = d.ambulance_id
  LEFT JOIN users u ON u.id = d.decided_by
 WHERE d.request_id = :request_id
 ORDER BY 1, 2, 3
 LIMIT :rows_max;

-- name: decision
-- One choice, with all that it was made from.
SELECT d.id, d.request_id, d.ambulance_id, v.plate_number, d.at, d.kind, d.travel, d.duration_ms, d.inputs, d.candidates,
       d.words, u.name AS decided_by, d.reason
  FROM dispatch_decisions d
  LEFT JOIN ambulances v ON v.id = d.ambulance_id
  LEFT JOIN users u ON u.id = d.decided_by
 WHERE d.id = :id;

-- name: alike
-- Calls that are open or came lately, with how alike the complaint is, from 0 to 1, and whether the number and the
-- patient are the same. Numbers are compared by their last nine digits: with or without the country's.
SELECT r.id, r.requested_at, r.pickup_location[1] AS latitude, r.pickup_location[0] AS longitude,
       coalesce(length(:digits::text) >= 5
                AND right(regexp_replace(r.callback_number, '[^0-9]', '', 'g'), 9) = right(:digits, 9), false) AS same_number,
       coalesce(r.patient_id = :patient_id::uuid, false) AS same_patient,
       coalesce(similarity(r.complaint, :complaint::text), 0)::float8 AS complaint_likeness,
       dispatch_request_body(r) AS body
  FROM ambulance_requests r
 WHERE r.id IN (
       SELECT id FROM ambulance_requests WHERE status NOT IN ('completed', 'cancelled', 'duplicate')
       UNION ALL
       SELECT id FROM ambulance_requests WHERE closed_at > :closed_after)
   AND r.status <> 'duplicate' AND NOT r.back_entered
 ORDER BY r.requested_at DESC
 LIMIT :rows_max;
