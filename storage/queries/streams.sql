-- name: claim
-- Opens a stream, or takes it over: its fence rises, so that an older connection can store nothing more. Waits for a
-- batch of the older one that is committing, so the mark is what is durable. No row: the device is unknown, revoked, of
-- the wrong kind or (for fixes) in no ambulance, or the log is of another kind.
INSERT INTO streams AS s (device_id, log_id, kind, ambulance_id, physio_session_id, joints)
SELECT d.id, :log_id, :kind::text, CASE WHEN :kind = 'fixes' THEN d.ambulance_id END,
       :physio_session_id::uuid, :joints::text[]
FROM devices AS d
WHERE d.id = :device_id AND d.revoked_at IS NULL
  AND CASE :kind WHEN 'fixes' THEN d.kind = 'tablet' AND d.ambulance_id IS NOT NULL
                 WHEN 'motion' THEN d.kind = 'physio' AND :physio_session_id::uuid IS NOT NULL AND :joints::text[] IS NOT NULL
                 ELSE false END
ON CONFLICT (device_id, log_id) DO UPDATE
SET fence = s.fence + 1, ambulance_id = EXCLUDED.ambulance_id
WHERE s.kind = EXCLUDED.kind
  AND s.physio_session_id IS NOT DISTINCT FROM EXCLUDED.physio_session_id
  AND s.joints IS NOT DISTINCT FROM EXCLUDED.joints
RETURNING s.id AS stream, s.fence, s.last_seq AS acked, s.ambulance_id

-- name: read_marks
-- The fence and the high-water mark of each stream, as committed now.
SELECT id, fence, last_seq FROM streams WHERE id = ANY (:ids::bigint[])

-- name: fenced
-- The streams of which somebody else raised the fence, or which are gone.
SELECT mine.id
FROM unnest(:ids::bigint[], :fences::bigint[]) AS mine (id, fence)
LEFT JOIN streams AS s ON s.id = mine.id
WHERE s.fence IS DISTINCT FROM mine.fence
