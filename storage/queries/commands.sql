-- name: enqueue
-- Store a command for a device.
INSERT INTO device_commands (device_id, kind, body) VALUES (:device_id, :kind, :body) RETURNING id;

-- name: take_pending
-- What a device has not answered, marked as sent.
WITH sent AS (
    UPDATE device_commands SET sent_at = now()
     WHERE device_id = :device_id AND acked_at IS NULL
    RETURNING id, kind, body, created_at
)
SELECT id, kind, body FROM sent ORDER BY created_at LIMIT 100;

-- name: acknowledge
-- A device's answer, once.
UPDATE device_commands SET acked_at = now(), status = :status, detail = :detail
 WHERE id = :command_id AND device_id = :device_id AND acked_at IS NULL
RETURNING id;
