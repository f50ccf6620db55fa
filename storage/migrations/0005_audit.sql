-- Who read what, as a patient and an administrator see it; and seals that name the entry that was changed.

SET ROLE arogya_owner;

ALTER TABLE audit_seals ADD COLUMN digests bytea NOT NULL;
ALTER TABLE audit_seals ADD CONSTRAINT audit_seals_digests CHECK (length(digests) = 32 * cardinality(entry_ids));
COMMENT ON COLUMN audit_seals.hash IS 'SHA-256 over previous, the id, the time, the ids of the entries and their digests (docs/audit.md).';
COMMENT ON COLUMN audit_seals.digests IS 'SHA-256 of each covered entry, one after the other: they tell which one was changed.';

DROP INDEX audit_log_patient_id_idx, audit_log_actor_idx, audit_log_entity_idx;
CREATE INDEX audit_log_at_idx ON audit_log (at, id);
CREATE INDEX audit_log_patient_id_idx ON audit_log (patient_id, at, id) WHERE patient_id IS NOT NULL;
CREATE INDEX audit_log_actor_idx ON audit_log (actor_id, at, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_log_entity_idx ON audit_log (entity, entity_id, at, id);
COMMENT ON INDEX audit_log_at_idx IS 'The log by time, to page through it.';
COMMENT ON INDEX audit_log_patient_id_idx IS 'What happened to the data of a patient.';
COMMENT ON INDEX audit_log_actor_idx IS 'What an actor did.';
COMMENT ON INDEX audit_log_entity_idx IS 'What happened to a row.';

CREATE VIEW record_accesses AS
SELECT l.id,
       l.at,
       l.patient_id,
       coalesce(u.name, d.name, 'Arogya Hub') AS name,
       CASE WHEN s.role = 'admin' THEN 'staff admin'
            ELSE coalesce(s.role, u.role, CASE WHEN d.id IS NOT NULL THEN 'device' ELSE 'system' END) END AS role,
       coalesce(
           (SELECT f.name FROM facilities f WHERE f.id = coalesce(s.facility_id, d.facility_id)),
           (SELECT string_agg(f.name, ', ' ORDER BY f.name)
              FROM doctor_facilities w JOIN facilities f ON f.id = w.facility_id
             WHERE w.doctor_id = u.id)) AS facility,
       l.action,
       l.entity,
       coalesce(
           l.reason,
           (SELECT b.reason FROM break_glass b
             WHERE b.user_id = u.id AND b.patient_id = l.patient_id AND b.granted_at <= l.at AND b.expires_at > l.at
             ORDER BY b.granted_at DESC LIMIT 1)) AS reason
  FROM audit_log l
  LEFT JOIN users u ON u.id = CASE WHEN l.actor_kind = 'user' THEN l.actor_id::uuid END
  LEFT JOIN staff s ON s.id = u.id
  LEFT JOIN devices d ON d.id = CASE WHEN l.actor_kind = 'device' THEN l.actor_id::bigint END
 WHERE l.patient_id IS NOT NULL AND l.outcome = 'allowed' AND l.actor_id IS DISTINCT FROM l.patient_id::text;
COMMENT ON VIEW record_accesses IS 'Who saw or changed what is stored about a patient, as the patient is told; not what they did themselves.';
COMMENT ON COLUMN record_accesses.name IS 'Who it was: a person, a device, or the hub.';
COMMENT ON COLUMN record_accesses.role IS 'patient | doctor | receptionist | staff admin | admin | device | system.';
COMMENT ON COLUMN record_accesses.facility IS 'Where they work: the facility of staff, those of a doctor.';
COMMENT ON COLUMN record_accesses.reason IS 'What they said when they looked without a relation to the patient.';

GRANT SELECT ON record_accesses TO arogya_reader;

RESET ROLE;
