-- name: insert_grant
-- A look at a patient without a relation; no row for who is no patient.
INSERT INTO break_glass (user_id, patient_id, reason, granted_at, expires_at)
SELECT :user_id, p.id, :reason, :now::timestamptz, :expires_at
  FROM patients p
 WHERE p.id = :patient_id
RETURNING id, user_id, patient_id, reason, granted_at, expires_at;
