-- name: deliver_messages
-- Messages have reached their receivers. One that somebody is changing is left alone: to be read is to be delivered.
UPDATE messages SET delivered_at = greatest(:now::timestamptz, sent_at)
 WHERE id IN (SELECT id FROM messages WHERE id = ANY(:ids::uuid[]) AND delivered_at IS NULL
               ORDER BY id FOR UPDATE SKIP LOCKED);

-- name: deliver_notifications
-- Notifications have reached their people.
UPDATE notifications SET delivered_at = greatest(:now::timestamptz, created_at)
 WHERE id IN (SELECT id FROM notifications WHERE id = ANY(:ids::uuid[]) AND delivered_at IS NULL
               ORDER BY id FOR UPDATE SKIP LOCKED);

-- name: read_notifications
-- A person has read their notifications up to a number.
UPDATE notifications SET read = true, delivered_at = coalesce(delivered_at, greatest(:now::timestamptz, created_at))
 WHERE id IN (SELECT id FROM notifications WHERE user_id = :user_id AND sequence <= :up_to AND NOT read
               ORDER BY id FOR UPDATE);

-- name: unread
-- How many messages and notifications a person has not read.
SELECT (SELECT count(*) FROM messages WHERE receiver_id = :user_id AND read_at IS NULL) AS messages,
       (SELECT count(*) FROM notifications WHERE user_id = :user_id AND NOT read) AS notifications;

-- name: conversations
-- With whom a person has exchanged messages, the newest exchange first: who it is, the last message, how many are unread.
WITH exchanged AS (
    SELECT receiver_id AS other, max(sequence) AS sequence, 0 AS unread
      FROM messages WHERE sender_id = :user_id GROUP BY receiver_id
    UNION ALL
    SELECT sender_id, max(sequence), count(*) FILTER (WHERE read_at IS NULL)
      FROM messages WHERE receiver_id = :user_id GROUP BY sender_id
), conversations AS (
    SELECT other, max(sequence) AS sequence, sum(unread)::bigint AS unread
      FROM exchanged GROUP BY other ORDER BY max(sequence) DESC LIMIT :rows_max::integer
)
SELECT u.id AS user_id, u.name, u.role, c.unread, m.id, m.sender_id, m.receiver_id, m.content, m.sent_at, m.sequence,
       m.client_id, m.corrects, m.delivered_at, m.read_at
  FROM conversations c
  JOIN users u ON u.id = c.other
  JOIN messages m ON least(m.sender_id, m.receiver_id) = least(:user_id::uuid, c.other)
                 AND greatest(m.sender_id, m.receiver_id) = greatest(:user_id::uuid, c.other)
                 AND m.sequence = c.sequence
 ORDER BY c.sequence DESC;
