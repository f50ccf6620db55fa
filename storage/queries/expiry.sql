-- name: remove_dead_letters
-- Some of the samples that were refused before a moment.
DELETE FROM dead_letters
 WHERE id IN (SELECT id FROM dead_letters WHERE received_at < :before ORDER BY id LIMIT :rows_max::integer);

-- name: remove_sessions
-- Some of the sign-ins that ended before a moment; their tokens go with them.
DELETE FROM sessions
 WHERE id IN (SELECT id FROM sessions WHERE COALESCE(ended_at, expires_at) < :before LIMIT :rows_max::integer);

-- name: remove_tickets
-- Some of the tickets that ran out before a moment.
DELETE FROM ws_tickets
 WHERE hash IN (SELECT hash FROM ws_tickets WHERE expires_at < :before LIMIT :rows_max::integer);
