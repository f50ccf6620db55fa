-- name: claim
-- Take a key for a request; no row where it is taken. One that has run out counts no more, and neither does one whose
-- request, the same as this, was begun and never ended.
INSERT INTO idempotency_keys AS k (principal, key, operation, body_hash, created_at, expires_at)
VALUES (:principal, :key, :operation, :body_hash, :claimed_at, :expires_at)
    ON CONFLICT (principal, key) DO UPDATE
   SET operation = excluded.operation, body_hash = excluded.body_hash, status = NULL, response = NULL,
       created_at = excluded.created_at, expires_at = excluded.expires_at
 WHERE k.expires_at <= excluded.created_at
    OR (k.status IS NULL AND k.created_at < :abandoned_before
        AND k.operation = excluded.operation AND k.body_hash = excluded.body_hash)
RETURNING k.created_at;

-- name: find
-- What a key was taken for, and what was answered; without a status nothing was yet.
SELECT operation, body_hash, status, response FROM idempotency_keys WHERE principal = :principal AND key = :key;

-- name: keep
-- Keep an answer, as long as the key is still taken by this request.
UPDATE idempotency_keys SET status = :status, response = :response
 WHERE principal = :principal AND key = :key AND created_at = :claimed_at AND status IS NULL;

-- name: release
-- Give back a key whose request changed nothing.
DELETE FROM idempotency_keys
 WHERE principal = :principal AND key = :key AND created_at = :claimed_at AND status IS NULL;
