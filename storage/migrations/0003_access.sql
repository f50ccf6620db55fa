-- Care relations, broken glass, and who has business where: what the access rules ask.

SET ROLE arogya_owner;

CREATE TABLE break_glass (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id    uuid NOT NULL REFERENCES users,
    patient_id uuid NOT NULL REFERENCES patients,
    reason     text NOT NULL CONSTRAINT break_glass_reason_said CHECK (length(reason) BETWEEN 10 AND 500),
    granted_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT break_glass_an_hour_at_most CHECK (expires_at > granted_at AND expires_at <= granted_at + interval '60 minutes')
);
CREATE INDEX break_glass_user_id_idx ON break_glass (user_id, patient_id, expires_at);
CREATE INDEX break_glass_patient_id_idx ON break_glass (patient_id, granted_at);
COMMENT ON TABLE break_glass IS 'Who looked at a patient without a relation, for a stated reason, for an hour at most; the patient is told.';
COMMENT ON COLUMN break_glass.reason IS 'What the person said; shown to the patient and to auditors.';
COMMENT ON INDEX break_glass_pkey IS 'The primary key of break_glass: id.';
COMMENT ON INDEX break_glass_user_id_idx IS 'Whether somebody may see a patient at this moment.';
COMMENT ON INDEX break_glass_patient_id_idx IS 'Who looked at a patient this way.';

CREATE FUNCTION facilities_of_doctor(doctor uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT facility_id FROM doctor_facilities WHERE doctor_id = doctor $$;
COMMENT ON FUNCTION facilities_of_doctor(uuid) IS 'Where a doctor works.';

CREATE FUNCTION patients_in_care(doctor uuid, at timestamptz, days int) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT patient_id FROM appointments
     WHERE doctor_id = doctor AND status <> 'cancelled' AND scheduled_at >= at - make_interval(days => days)
    UNION
    SELECT patient_id FROM physio_sessions
     WHERE therapist_id = doctor AND status <> 'cancelled'
       AND scheduled_at >= at - make_interval(days => days) AND scheduled_at <= at + make_interval(days => days)
    UNION
    SELECT patient_id FROM workout_plans
     WHERE created_by = doctor AND status = 'active' AND (end_date IS NULL OR end_date >= (at AT TIME ZONE 'UTC')::date - 1)
$$;
COMMENT ON FUNCTION patients_in_care(uuid, timestamptz, int) IS
    'The patients in active care of a doctor: an appointment that is not cancelled, from so many days ago to any time ahead; a physio session within so many days; or an active plan (its last day may still be going on somewhere).';

CREATE FUNCTION patients_with_business(facility uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT patient_id FROM appointments WHERE facility_id = facility
    UNION
    SELECT patient_id FROM ambulance_requests
     WHERE (facility_id = facility OR destination_facility_id = facility) AND patient_id IS NOT NULL
    UNION
    SELECT user_id FROM transactions WHERE facility_id = facility
$$;
COMMENT ON FUNCTION patients_with_business(uuid) IS 'The patients with an appointment, a request or a payment at a facility.';

CREATE FUNCTION patients_behind_broken_glass(who uuid, at timestamptz) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT patient_id FROM break_glass WHERE user_id = who AND granted_at <= at AND expires_at > at $$;
COMMENT ON FUNCTION patients_behind_broken_glass(uuid, timestamptz) IS 'The patients that somebody may see at this moment for a reason that they gave.';

GRANT SELECT ON break_glass TO arogya_reader;
GRANT SELECT, INSERT ON break_glass TO arogya_app;

RESET ROLE;
