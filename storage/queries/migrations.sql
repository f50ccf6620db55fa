-- name: take_turn
-- Waits until no other hub migrates this database; the lock ends with the transaction. ('arogya', 'migrate')
SELECT pg_advisory_xact_lock(hashtext('arogya'), hashtext('migrate'))

-- name: look
-- Whether the database has a ledger of migrations, and whether it has tables that would be in the way.
SELECT to_regclass('public.schema_migrations') IS NOT NULL AS has_ledger,
       to_regclass('public.users') IS NOT NULL OR to_regclass('public.streams') IS NOT NULL AS has_tables

-- name: applied
-- The migrations that the database has been through.
SELECT number, name, checksum FROM schema_migrations ORDER BY number

-- name: record
-- Notes that a migration was applied, in its own transaction.
INSERT INTO schema_migrations (number, name, checksum) VALUES (:number, :name, :checksum)
