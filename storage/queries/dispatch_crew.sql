-- name: find_report
-- What became of a report of a device.
SELECT status, code, detail FROM crew_reports WHERE device_id = :device_id AND report_id = :report_id;

-- name: claim_report
-- Write a report down with what becomes of it; no row where it was before. Who repeats one that is being taken waits
-- here until that is committed or rolled back.
INSERT INTO crew_reports (device_id, report_id, kind, body, device_at, happened_at, received_at, status, code, detail)
VALUES (:device_id, :report_id, :kind, :body, :device_at, :happened_at, :received_at, :status, :code, :detail)
ON CONFLICT (device_id, report_id) DO NOTHING
RETURNING status;

-- name: find_assignment
-- Whose an assignment is, since when, and for which call.
SELECT ambulance_id, request_id, status, offered_at FROM assignments WHERE id = :id;

-- name: raise_alarm
-- A call for help, once, whether it came on a fix before or comes on one later.
INSERT INTO alarms (device_id, alarm_id, kind, ambulance_id, raised_at, received_at, late, latitude, longitude)
VALUES (:device_id, :alarm_id, 'sos', (SELECT a.id FROM ambulances a WHERE a.id = :ambulance_id), :raised_at,
        :received_at, :late, :latitude, :longitude)
ON CONFLICT (device_id, alarm_id) DO NOTHING;

-- name: write_message
-- A crew writes to the dispatchers; about an assignment only where that is this ambulance's.
INSERT INTO crew_messages (ambulance_id, assignment_id, sender, device_id, text, sent_at, received_at)
VALUES (:ambulance_id,
        (SELECT s.id FROM assignments s WHERE s.id = :assignment_id::uuid AND s.ambulance_id = :ambulance_id),
        'crew', :device_id, :text, :sent_at, :received_at);

-- name: read_message
-- A crew has read what a dispatcher wrote; the first time counts. No row where there is no such message for it.
UPDATE crew_messages
   SET read_at = coalesce(read_at, greatest(:at, sent_at)), delivered_at = coalesce(delivered_at, greatest(:at, sent_at))
 WHERE id = :id AND ambulance_id = :ambulance_id AND sender = 'desk'
RETURNING id;

-- name: set_destination
-- Where a patient is taken: another place than before, whole.
UPDATE ambulance_requests
   SET destination = :destination, destination_facility_id = :facility_id::uuid, destination_location = :location,
       version = version + 1
 WHERE id = :id;

-- name: stand
-- How it stands with an assignment of an ambulance, or with what the ambulance does now.
SELECT u.status AS unit_status, s.id AS assignment, s.status, r.id AS request, r.status AS request_status
  FROM ambulances u
  LEFT JOIN LATERAL (
       SELECT a.id, a.status, a.request_id FROM assignments a
        WHERE a.ambulance_id = u.id
          AND (a.id = :assignment_id::uuid
               OR a.status IN ('offered', 'accepted', 'en_route', 'on_scene', 'transporting', 'at_destination'))
        ORDER BY a.id = :assignment_id::uuid DESC NULLS LAST
        LIMIT 1) s ON true
  LEFT JOIN ambulance_requests r ON r.id = s.request_id
 WHERE u.id = :ambulance_id;

-- name: find_unit
-- An ambulance as its crew sees it, with what it is asked for or does.
SELECT u.id, u.plate_number, u.status, s.id AS assignment_id, s.status AS stage
  FROM ambulances u
  LEFT JOIN assignments s
    ON s.ambulance_id = u.id
   AND s.status IN ('offered', 'accepted', 'en_route', 'on_scene', 'transporting', 'at_destination')
 WHERE u.id = :id;

-- name: unread_messages
-- What dispatchers wrote to a crew and it has not read, the oldest first.
SELECT m.id::text AS message, m.text, coalesce(u.name, '') AS "from",
       (extract(epoch FROM m.sent_at) * 1000000)::bigint AS sent_at
  FROM crew_messages m
  LEFT JOIN users u ON u.id = m.user_id
 WHERE m.ambulance_id = :ambulance_id AND m.sender = 'desk' AND m.read_at IS NULL
 ORDER BY m.received_at
 LIMIT 50;
