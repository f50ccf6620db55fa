-- name: find_credentials
-- What a sign-in needs; the only statement that hands out the password hash.
SELECT u.id, u.name, u.email, u.role, st.role AS staff_role, st.duty, st.facility_id, u.disabled_at, u.password
  FROM users u
  LEFT JOIN staff st ON st.id = u.id
 WHERE u.email = :email;

-- name: insert_user
-- A new account; without a password nobody can sign in to it before an activation.
INSERT INTO users (name, email, password, phone, role) VALUES (:name, :email, :password, :phone, :role) RETURNING id;

-- name: insert_activation
-- A one-use link that lets its holder choose the account's password.
INSERT INTO activation_links (hash, user_id, purpose, expires_at) VALUES (:hash, :user_id, :purpose, :expires_at);

-- name: renew_activation
-- A new one-use link for an account that exists, whose earlier links end; no row without such an account.
WITH account AS (
  SELECT id, CASE WHEN password IS NULL THEN 'activate' ELSE 'reset' END AS purpose
    FROM users
   WHERE email = :email AND disabled_at IS NULL
), ended AS (
  UPDATE activation_links SET expires_at = :now
   WHERE user_id IN (SELECT id FROM account) AND used_at IS NULL AND expires_at > :now
)
INSERT INTO activation_links (hash, user_id, purpose, expires_at)
SELECT :hash, id, purpose, :expires_at FROM account
RETURNING user_id;

-- name: find_activation
-- Whose password a link may set, so that the password can be judged before the link is used up.
SELECT l.user_id, u.name, u.email
  FROM activation_links l
  JOIN users u ON u.id = l.user_id
 WHERE l.hash = :hash AND l.used_at IS NULL AND l.expires_at > :now AND u.disabled_at IS NULL;

-- name: use_activation
-- Uses the link up; no row when another request was first.
UPDATE activation_links SET used_at = :now
 WHERE hash = :hash AND used_at IS NULL AND expires_at > :now
RETURNING user_id;

-- name: set_password
-- Replaces the password hash.
UPDATE users SET password = :password WHERE id = :user_id;
