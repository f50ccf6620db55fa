-- name: claim
-- Opens a stream, or takes it over: its fence rises, so that an older connection can store nothing more. Waits for a
-- batch of the older one that is committing, so the mark is what is durable. No row: the device is unknown, revoked, of
-- the wrong kind or (for fixes) in no ambulance, the log is of another kind, or the session has 64 other logs: a sensor
-- that draws a new one each time it is switched on has a few, one that is broken would draw them without end.
INSERT INTO streams AS s (device_id, log_id, kind, ambulance_id, physio_session_id, joints)
SELECT d.id, :log_id, :kind::text, CASE WHEN :kind = 'fixes' THEN d.ambulance_id END,
       :physio_session_id::uuid, :joints::text[]
FROM devices AS d
WHERE d.id = :device_id AND d.revoked_at IS NULL
  AND CASE :kind WHEN 'fixes' THEN d.kind = 'tablet' AND d.ambulance_id IS NOT NULL
                 WHEN 'motion' THEN d.kind = 'physio' AND :physio_session_id::uuid IS NOT NULL AND :joints::text[] IS NOT NULL
                      AND (SELECT count(*) FROM streams AS other
                            WHERE other.physio_session_id = :physio_session_id AND other.log_id <> :log_id) < 64
                 ELSE false END
ON CONFLICT (device_id, log_id) DO UPDATE
SET fence = s.fence + 1, ambulance_id = EXCLUDED.ambulance_id
WHERE s.kind = EXCLUDED.kind
  AND s.physio_session_id IS NOT DISTINCT FROM EXCLUDED.physio_session_id
  AND s.joints IS NOT DISTINCT FROM EXCLUDED.joints
RETURNING s.id AS stream, s.fence, s.last_seq AS acked, s.ambulance_id

-- name: claim_fixes
-- The same for logs of fixes of many tablets at once, without waiting for anybody: `stream` is null for a log whose row
-- another transaction holds just now, which is a batch of its former owner or the same claim elsewhere. Who claims one
-- log twice gets two fences. No row: as above.
WITH asked AS MATERIALIZED (
    SELECT a.n, a.device_id, a.log_id, d.ambulance_id,
           row_number() OVER (same ORDER BY a.n) AS turn, count(*) OVER same AS claims
      FROM unnest(:device_id::bigint[], :log_id::text[]) WITH ORDINALITY AS a (device_id, log_id, n)
      JOIN devices AS d ON d.id = a.device_id
     WHERE d.revoked_at IS NULL AND d.kind = 'tablet' AND d.ambulance_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM streams AS other
                        WHERE other.device_id = a.device_id AND other.log_id = a.log_id AND other.kind <> 'fixes')
    WINDOW same AS (PARTITION BY a.device_id, a.log_id)
), free AS MATERIALIZED (
    SELECT s.id, asked.claims, asked.ambulance_id
      FROM asked JOIN streams AS s ON s.device_id = asked.device_id AND s.log_id = asked.log_id
     WHERE asked.turn = 1
       FOR NO KEY UPDATE OF s SKIP LOCKED
), raised AS (
    UPDATE streams AS s SET fence = s.fence + free.claims, ambulance_id = free.ambulance_id
      FROM free WHERE s.id = free.id
    RETURNING s.id, s.device_id, s.log_id, s.fence, s.last_seq
), opened AS (
    INSERT INTO streams AS s (device_id, log_id, kind, ambulance_id, fence)
    SELECT asked.device_id, asked.log_id, 'fixes', asked.ambulance_id, asked.claims
      FROM asked
     WHERE asked.turn = 1
       AND NOT EXISTS (SELECT FROM streams AS s WHERE s.device_id = asked.device_id AND s.log_id = asked.log_id)
     ORDER BY asked.device_id, asked.log_id
    ON CONFLICT (device_id, log_id) DO NOTHING
    RETURNING s.id, s.device_id, s.log_id, s.fence, s.last_seq
), owned AS (
    SELECT * FROM raised UNION ALL SELECT * FROM opened
)
SELECT asked.n, owned.id AS stream, owned.fence - asked.claims + asked.turn AS fence, owned.last_seq AS acked, asked.ambulance_id
FROM asked
LEFT JOIN owned ON owned.device_id = asked.device_id AND owned.log_id = asked.log_id

-- name: read_marks
-- The fence and the high-water mark of each stream, as committed now.
SELECT id, fence, last_seq FROM streams WHERE id = ANY (:ids::bigint[])

-- name: fenced
-- The streams whose fence is another one: raised by somebody else, or (in a restored database) older, or gone.
SELECT mine.id, coalesce(s.fence > mine.fence, false) AS raised
FROM unnest(:ids::bigint[], :fences::bigint[]) AS mine (id, fence)
LEFT JOIN streams AS s ON s.id = mine.id
WHERE s.fence IS DISTINCT FROM mine.fence
