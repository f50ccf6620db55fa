-- name: insert_ticket
-- A single-use ticket for one WebSocket handshake from one origin.
INSERT INTO ws_tickets (hash, purpose, session_id, device_id, origin, expires_at)
VALUES (:hash, :purpose, :session_id, :device_id, :origin, :expires_at);

-- name: burn
-- Takes tickets out whatever comes of it, so that even a refused attempt uses one up; two who show the same ticket at
-- once are told apart: it counts for the first.
WITH asked AS (
    SELECT shown.hash, min(shown.n) AS n FROM unnest(:hash::bytea[]) WITH ORDINALITY AS shown (hash, n) GROUP BY shown.hash
)
DELETE FROM ws_tickets t USING asked WHERE t.hash = asked.hash
RETURNING asked.n, t.purpose, t.session_id, t.device_id, t.origin, t.expires_at;

-- name: forget_expired
-- Drops what was never redeemed.
DELETE FROM ws_tickets WHERE expires_at < :now;
