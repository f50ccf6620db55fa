-- name: find
-- Whether a user has a second factor, and what its codes are made of.
SELECT secret, confirmed_at, pending FROM totp_secrets WHERE user_id = :user_id;

-- name: propose
-- A secret that waits for its first code; one that is in force stays so until then.
INSERT INTO totp_secrets (user_id, pending) VALUES (:user_id, :secret)
ON CONFLICT ON CONSTRAINT totp_secrets_pkey DO UPDATE SET pending = EXCLUDED.pending;

-- name: confirm
-- Puts the waiting secret in force, if it is still the same one.
UPDATE totp_secrets
   SET secret = pending, pending = NULL, confirmed_at = :now, last_step = :step
 WHERE user_id = :user_id AND pending = :secret
RETURNING user_id;

-- name: use_step
-- Takes a code: no row when its time step, or a later one, was taken before.
UPDATE totp_secrets SET last_step = :step
 WHERE user_id = :user_id AND last_step < :step AND secret = :secret
RETURNING user_id;

-- name: remove
-- Takes the second factor away.
DELETE FROM totp_secrets WHERE user_id = :user_id;

-- name: insert_codes
-- Codes that each count once.
INSERT INTO second_factor_codes (hash, user_id, kind, issued_by, created_at, expires_at)
SELECT unnest(:hashes::bytea[]), :user_id, :kind, :issued_by, :now, :expires_at;

-- name: remove_codes
-- Ends the codes of a kind.
DELETE FROM second_factor_codes WHERE user_id = :user_id AND kind = :kind;

-- name: use_code
-- Takes a recovery or bypass code: no row when it is unknown, too old, or was taken before.
UPDATE second_factor_codes SET used_at = :now
 WHERE hash = :hash AND user_id = :user_id AND used_at IS NULL AND (expires_at IS NULL OR expires_at > :now)
RETURNING kind;

-- name: count_codes
-- How many recovery codes are left.
SELECT count(*) AS left FROM second_factor_codes
 WHERE user_id = :user_id AND kind = 'recovery' AND used_at IS NULL;

-- name: find_workstation
-- Whether a user showed a second factor at this browser not long ago.
SELECT user_id FROM workstations WHERE hash = :hash AND user_id = :user_id AND expires_at > :now;

-- name: rename_workstation
-- Gives a browser a new secret; those who were trusted there still are.
UPDATE workstations SET hash = :fresh WHERE hash = :hash AND expires_at > :now;

-- name: trust_workstation
-- A user has shown a second factor at this browser.
INSERT INTO workstations (hash, user_id, expires_at) VALUES (:hash, :user_id, :expires_at)
ON CONFLICT ON CONSTRAINT workstations_pkey DO UPDATE SET expires_at = EXCLUDED.expires_at;

-- name: distrust_workstations
-- A user has to show a second factor again, wherever that is.
DELETE FROM workstations WHERE user_id = :user_id;

-- name: find_user
-- Whose second factor the command line is asked to take away.
SELECT id FROM users WHERE email = :email;
