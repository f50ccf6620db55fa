-- name: say
-- Tells every hub that listens, this one included.
SELECT pg_notify('arogya', :kind::text || ':' || :key::text);
