-- name: is_free
-- Whether work has nobody who does it. It locks nothing: whoever does it is not held up by those who ask.
SELECT NOT EXISTS (SELECT FROM leases WHERE name = :name AND expires_at > clock_timestamp()) AS free;

-- name: take
-- Becomes the one who does some work, by a fence above all before; no row while somebody else is.
INSERT INTO leases AS l (name, holder, expires_at)
VALUES (:name, :holder, clock_timestamp() + make_interval(secs => :lasts_s))
    ON CONFLICT ON CONSTRAINT leases_pkey
       DO UPDATE SET holder = excluded.holder, fence = l.fence + 1, expires_at = excluded.expires_at
       WHERE l.expires_at <= clock_timestamp()
RETURNING l.fence;

-- name: renew
-- Stays the one for longer; writes nothing when another one has taken over.
UPDATE leases SET expires_at = clock_timestamp() + make_interval(secs => :lasts_s)
 WHERE name = :name AND fence = :fence;

-- name: release
-- Lets another one take over at once.
UPDATE leases SET expires_at = clock_timestamp() WHERE name = :name AND fence = :fence;

-- name: hold
-- Makes sure, until the end of the transaction, that nobody else takes over; no row when somebody has.
SELECT fence FROM leases WHERE name = :name AND fence = :fence FOR SHARE;
