-- name: insert_notification
-- Something that a person is told, once for each key.
INSERT INTO notifications (user_id, type, message, dedupe_key)
VALUES (:user_id, :type, :message, :dedupe_key)
ON CONFLICT ON CONSTRAINT notifications_dedupe_key_key DO NOTHING;
