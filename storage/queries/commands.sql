-- name: enqueue
-- Store a command for a device.
INSERT INTO device_commands (device_id, kind, body) VALUES (:device_id, :kind, :body) RETURNING id;

-- name: take_pending
-- What devices have not answered, the oldest first, marked as sent; what is of no use any more is given up instead.
WITH asked AS MATERIALIZED (
    SELECT a.device_id, a.n FROM unnest(:device_id::bigint[]) WITH ORDINALITY AS a (device_id, n)
), waiting AS MATERIALIZED (
    SELECT oldest.id, oldest.expires_at <= now() AS is_over
      FROM (SELECT DISTINCT device_id FROM asked ORDER BY device_id) AS d
     CROSS JOIN LATERAL (
           SELECT c.id, c.expires_at FROM device_commands c
            WHERE c.device_id = d.device_id AND c.acked_at IS NULL
            ORDER BY c.created_at LIMIT 100 FOR NO KEY UPDATE) AS oldest
), given_up AS (
    UPDATE device_commands c
       SET acked_at = now(), status = 'expired', detail = 'the device was away for too long'
      FROM waiting WHERE c.id = waiting.id AND waiting.is_over
), sent AS (
    UPDATE device_commands c SET sent_at = now() FROM waiting WHERE c.id = waiting.id AND waiting.is_over IS NOT TRUE
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

-- name: find_unanswered
-- What a command is about that the device has not answered; it may have been given up since it was sent.
SELECT kind, assignment_id, body ->> 'message' AS message_id
  FROM device_commands
 WHERE id = :command_id AND device_id = :device_id AND (acked_at IS NULL OR status = 'expired');

-- name: message_delivered
-- A tablet has what a dispatcher wrote; the first one counts.
UPDATE crew_messages SET delivered_at = :at WHERE id = :message_id::uuid AND sender = 'desk' AND delivered_at IS NULL;
