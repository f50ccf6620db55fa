-- name: find_one
-- One ambulance, `everything` or by one of the four narrower reaches: what the caller does not read is as if it were
-- not there.
SELECT a.id, a.plate_number, a.driver_name, a.status,
       a.current_location[1] AS latitude, a.current_location[0] AS longitude, a.location_fix_at AS fix_at,
       a.location_speed AS speed, a.location_heading AS heading, a.location_accuracy AS accuracy
  FROM ambulances a
 WHERE a.id = :id
   AND (:everything::boolean
        OR a.id = :ambulance_id::bigint
        OR EXISTS (SELECT 1
                     FROM assignments s
                     JOIN ambulance_requests r ON r.id = s.request_id
                    WHERE s.ambulance_id = a.id
                      AND s.status IN ('accepted', 'en_route', 'on_scene', 'transporting', 'at_destination')
                      AND (r.patient_id = :patient_id::uuid
                           OR r.destination_facility_id = :facility_id::uuid
                           OR r.destination_facility_id IN (SELECT df.facility_id
                                                              FROM doctor_facilities df
                                                             WHERE df.doctor_id = :doctor_id::uuid))));

-- name: within_reach
-- Of pairs of an ambulance and a narrow reach, the places (from 1) of those that hold, by the same rules as above.
SELECT asked.place
  FROM unnest(:ids::bigint[], :patient_ids::uuid[], :facility_ids::uuid[], :doctor_ids::uuid[])
       WITH ORDINALITY AS asked (ambulance_id, patient_id, facility_id, doctor_id, place)
 WHERE EXISTS (SELECT 1
                 FROM assignments s
                 JOIN ambulance_requests r ON r.id = s.request_id
                WHERE s.ambulance_id = asked.ambulance_id
                  AND s.status IN ('accepted', 'en_route', 'on_scene', 'transporting', 'at_destination')
                  AND (r.patient_id = asked.patient_id
                       OR r.destination_facility_id = asked.facility_id
                       OR r.destination_facility_id IN (SELECT df.facility_id
                                                          FROM doctor_facilities df
                                                         WHERE df.doctor_id = asked.doctor_id)));

-- name: list_positions
-- A page of an ambulance's history by (fix_at, stream_id, seq). A fix is never received before it was taken, so
-- `received_at >= since` loses nothing and spares the partitions before.
SELECT seq, stream_id, recorded_at, fix_at, received_at, latitude, longitude, speed, heading, accuracy, altitude, flags
  FROM ambulance_positions
 WHERE ambulance_id = :ambulance_id
   AND received_at >= :since
   AND fix_at >= :since AND fix_at < :until
   AND (fix_at, stream_id, seq) > (:after_fix_at, :after_stream_id, :after_seq)
 ORDER BY fix_at, stream_id, seq
 LIMIT :rows_max;
