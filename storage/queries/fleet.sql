-- name: find_ambulance
-- The ambulance of a plate.
SELECT id FROM ambulances WHERE plate_number = :plate_number;

-- name: insert_ambulance
-- A new ambulance.
INSERT INTO ambulances (plate_number) VALUES (:plate_number) RETURNING id;

-- name: find_tablet
-- The oldest tablet of an ambulance with this name that still counts.
SELECT id FROM devices
 WHERE ambulance_id = :ambulance_id AND name = :name AND kind = 'tablet' AND revoked_at IS NULL
 ORDER BY id
 LIMIT 1;

-- name: insert_device
-- A new device, with the hash of its claim code where it is to be claimed.
INSERT INTO devices (kind, name, ambulance_id, claim_hash, claim_expires_at, protocol)
VALUES (:kind, :name, :ambulance_id, :claim_hash, :claim_expires_at, :protocol)
RETURNING id;

-- name: insert_physio_device
-- The part of a device that only physiotherapy sensors have.
INSERT INTO physio_devices (id) VALUES (:device_id) ON CONFLICT DO NOTHING;

-- name: describe_physio_device
-- What a sensor is.
UPDATE physio_devices
   SET model = :model, joints = coalesce(:joints::text[], joints), included_angle = :included_angle
 WHERE id = :device_id;

-- name: bind_ambulance
-- Mounts a tablet in an ambulance, or nowhere; its open connections end, and it comes back for the other one.
UPDATE devices SET ambulance_id = :target::bigint WHERE id = :device_id AND kind = 'tablet' AND revoked_at IS NULL;

-- name: bind_patient
-- Gives a sensor to a patient, or puts it back into the cupboard.
UPDATE physio_devices SET patient_id = :target::uuid
 WHERE id = (SELECT id FROM devices WHERE id = :device_id AND kind = 'physio' AND revoked_at IS NULL);

-- name: measures_another
-- Whether a sensor measures a session in progress of somebody else than this patient.
SELECT EXISTS (SELECT FROM physio_sessions
                WHERE device_id = :device_id AND status = 'in_progress' AND patient_id <> :patient_id) AS found;

-- name: bind_facility
-- Says whose device it is.
UPDATE devices SET facility_id = :target::uuid WHERE id = :device_id AND revoked_at IS NULL;

-- name: within_facility
-- Whether an ambulance belongs to a facility, and whether a patient has business there; null asks for nothing.
SELECT (:ambulance_id::bigint IS NULL
        OR EXISTS (SELECT FROM ambulances WHERE id = :ambulance_id AND facility_id = :facility_id::uuid))
       AND (:patient_id::uuid IS NULL OR :patient_id IN (SELECT patients_with_business(:facility_id))) AS within;

-- name: within_care
-- Whether a patient is in the care of a doctor.
SELECT :patient_id::uuid IN (SELECT patients_in_care(:doctor_id::uuid, :now, :days::int)) AS within;

-- name: lock
-- A device that counts, held until the transaction ends.
SELECT id FROM devices WHERE id = :device_id AND revoked_at IS NULL FOR NO KEY UPDATE;

-- name: set_claim
-- A new claim code for a device that counts; an older code stops counting.
UPDATE devices SET claim_hash = :claim_hash, claim_expires_at = :claim_expires_at
 WHERE id = :device_id AND revoked_at IS NULL;

-- name: insert_secret
-- One more secret of a device, as its SHA-256.
INSERT INTO device_secrets (hash, device_id, created_at, expires_at)
VALUES (:hash, :device_id, :now, :expires_at);

-- name: end_secrets
-- The secrets handed out so far count until then, not longer.
UPDATE device_secrets SET expires_at = :ends_at
 WHERE device_id = :device_id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :ends_at);

-- name: revoke_secrets
-- The secrets handed out so far stop counting now.
UPDATE device_secrets SET revoked_at = :now WHERE device_id = :device_id AND revoked_at IS NULL;

-- name: revoke_device
-- A device that may not connect any more; nothing is written when it was revoked before or does not exist.
UPDATE devices SET revoked_at = :now, claim_hash = NULL, claim_expires_at = NULL
 WHERE id = :device_id AND revoked_at IS NULL;

-- name: list_devices
-- Every device with its ambulance, and until when its newest claim code and secret count.
SELECT d.id, d.kind, d.protocol, d.name, a.plate_number, d.created_at, d.revoked_at, d.claim_expires_at,
       (SELECT count(*) FROM device_secrets s
         WHERE s.device_id = d.id AND s.revoked_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > now())
       ) AS secrets,
       (SELECT coalesce(sum(t.last_seq), 0)::bigint FROM streams t WHERE t.device_id = d.id) AS samples
  FROM devices d
  LEFT JOIN ambulances a ON a.id = d.ambulance_id
 ORDER BY d.id;
