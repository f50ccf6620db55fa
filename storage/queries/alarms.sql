-- name: list_page
-- A page of the alarms, newest first by (raised_at, id): all, the open ones or the acknowledged ones. The open ones have
-- a branch and an index of their own: among all that were ever acknowledged they would be searched for.
WITH page AS (
    (SELECT id
       FROM alarms
      WHERE :open::boolean AND acknowledged_at IS NULL
        AND (raised_at, id) < (coalesce(:before_raised_at::timestamptz, 'infinity'),
                               coalesce(:before_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      ORDER BY raised_at DESC, id DESC
      LIMIT :rows_max)
    UNION ALL
    (SELECT id
       FROM alarms
      WHERE :open IS NOT TRUE AND (:open IS NULL OR acknowledged_at IS NOT NULL)
        AND (raised_at, id) < (coalesce(:before_raised_at, 'infinity'),
                               coalesce(:before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      ORDER BY raised_at DESC, id DESC
      LIMIT :rows_max)
)
SELECT l.id, l.kind, l.ambulance_id, a.plate_number, l.raised_at, l.received_at, l.late, l.latitude, l.longitude,
       l.acknowledged_at, l.acknowledged_by, u.name AS acknowledged_by_name
  FROM page
  JOIN alarms l ON l.id = page.id
  LEFT JOIN ambulances a ON a.id = l.ambulance_id
  LEFT JOIN users u ON u.id = l.acknowledged_by
 ORDER BY l.raised_at DESC, l.id DESC;

-- name: find_one
-- One alarm.
SELECT l.id, l.kind, l.ambulance_id, a.plate_number, l.raised_at, l.received_at, l.late, l.latitude, l.longitude,
       l.acknowledged_at, l.acknowledged_by, u.name AS acknowledged_by_name
  FROM alarms l
  LEFT JOIN ambulances a ON a.id = l.ambulance_id
  LEFT JOIN users u ON u.id = l.acknowledged_by
 WHERE l.id = :id;

-- name: lock_open
-- An alarm that nobody has acknowledged, held until the transaction ends; no row for any other.
SELECT id FROM alarms WHERE id = :id AND acknowledged_at IS NULL FOR UPDATE;

-- name: tell_device
-- Lets the tablet that called for help know who has heard it, for as long as that is of use.
INSERT INTO device_commands (device_id, kind, body, expires_at)
SELECT l.device_id, 'sos_seen', jsonb_build_object('alarm', l.alarm_id, 'by', u.name), :now::timestamptz + interval '1 day'
  FROM alarms l
  JOIN devices d ON d.id = l.device_id AND d.revoked_at IS NULL AND d.protocol = 'hub'
  JOIN users u ON u.id = :user_id
 WHERE l.id = :id;

-- name: acknowledge
-- Somebody takes care of an alarm. It is told at once, which holds up everybody else who tells: the last statement.
UPDATE alarms SET acknowledged_at = :now, acknowledged_by = :user_id WHERE id = :id;

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
