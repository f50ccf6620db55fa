-- What accounts need beyond a password: a second factor, e-mail that may be missing, and a person who is nobody any more.

SET ROLE arogya_owner;

ALTER TABLE users ALTER COLUMN email DROP NOT NULL;
ALTER TABLE users ADD COLUMN pseudonymised_at timestamptz;
ALTER TABLE users ADD CONSTRAINT users_email_or_patient
    CHECK (email IS NOT NULL OR role = 'patient' OR pseudonymised_at IS NOT NULL);
COMMENT ON COLUMN users.email IS 'Compared without regard to case; null for patients at the desk who have none, and once pseudonymised.';
COMMENT ON COLUMN users.pseudonymised_at IS 'When everything that names the person was removed, for good; null = never.';

CREATE TABLE totp_secrets (
    user_id      uuid PRIMARY KEY REFERENCES users,
    secret       bytea CHECK (length(secret) = 20),
    confirmed_at timestamptz,
    last_step    bigint NOT NULL DEFAULT 0,
    pending      bytea CHECK (length(pending) = 20),
    CONSTRAINT totp_secrets_confirmed CHECK ((secret IS NULL) = (confirmed_at IS NULL))
);
COMMENT ON TABLE totp_secrets IS 'The second factor of a user (RFC 6238): what the authenticator app has too.';
COMMENT ON COLUMN totp_secrets.secret IS '160 bits; null until a code has proved that the app has them.';
COMMENT ON COLUMN totp_secrets.last_step IS 'The newest time step whose code was taken: it and those before do not count any more.';
COMMENT ON COLUMN totp_secrets.pending IS 'A secret that waits for its first code, and then takes the place of the other.';

CREATE TABLE second_factor_codes (
    hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
    user_id    uuid NOT NULL REFERENCES users,
    kind       text NOT NULL CHECK (kind IN ('recovery', 'bypass')),
    issued_by  uuid REFERENCES users,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    used_at    timestamptz
);
CREATE INDEX second_factor_codes_user_id_idx ON second_factor_codes (user_id, kind);
COMMENT ON TABLE second_factor_codes IS 'Codes that stand in for the authenticator app, each once, by their SHA-256.';
COMMENT ON COLUMN second_factor_codes.kind IS 'recovery: one of ten, kept by the user. bypass: from a supervisor, for once.';
COMMENT ON COLUMN second_factor_codes.issued_by IS 'Who let the user in; null for recovery codes.';
COMMENT ON INDEX second_factor_codes_user_id_idx IS 'The codes of a user.';

CREATE TABLE workstations (
    hash       bytea NOT NULL CHECK (length(hash) = 32),
    user_id    uuid NOT NULL REFERENCES users,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (hash, user_id)
);
CREATE INDEX workstations_user_id_idx ON workstations (user_id);
CREATE INDEX workstations_expires_at_idx ON workstations (expires_at);
COMMENT ON TABLE workstations IS 'Who showed a second factor at which browser, and needs none there for the rest of the shift.';
COMMENT ON COLUMN workstations.hash IS 'SHA-256 of what the browser keeps in a cookie.';
COMMENT ON INDEX workstations_user_id_idx IS 'Where a user is trusted.';
COMMENT ON INDEX workstations_expires_at_idx IS 'Shifts that are over, to remove them.';
COMMENT ON INDEX totp_secrets_pkey IS 'The primary key of totp_secrets: user_id.';
COMMENT ON INDEX second_factor_codes_pkey IS 'The primary key of second_factor_codes: hash.';
COMMENT ON INDEX workstations_pkey IS 'The primary key of workstations: hash, user_id.';

GRANT SELECT (pseudonymised_at) ON users TO arogya_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON totp_secrets, second_factor_codes, workstations TO arogya_app;
-- Pseudonymising a person reaches what was told about them.
GRANT DELETE ON activation_links TO arogya_app;
GRANT SELECT, UPDATE (body) ON channel_events TO arogya_app;

RESET ROLE;
