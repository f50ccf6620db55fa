-- name: find_by_token
-- The live sessions that cookies or access tokens stand for, with what their users are just now.
SELECT asked.n, s.id AS session_id, s.client, s.created_at, s.expires_at, s.last_seen_at,
       u.id AS user_id, u.name, u.email, u.role, st.role AS staff_role, st.duty, st.facility_id
  FROM unnest(:hash::bytea[], :kind::text[], :now::timestamptz[]) WITH ORDINALITY AS asked (hash, kind, now, n)
  JOIN session_tokens t ON t.hash = asked.hash
  JOIN sessions s ON s.id = t.session_id
  JOIN users u ON u.id = s.user_id
  LEFT JOIN staff st ON st.id = u.id
 WHERE t.kind = asked.kind AND t.expires_at > asked.now
   AND s.expires_at > asked.now AND s.ended_at IS NULL AND u.disabled_at IS NULL;

-- name: find_by_id
-- The same by the sessions' ids, for tickets that were bound to them.
SELECT asked.n, s.id AS session_id, s.client, s.created_at, s.expires_at, s.last_seen_at,
       u.id AS user_id, u.name, u.email, u.role, st.role AS staff_role, st.duty, st.facility_id
  FROM unnest(:session_id::uuid[], :now::timestamptz[]) WITH ORDINALITY AS asked (session_id, now, n)
  JOIN sessions s ON s.id = asked.session_id
  JOIN users u ON u.id = s.user_id
  LEFT JOIN staff st ON st.id = u.id
 WHERE s.expires_at > asked.now AND s.ended_at IS NULL AND u.disabled_at IS NULL;

-- name: find_alive
-- Which of these sessions still count, and what their users are just now: for the sockets that they opened.
SELECT s.id, u.role, st.role AS staff_role, st.duty, st.facility_id
  FROM sessions s
  JOIN users u ON u.id = s.user_id
  LEFT JOIN staff st ON st.id = u.id
 WHERE s.id = ANY (:ids::uuid[]) AND s.expires_at > :now AND s.ended_at IS NULL AND u.disabled_at IS NULL;

-- name: lock_user
-- Serialises the sign-ins of one user, so that the limit on sessions cannot be raced; no row for a disabled user.
SELECT id FROM users WHERE id = :user_id AND disabled_at IS NULL FOR NO KEY UPDATE;

-- name: end_oldest
-- Ends the least recently seen sessions of a user beyond the newest `keep`.
UPDATE sessions SET ended_at = :now, end_reason = 'limit'
 WHERE id IN (SELECT id FROM sessions
               WHERE user_id = :user_id AND ended_at IS NULL AND expires_at > :now
               ORDER BY last_seen_at DESC, id
              OFFSET :keep);

-- name: insert_session
-- A new sign-in.
INSERT INTO sessions (user_id, client, created_at, expires_at, last_seen_at, user_agent, network)
VALUES (:user_id, :client, :now, :expires_at, :now, :user_agent, :network::inet)
RETURNING id;

-- name: insert_token
-- One more secret of a session, as its SHA-256.
INSERT INTO session_tokens (hash, session_id, kind, created_at, expires_at)
VALUES (:hash, :session_id, :kind, :now, :expires_at);

-- name: touch
-- Notes that sessions are in use; a caller does so at most once a minute, and leaves one alone that is being written.
WITH asked AS MATERIALIZED (
    SELECT a.session_id, max(a.now) AS now
      FROM unnest(:session_id::uuid[], :now::timestamptz[]) AS a (session_id, now)
     GROUP BY a.session_id
), free AS MATERIALIZED (
    SELECT s.id, asked.now FROM asked JOIN sessions s ON s.id = asked.session_id
     WHERE s.last_seen_at < asked.now
       FOR NO KEY UPDATE OF s SKIP LOCKED
)
UPDATE sessions s SET last_seen_at = free.now FROM free WHERE s.id = free.id;

-- name: lock_refresh
-- The refresh token and its session, locked so that two uses of it are one after the other.
SELECT t.session_id, t.used_at, t.expires_at > :now AS token_lives, s.user_id,
       (s.ended_at IS NULL AND s.expires_at > :now AND u.disabled_at IS NULL) AS session_lives
  FROM session_tokens t
  JOIN sessions s ON s.id = t.session_id
  JOIN users u ON u.id = s.user_id
 WHERE t.hash = :hash AND t.kind = 'refresh'
   FOR NO KEY UPDATE OF t, s;

-- name: use_refresh
-- A refresh token counts once.
UPDATE session_tokens SET used_at = :now WHERE hash = :hash;

-- name: extend
-- A refreshed session lives on.
UPDATE sessions SET expires_at = :expires_at, last_seen_at = :now WHERE id = :session_id;

-- name: forget_tokens
-- Drops the secrets of a session that ran out; a used refresh token stays as long as its reuse must be noticed.
DELETE FROM session_tokens WHERE session_id = :session_id AND expires_at <= :now;

-- name: end_one
-- Ends a session; its sockets hear of it through the row's trigger.
UPDATE sessions SET ended_at = :now, end_reason = :reason
 WHERE id = :session_id AND ended_at IS NULL AND (:user_id::uuid IS NULL OR user_id = :user_id)
RETURNING id;

-- name: end_all_of
-- Ends every session of a user, as a changed password, role or a disabled account asks for.
UPDATE sessions SET ended_at = :now, end_reason = :reason WHERE user_id = :user_id AND ended_at IS NULL;

-- name: list_of
-- The live sessions of a user, newest first; there are never more than the limit on sessions.
SELECT id, client, created_at, expires_at, last_seen_at, user_agent
  FROM sessions
 WHERE user_id = :user_id AND ended_at IS NULL AND expires_at > :now
 ORDER BY created_at DESC, id;
