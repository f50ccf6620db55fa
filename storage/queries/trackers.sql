-- name: find_by_secret
-- The tracker that a secret stands for; a rotated secret counts until it expires.
SELECT asked.n, d.id AS device_id, d.protocol, d.ambulance_id
  FROM unnest(:hash::bytea[], :now::timestamptz[]) WITH ORDINALITY AS asked (hash, now, n)
  JOIN device_secrets s ON s.hash = asked.hash
  JOIN devices d ON d.id = s.device_id
 WHERE s.revoked_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > asked.now)
   AND d.revoked_at IS NULL AND d.protocol <> 'hub';

-- name: newest_fixes
-- The newest fixes of a stream, oldest first, by what a repeat of them would say.
SELECT newest.*
  FROM (SELECT p.seq, to_us(p.recorded_at) AS recorded_at, p.latitude, p.longitude, p.flags, to_us(p.received_at) AS received_at
          FROM ambulance_positions p
         WHERE p.stream_id = :stream_id
         ORDER BY p.seq DESC
         LIMIT :rows_max) AS newest
 ORDER BY newest.seq;
