-- name: tablets
-- The tablets of an ambulance that take messages, each held until the transaction ends; one row with null where the
-- ambulance has none, no row where there is no such ambulance.
SELECT a.id AS ambulance_id, d.id AS device_id
  FROM ambulances a
  LEFT JOIN devices d
    ON d.ambulance_id = a.id AND d.kind = 'tablet' AND d.protocol = 'hub' AND d.revoked_at IS NULL
 WHERE a.id = :ambulance_id
 ORDER BY d.id;

-- name: live_assignment
-- What an ambulance is doing now, if it has a call.
SELECT id FROM assignments
 WHERE ambulance_id = :ambulance_id
   AND status IN ('offered', 'accepted', 'en_route', 'on_scene', 'transporting', 'at_destination');

-- name: send
-- A dispatcher writes to a crew, on every tablet of the ambulance.
WITH message AS (
    INSERT INTO crew_messages AS m (ambulance_id, assignment_id, sender, user_id, text, sent_at, received_at)
    VALUES (:ambulance_id, :assignment_id::uuid, 'desk', :user_id::uuid, :text, :now, :now)
    RETURNING m.id, m.user_id, m.text, m.sent_at, m.assignment_id, crew_message_body(m) AS body
), told AS (
    INSERT INTO device_commands (device_id, kind, body, assignment_id)
    SELECT device_id, 'message',
           jsonb_build_object(
               'message', m.id, 'text', m.text, 'sent_at', (extract(epoch FROM m.sent_at) * 1000000)::bigint,
               'from', (SELECT u.name FROM users u WHERE u.id = m.user_id)),
           m.assignment_id
      FROM message m, unnest(:device_ids::bigint[]) AS device_id
)
SELECT body FROM message;

-- name: list_page
-- The conversation with an ambulance, newest first by (received_at, id).
SELECT m.received_at, m.id, crew_message_body(m) AS body
  FROM crew_messages m
 WHERE m.ambulance_id = :ambulance_id
   AND (m.received_at, m.id) < (coalesce(:before_received_at::timestamptz, 'infinity'),
                                coalesce(:before_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
 ORDER BY m.received_at DESC, m.id DESC
 LIMIT :rows_max;

-- name: mark_read
-- A dispatcher has read what a crew wrote.
UPDATE crew_messages SET read_at = :now, delivered_at = coalesce(delivered_at, :now)
 WHERE id = :id AND sender = 'crew' AND read_at IS NULL
RETURNING id;

-- name: find_one
-- One message.
SELECT crew_message_body(m) AS body FROM crew_messages m WHERE m.id = :id;

-- name: ambulance_exists
-- Whether there is such an ambulance.
SELECT id FROM ambulances WHERE id = :ambulance_id;
