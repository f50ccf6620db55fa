-- What the records API needs of the tables: indexes to search and to page by, limits, times that a move notes by itself.

CREATE EXTENSION IF NOT EXISTS pg_trgm;  -- finding people by a part of their name

SET ROLE arogya_owner;

CREATE INDEX users_name_idx ON users (name, id);
CREATE INDEX users_search_idx ON users USING gin (name gin_trgm_ops, phone gin_trgm_ops);
CREATE INDEX ambulance_requests_requested_at_idx ON ambulance_requests (requested_at, id);
CREATE INDEX messages_receiver_id_idx ON messages (receiver_id, sequence);
CREATE INDEX messages_sender_id_idx ON messages (sender_id, sequence);
COMMENT ON INDEX users_name_idx IS 'Everybody by name, to page through lists of people.';
COMMENT ON INDEX users_search_idx IS 'People by a part of their name or number.';
COMMENT ON INDEX ambulance_requests_requested_at_idx IS 'All requests by time, to page through them.';
COMMENT ON INDEX messages_receiver_id_idx IS 'What a user was sent, in order.';
COMMENT ON INDEX messages_sender_id_idx IS 'What a user has sent, in order.';

ALTER TABLE facilities ADD CONSTRAINT facilities_lengths CHECK (
    length(name) <= 200 AND length(address) <= 500 AND length(phone) <= 40 AND length(time_zone) <= 64);
ALTER TABLE users ADD CONSTRAINT users_lengths CHECK (
    length(name) <= 200 AND length(email) <= 254 AND length(phone) <= 40 AND length(time_zone) <= 64);
ALTER TABLE patients ADD CONSTRAINT patients_lengths CHECK (
    length(address) <= 500);
ALTER TABLE doctors ADD CONSTRAINT doctors_lengths CHECK (
    length(specialization) <= 200 AND length(license_number) BETWEEN 1 AND 100);
ALTER TABLE ambulances ADD CONSTRAINT ambulances_lengths CHECK (
    length(plate_number) <= 40 AND length(driver_name) <= 200);
ALTER TABLE appointments ADD CONSTRAINT appointments_lengths CHECK (
    length(notes) <= 10000);
ALTER TABLE ambulance_requests ADD CONSTRAINT ambulance_requests_lengths CHECK (
    length(destination) <= 500 AND length(caller) <= 200 AND length(callback_number) <= 40 AND
    length(complaint) <= 2000 AND length(location_note) <= 1000 AND length(notes) <= 10000 AND
    length(cancel_reason) BETWEEN 1 AND 500);
ALTER TABLE physio_sessions ADD CONSTRAINT physio_sessions_lengths CHECK (
    length(notes) <= 10000);
ALTER TABLE workout_plans ADD CONSTRAINT workout_plans_lengths CHECK (
    length(notes) <= 10000);
ALTER TABLE devices ADD CONSTRAINT devices_lengths CHECK (
    length(name) <= 100);
ALTER TABLE plan_exercises ADD CONSTRAINT plan_exercises_lengths CHECK (
    length(name) <= 200);

CREATE FUNCTION doctors_caring(patient uuid, at timestamptz, days int) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT doctor_id FROM appointments
     WHERE patient_id = patient AND status <> 'cancelled' AND scheduled_at >= at - make_interval(days => days)
    UNION
    SELECT therapist_id FROM physio_sessions
     WHERE patient_id = patient AND status <> 'cancelled'
       AND scheduled_at >= at - make_interval(days => days) AND scheduled_at <= at + make_interval(days => days)
    UNION
    SELECT created_by FROM workout_plans
     WHERE patient_id = patient AND status = 'active' AND (end_date IS NULL OR end_date >= (at AT TIME ZONE 'UTC')::date - 1)
$$;
COMMENT ON FUNCTION doctors_caring(uuid, timestamptz, int) IS
    'The doctors who have a patient in active care: patients_in_care() from the other side.';

