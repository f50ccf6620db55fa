-- name: page
-- The next entries of the log by time, those of one patient or of one actor where that is asked.
SELECT id, at, actor_kind, actor_id, session_id::text AS session_id, action, entity, entity_id,
       patient_id::text AS patient_id, outcome, reason, request_id, host(network) AS network, detail
  FROM audit_log
 WHERE (at, id) > (:after_at::timestamptz, :after_id::bigint)
   AND at < :until
   AND (:patient_id::uuid IS NULL OR patient_id = :patient_id)
   AND (:actor_id::text IS NULL OR actor_id = :actor_id)
 ORDER BY at, id
 LIMIT :rows_max::integer;

-- name: find_user
-- Who has an e-mail address.
SELECT id FROM users WHERE email = :email;
