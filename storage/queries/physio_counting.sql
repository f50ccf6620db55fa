-- name: list_logs
-- The logs of a session with their high-water marks, and of plain inserts the joints whose repetitions somebody stated.
SELECT s.id, s.joints, s.last_seq, s.kind = 'sql' AS is_plain,
       ARRAY(SELECT DISTINCT r.joint FROM motion_repetitions r
              WHERE r.stream_id = s.id AND r.source = 'stated') AS stated
  FROM streams s
 WHERE s.physio_session_id = :session_id AND s.kind IN ('motion', 'sql') AND s.last_seq > 0
 ORDER BY s.id;

-- name: forget_counted
-- The counted repetitions of some logs, before they are written anew.
DELETE FROM motion_repetitions WHERE stream_id = ANY (:stream_ids::bigint[]) AND source = 'counted';

-- name: keep_marks
-- Up to where logs are counted from what is stored.
INSERT INTO motion_counters AS c (stream_id, final_seq)
SELECT * FROM unnest(:stream_ids::bigint[], :final_seqs::bigint[])
    ON CONFLICT (stream_id) DO UPDATE SET final_seq = excluded.final_seq;

-- name: keep_counted_at
-- When a session was counted from all that is stored; whoever watches it reads it again.
UPDATE physio_sessions SET counted_at = clock_timestamp() WHERE id = :session_id;

-- name: tell
-- Tells every hub that a session is counted.
SELECT pg_notify('arogya', 'physio:' || :session_id::uuid);

-- name: list_uncounted
-- The sessions that ended and are not counted from what is stored, the oldest first.
SELECT id
  FROM physio_sessions
 WHERE ended_at <= :before AND counted_at IS NULL AND status IN ('completed', 'cancelled')
 ORDER BY ended_at
 LIMIT :rows_max;

-- name: list_late
-- The sessions of which something came after they were counted.
SELECT p.id
  FROM physio_sessions p
 WHERE p.ended_at >= :since AND p.counted_at <= :counted_before AND p.status IN ('completed', 'cancelled')
   AND EXISTS (
       SELECT FROM streams s
         LEFT JOIN motion_counters c ON c.stream_id = s.id
        WHERE s.physio_session_id = p.id AND s.last_seq > coalesce(c.final_seq, 0))
 ORDER BY p.ended_at
 LIMIT :rows_max;