CREATE FUNCTION facilities_with_business(patient uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT facility_id FROM appointments WHERE patient_id = patient
    UNION
    SELECT unnest(ARRAY[facility_id, destination_facility_id]) FROM ambulance_requests WHERE patient_id = patient
    UNION
    SELECT facility_id FROM transactions WHERE user_id = patient
$$;
COMMENT ON FUNCTION facilities_with_business(uuid) IS
    'The facilities that a patient has or had to do with: patients_with_business() from the other side.';

CREATE FUNCTION doubt_phone() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.phone IS DISTINCT FROM OLD.phone AND NEW.phone_verified_at IS NOT DISTINCT FROM OLD.phone_verified_at THEN
        NEW.phone_verified_at := NULL;
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION doubt_phone() IS 'A number that was changed is not yet proven.';
CREATE TRIGGER doubt_phone BEFORE UPDATE OF phone ON users FOR EACH ROW EXECUTE FUNCTION doubt_phone();
COMMENT ON COLUMN users.phone_verified_at IS 'When the number was proven to be theirs; null = not, or it was changed since.';

CREATE FUNCTION keep_bookings() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    IF EXISTS (
        SELECT FROM appointments
         WHERE doctor_id = OLD.doctor_id AND facility_id = OLD.facility_id AND scheduled_at > now()
           AND status IN ('requested', 'scheduled', 'arrived')
        UNION ALL
        SELECT FROM physio_sessions
         WHERE therapist_id = OLD.doctor_id AND facility_id = OLD.facility_id AND scheduled_at > now()
           AND status IN ('scheduled', 'in_progress')
    ) THEN
        RAISE EXCEPTION 'the doctor has bookings to come at this facility'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'doctor_facilities_no_bookings', TABLE = 'doctor_facilities';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION keep_bookings() IS 'Refuses to end a doctor''s work at a facility while patients are booked there.';
CREATE TRIGGER keep_bookings AFTER DELETE OR UPDATE OF doctor_id, facility_id ON doctor_facilities
    FOR EACH ROW EXECUTE FUNCTION keep_bookings();

CREATE FUNCTION touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION touch() IS 'Notes when a row was changed.';
CREATE TRIGGER touch BEFORE UPDATE OF plate_number, driver_name, status, capability, base_location, facility_id ON ambulances
    FOR EACH ROW EXECUTE FUNCTION touch();
COMMENT ON COLUMN ambulances.updated_at IS 'When it was last changed; moving is no change.';

CREATE FUNCTION close_request() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.status IN ('completed', 'cancelled', 'duplicate') AND NEW.status <> OLD.status THEN
        NEW.closed_at := coalesce(NEW.closed_at, greatest(now(), NEW.requested_at));
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION close_request() IS 'Notes when a request ended.';
CREATE TRIGGER close_request BEFORE UPDATE OF status ON ambulance_requests
    FOR EACH ROW EXECUTE FUNCTION close_request();

CREATE FUNCTION follow_plan() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    IF NEW.plan_id IS NOT NULL AND (NEW.therapist_id IS NULL OR NEW.joint IS NULL) THEN
        SELECT coalesce(NEW.therapist_id, p.created_by), coalesce(NEW.joint, p.joint)
          INTO NEW.therapist_id, NEW.joint
          FROM workout_plans p
         WHERE p.id = NEW.plan_id;
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION follow_plan() IS 'A session by a plan has the doctor and the joint of the plan where it says nothing else.';

CREATE FUNCTION time_session() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.status = 'in_progress' AND OLD.status <> 'in_progress' THEN
        NEW.started_at := coalesce(NEW.started_at, now());
    ELSIF OLD.status = 'in_progress' AND NEW.status <> 'in_progress' THEN
        NEW.ended_at := coalesce(NEW.ended_at, greatest(now(), NEW.started_at));
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION time_session() IS 'Notes when a session really began and ended.';
CREATE TRIGGER follow_plan BEFORE INSERT ON physio_sessions FOR EACH ROW EXECUTE FUNCTION follow_plan();
CREATE TRIGGER time_session BEFORE UPDATE OF status ON physio_sessions FOR EACH ROW EXECUTE FUNCTION time_session();

RESET ROLE;
