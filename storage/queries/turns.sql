-- name: take
-- Whether this connection has the turn now; false while another one has it. Having it once more is no hindrance.
SELECT pg_try_advisory_lock(hashtext('arogya.turn'), hashtext(:name)) AS taken;

-- name: end
-- Lets others have the turn.
SELECT pg_advisory_unlock(hashtext('arogya.turn'), hashtext(:name));
