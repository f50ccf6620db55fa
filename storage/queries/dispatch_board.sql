-- name: requests
-- The open calls and those that were closed lately, the most urgent and oldest first, as dispatchers see them.
SELECT dispatch_request_body(r) AS body
  FROM ambulance_requests r
 WHERE r.id IN (
       SELECT id FROM ambulance_requests WHERE status NOT IN ('completed', 'cancelled', 'duplicate')
       UNION ALL
       SELECT id FROM ambulance_requests WHERE closed_at > :closed_after AND NOT back_entered)
 ORDER BY r.priority, r.requested_at, r.id;

-- name: assignments
-- Everybody who was asked to take these calls, in the order of the offers.
SELECT dispatch_assignment_body(a) AS body
  FROM assignments a
 WHERE a.request_id = ANY (:request_ids::uuid[])
 ORDER BY a.offered_at, a.id;

-- name: alerts
-- What stands on the board: what is still so, and alarms that nobody has acknowledged.
SELECT dispatch_alert_body(l) AS body
  FROM dispatch_alerts l
 WHERE l.resolved_at IS NULL OR (l.severity = 'alarm' AND l.acknowledged_at IS NULL)
 ORDER BY l.raised_at, l.id;

-- name: messages
-- The newest messages of all crews: those that no dispatcher has read, and what was written lately.
SELECT crew_message_body(m) AS body
  FROM crew_messages m
 WHERE m.received_at > :unread_after
   AND (m.received_at > :written_after OR (m.sender = 'crew' AND m.read_at IS NULL))
 ORDER BY m.received_at DESC, m.id DESC
 LIMIT :rows_max;

-- name: alert_page
-- A page of the alerts, newest first by (raised_at, id): all, those that stand on the board, or the others.
SELECT l.raised_at, l.id, dispatch_alert_body(l) AS body
  FROM dispatch_alerts l
 WHERE (:open::boolean IS NULL
        OR :open = (l.resolved_at IS NULL OR (l.severity = 'alarm' AND l.acknowledged_at IS NULL)))
   AND (:request_id::uuid IS NULL OR l.request_id = :request_id)
   AND (l.raised_at, l.id) < (coalesce(:before_raised_at::timestamptz, 'infinity'),
                              coalesce(:before_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
 ORDER BY l.raised_at DESC, l.id DESC
 LIMIT :rows_max;

-- name: find_alert
-- One alert.
SELECT dispatch_alert_body(l) AS body FROM dispatch_alerts l WHERE l.id = :id;

-- name: acknowledge_alert
-- Somebody takes care of an alert, unless somebody did before.
UPDATE dispatch_alerts SET acknowledged_at = :now, acknowledged_by = :user_id
 WHERE id = :id AND acknowledged_at IS NULL
RETURNING id;
