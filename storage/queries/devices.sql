-- name: find_by_secret
-- The devices that secrets stand for; a rotated secret counts until it expires. That of a tracker, which stands in
-- links and settings, opens nothing but its own way in.
SELECT asked.n, d.id AS device_id, d.kind, d.ambulance_id, d.facility_id, s.expires_at AS secret_expires_at
  FROM unnest(:hash::bytea[], :now::timestamptz[]) WITH ORDINALITY AS asked (hash, now, n)
  JOIN device_secrets s ON s.hash = asked.hash
  JOIN devices d ON d.id = s.device_id
 WHERE s.revoked_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > asked.now) AND d.revoked_at IS NULL
   AND d.protocol = 'hub';

-- name: find_by_id
-- The same by the devices' ids, for tickets that were bound to them.
SELECT asked.n, d.id AS device_id, d.kind, d.ambulance_id, d.facility_id
  FROM unnest(:device_id::bigint[]) WITH ORDINALITY AS asked (device_id, n)
  JOIN devices d ON d.id = asked.device_id
 WHERE d.revoked_at IS NULL;

-- name: find_fallen
-- Of connections, each a device, the secret that opened it (null: a ticket did) and the ambulance that it speaks for:
-- those that would be refused today.
SELECT asked.n
  FROM unnest(:device_ids::bigint[], :hashes::bytea[], :ambulance_ids::bigint[])
       WITH ORDINALITY AS asked (device_id, hash, ambulance_id, n)
  LEFT JOIN devices d ON d.id = asked.device_id AND d.revoked_at IS NULL
  LEFT JOIN device_secrets s ON s.hash = asked.hash AND s.device_id = d.id AND s.revoked_at IS NULL
       AND (s.expires_at IS NULL OR s.expires_at > :now)
 WHERE d.id IS NULL OR d.ambulance_id IS DISTINCT FROM asked.ambulance_id
       OR (asked.hash IS NOT NULL AND s.hash IS NULL);

-- name: claim
-- Uses a claim code up; no row when it is unknown, used, out of date or its device revoked.
UPDATE devices SET claim_hash = NULL, claim_expires_at = NULL
 WHERE claim_hash = :hash AND claim_expires_at > :now AND revoked_at IS NULL
RETURNING id AS device_id, kind, ambulance_id;

-- name: revoke_secrets
-- What was handed out before a claim stops counting.
UPDATE device_secrets SET revoked_at = :now WHERE device_id = :device_id AND revoked_at IS NULL;

-- name: insert_secret
-- The secret of a claimed device, as its SHA-256.
INSERT INTO device_secrets (hash, device_id, created_at) VALUES (:hash, :device_id, :now);

-- name: plate_of
-- What the claimed tablet shows as its ambulance.
SELECT id, plate_number FROM ambulances WHERE id = :ambulance_id;

-- name: saw
-- Notes that devices are connected.
UPDATE devices SET last_seen_at = :now WHERE id = ANY (:ids::bigint[]);
