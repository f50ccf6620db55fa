-- name: list_page
-- A page of the alarms, newest first by (raised_at, id): all, the open ones or the acknowledged ones.
SELECT l.id, l.kind, l.ambulance_id, a.plate_number, l.raised_at, l.received_at, l.late, l.latitude, l.longitude,
       l.acknowledged_at, l.acknowledged_by, u.name AS acknowledged_by_name
  FROM alarms l
  LEFT JOIN ambulances a ON a.id = l.ambulance_id
  LEFT JOIN users u ON u.id = l.acknowledged_by
 WHERE (:open::boolean IS NULL OR (l.acknowledged_at IS NULL) = :open)
   AND (:before_raised_at::timestamptz IS NULL OR (l.raised_at, l.id) < (:before_raised_at, :before_id::uuid))
 ORDER BY l.raised_at DESC, l.id DESC
 LIMIT :rows_max;

-- name: find_one
-- One alarm.
SELECT l.id, l.kind, l.ambulance_id, a.plate_number, l.raised_at, l.received_at, l.late, l.latitude, l.longitude,
       l.acknowledged_at, l.acknowledged_by, u.name AS acknowledged_by_name
  FROM alarms l
  LEFT JOIN ambulances a ON a.id = l.ambulance_id
  LEFT JOIN users u ON u.id = l.acknowledged_by
 WHERE l.id = :id;

-- name: acknowledge
-- Somebody takes care of an alarm; nothing is written when somebody did before, or where there is none.
UPDATE alarms SET acknowledged_at = :now, acknowledged_by = :user_id
 WHERE id = :id AND acknowledged_at IS NULL;

-- name: newest_open
-- When each ambulance with an open alarm called last.
SELECT ambulance_id, max(raised_at) AS raised_at
  FROM alarms
 WHERE acknowledged_at IS NULL AND ambulance_id IS NOT NULL
 GROUP BY ambulance_id;

-- name: find_stored
-- Which of these alarms are stored, open or not.
SELECT l.device_id, l.alarm_id
  FROM unnest(:device_ids::bigint[], :alarm_ids::text[]) AS asked (device_id, alarm_id)
  JOIN alarms l ON l.device_id = asked.device_id AND l.alarm_id = asked.alarm_id;
