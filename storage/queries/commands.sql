-- name: enqueue
-- Store a command for a device.
INSERT INTO device_commands (device_id, kind, body) VALUES (:device_id, :kind, :body) RETURNING id;

-- name: take_pending
-- What devices have not answered, the oldest first, marked as sent.
WITH asked AS MATERIALIZED (
    SELECT a.device_id, a.n FROM unnest(:device_id::bigint[]) WITH ORDINALITY AS a (device_id, n)
), waiting AS MATERIALIZED (
    SELECT oldest.id
      FROM (SELECT DISTINCT device_id FROM asked ORDER BY device_id) AS d
     CROSS JOIN LATERAL (
           SELECT c.id FROM device_commands c
            WHERE c.device_id = d.device_id AND c.acked_at IS NULL
            ORDER BY c.created_at LIMIT 100 FOR NO KEY UPDATE) AS oldest
), sent AS (
    UPDATE device_commands c SET sent_at = now() FROM waiting WHERE c.id = waiting.id
    RETURNING c.id, c.device_id, c.kind, c.body, c.created_at
)
SELECT asked.n, sent.id, sent.kind, sent.body
  FROM asked JOIN sent ON sent.device_id = asked.device_id
 ORDER BY sent.created_at;

-- name: acknowledge
-- A device's answer, once.
UPDATE device_commands SET acked_at = now(), status = :status, detail = :detail
 WHERE id = :command_id AND device_id = :device_id AND acked_at IS NULL
RETURNING id;
