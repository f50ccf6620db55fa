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

-- name: remove_keys
-- Some of the idempotency keys that ran out before a moment, with the answers that they stand for.
DELETE FROM idempotency_keys
 WHERE (principal, key) IN (SELECT principal, key FROM idempotency_keys WHERE expires_at < :before
                             LIMIT :rows_max::integer);

-- name: remove_workstations
-- Some of the browsers where a shift was over before a moment.
DELETE FROM workstations
 WHERE (hash, user_id) IN (SELECT hash, user_id FROM workstations WHERE expires_at < :before LIMIT :rows_max::integer);

-- name: remove_events
-- Some of the events of each channel that happened before a moment, from its start: what stays has no holes. The
-- channel's row is changed first, so that nobody who reads it is promised what goes.
WITH due AS (
    SELECT c.channel,
           least(coalesce((SELECT min(e."offset") - 1 FROM channel_events e
                            WHERE e.channel = c.channel AND e.at >= :before), c.last_offset),
                 c.oldest_offset + :rows_max::integer) AS until
      FROM event_channels c
     WHERE c.oldest_offset < c.last_offset
), moved AS (
    UPDATE event_channels c SET oldest_offset = due.until FROM due
     WHERE c.channel = due.channel AND c.oldest_offset < due.until
    RETURNING c.channel, c.oldest_offset
)
DELETE FROM channel_events e USING moved WHERE e.channel = moved.channel AND e."offset" <= moved.oldest_offset;
