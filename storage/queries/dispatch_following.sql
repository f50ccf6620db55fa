-- name: follow
-- Of those who follow requests, the places (from 1) of those who may at this moment: whoever reads all requests, the
-- patient while the request is open, and the tablets of the ambulances that are on their way for it.
SELECT asked.place
  FROM unnest(:request_ids::uuid[], :everything::boolean[], :patient_ids::uuid[], :ambulance_ids::bigint[])
       WITH ORDINALITY AS asked (request_id, everything, patient_id, ambulance_id, place)
  JOIN ambulance_requests r ON r.id = asked.request_id
 WHERE asked.everything
    OR (r.patient_id = asked.patient_id AND r.status NOT IN ('completed', 'cancelled', 'duplicate'))
    OR EXISTS (SELECT FROM assignments s
                WHERE s.request_id = r.id AND s.ambulance_id = asked.ambulance_id
                  AND s.status IN ('accepted', 'en_route', 'on_scene', 'transporting', 'at_destination'));
