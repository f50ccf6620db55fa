-- name: applied_numbers
-- The migrations that this database has been through; answering at all shows that it is there.
SELECT number FROM schema_migrations ORDER BY number;
