-- name: set_password
-- Gives a login of the demonstration another password; no row where there is no such login.
UPDATE users SET password = :password WHERE email = :email RETURNING id;
