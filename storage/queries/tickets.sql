-- name: insert_ticket
-- A single-use ticket for one WebSocket handshake from one origin.
INSERT INTO ws_tickets (hash, purpose, session_id, device_id, origin, expires_at)
VALUES (:hash, :purpose, :session_id, :device_id, :origin, :expires_at);

-- name: burn
-- Takes a ticket out whatever comes of it, so that even a refused attempt uses it up.
DELETE FROM ws_tickets WHERE hash = :hash RETURNING purpose, session_id, device_id, origin, expires_at;

-- name: forget_expired
-- Drops what was never redeemed.
DELETE FROM ws_tickets WHERE expires_at < :now;
