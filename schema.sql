-- The whole schema of Arogya Hub, top to bottom, for PostgreSQL 15 to 18.
--
-- Databases are made and moved by `arogya migrate`; a test proves that the migrations add up to this file. To look at it
-- in an empty database of your own: psql --single-transaction --set=ON_ERROR_STOP=1 --file=schema.sql DATABASE
--
--   1  roles and extensions          6  physiotherapy
--   2  shared functions              7  devices, streams, telemetry
--   3  people and places             8  payments, messages, notifications
--   4  appointments                  9  sign-in, audit, idempotency
--   5  ambulances and dispatch      10  event channels
--                                   11  access: care relations, broken glass
--                                   12  notifications to the hub, comments on keys, grants
--
-- Conventions: time is timestamptz; money is numeric with a currency; places are `point` with x = longitude and
-- y = latitude in WGS84 degrees; weekdays are ISO (1 = Monday … 7 = Sunday); statuses are text with a CHECK, and the
-- column's comment gives the transitions. Ids are uuid, except those that ride on telemetry rows, which are bigint.


-- 1  Roles and extensions --------------------------------------------------------------------------------------------

-- Roles belong to the cluster, so another database may have made them, or be making them at this moment.
DO $roles$
DECLARE
    wanted text;
    usable text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['arogya_owner', 'arogya_ingest', 'arogya_reader', 'arogya_app'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the user "%" may not create the role "%"', current_user, wanted
                    USING ERRCODE = 'insufficient_privilege',
                          HINT = format('As a superuser: ALTER ROLE %I CREATEROLE;', current_user);
        END;
        BEGIN
            IF NOT pg_has_role(current_user, wanted, usable) THEN
                EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the user "%" is not a member of the role "%"', current_user, wanted
                    USING ERRCODE = 'insufficient_privilege',
                          HINT = format('As a superuser: GRANT %I TO %I;', wanted, current_user);
        END;
    END LOOP;
END
$roles$;

CREATE EXTENSION IF NOT EXISTS btree_gist;  -- EXCLUDE constraints that compare ids and times together
CREATE EXTENSION IF NOT EXISTS pg_trgm;     -- finding people by a part of their name
CREATE EXTENSION IF NOT EXISTS citext;      -- e-mail addresses that differ only in case are one address

GRANT USAGE, CREATE ON SCHEMA public TO arogya_owner;
GRANT USAGE ON SCHEMA public TO arogya_ingest, arogya_reader, arogya_app;
SET ROLE arogya_owner;

CREATE TABLE schema_migrations (
    number     int PRIMARY KEY CHECK (number > 0),
    name       text NOT NULL,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE schema_migrations IS 'The migrations that this database has been through.';
COMMENT ON COLUMN schema_migrations.checksum IS 'SHA-256 of the file when it was applied; an edited migration is refused.';


-- 2  Shared functions ------------------------------------------------------------------------------------------------

CREATE FUNCTION are_joints(joints text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT coalesce(bool_and(j ~ ('^((left|right)_('
            'hip_(flexion|abduction|rotation)|knee_(flexion|rotation)|ankle_(dorsiflexion|inversion)|'
            'shoulder_(flexion|abduction|rotation)|elbow_flexion|forearm_supination|wrist_(flexion|deviation)'
            ')|(neck|trunk)_(flexion|bending|rotation))$')) AND bool_and(j IS NOT NULL), true)
        FROM unnest(joints) AS j
    );
COMMENT ON FUNCTION are_joints(text[]) IS
    'Whether every element is on the closed list {side}_{joint}_{motion}; flexion and dorsiflexion are positive (SFTR neutral-zero), extension is negative flexion.';

CREATE FUNCTION is_place(place point) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN place[0] BETWEEN -180 AND 180 AND place[1] BETWEEN -90 AND 90;
COMMENT ON FUNCTION is_place(point) IS 'Whether x is a longitude and y a latitude, in degrees.';

CREATE FUNCTION to_us(moment timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (extract(epoch FROM moment) * 1000000)::bigint;
COMMENT ON FUNCTION to_us(timestamptz) IS 'Microseconds since 1970, as times are written on the wire.';

CREATE FUNCTION minutes_from(start timestamptz, minutes int) RETURNS tstzrange
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN tstzrange(start, start + make_interval(mins => minutes));
COMMENT ON FUNCTION minutes_from(timestamptz, int) IS
    'The half-open range of so many minutes. Declared immutable although timestamptz + interval is not: minutes, unlike days, are the same in every zone.';

CREATE FUNCTION is_ascending(VARIADIC stages timestamptz[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (
        SELECT coalesce(bool_and(earlier IS NULL OR earlier <= stage), true)
        FROM (
            SELECT stage, max(stage) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier
            FROM unnest(stages) WITH ORDINALITY AS s (stage, n)
            WHERE stage IS NOT NULL
        ) AS pairs
    );
COMMENT ON FUNCTION is_ascending(timestamptz[]) IS 'Whether the times never go back; skipped (null) stages are passed over.';

CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION refuse_change() IS 'Keeps a table append-only, for its owner too.';


-- 3  People and places -----------------------------------------------------------------------------------------------

CREATE TABLE facilities (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name       text NOT NULL CHECK (name <> ''),
    address    text,
    phone      text,
    type       text NOT NULL CHECK (type IN ('clinic', 'hospital')),
    time_zone  text NOT NULL DEFAULT 'Asia/Kolkata',
    location   point CHECK (is_place(location)),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT facilities_lengths CHECK (
        length(name) <= 200 AND length(address) <= 500 AND length(phone) <= 40 AND length(time_zone) <= 64)
);
COMMENT ON TABLE facilities IS 'Clinics and hospitals.';
COMMENT ON COLUMN facilities.type IS 'clinic: outpatients only. hospital: also takes ambulances.';
COMMENT ON COLUMN facilities.time_zone IS 'IANA name; weekly schedules and local days are read in it.';

CREATE TABLE users (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name              text NOT NULL CHECK (name <> ''),
    email             citext CONSTRAINT users_email_key UNIQUE,
    password          text,
    phone             text,
    role              text NOT NULL CHECK (role IN ('patient', 'doctor', 'staff', 'admin')),
    time_zone         text,
    phone_verified_at timestamptz,
    disabled_at       timestamptz,
    created_at        timestamptz NOT NULL DEFAULT now(),
    pseudonymised_at  timestamptz,
    CONSTRAINT users_email_or_patient CHECK (email IS NOT NULL OR role = 'patient' OR pseudonymised_at IS NOT NULL),
    CONSTRAINT users_lengths CHECK (
        length(name) <= 200 AND length(email) <= 254 AND length(phone) <= 40 AND length(time_zone) <= 64)
);
CREATE INDEX users_name_idx ON users (name, id);
CREATE INDEX users_search_idx ON users USING gin (name gin_trgm_ops, phone gin_trgm_ops);
COMMENT ON TABLE users IS 'Everybody who can sign in; patients, doctors and staff extend it one to one.';
COMMENT ON COLUMN users.email IS 'Compared without regard to case; null for patients at the desk who have none, and once pseudonymised.';
COMMENT ON COLUMN users.password IS 'argon2id hash; null until the account is activated. Never readable by arogya_reader.';
COMMENT ON COLUMN users.role IS 'patient | doctor | staff (see staff.role and staff.duty) | admin (of the platform). Changed by an admin only, never their own.';
COMMENT ON COLUMN users.time_zone IS 'IANA name for reminders and local days; null = that of the facility.';
COMMENT ON COLUMN users.disabled_at IS 'Since when the account may not sign in; null = it may.';
COMMENT ON COLUMN users.pseudonymised_at IS 'When everything that names the person was removed, for good; null = never.';
COMMENT ON INDEX users_email_key IS 'One account per e-mail address; sign-in looks accounts up by it.';
COMMENT ON INDEX users_name_idx IS 'Everybody by name, to page through lists of people.';
COMMENT ON INDEX users_search_idx IS 'People by a part of their name or number.';

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

CREATE TABLE patients (
    id            uuid PRIMARY KEY REFERENCES users,
    date_of_birth date CHECK (date_of_birth >= '1880-01-01'),
    gender        text CHECK (gender IN ('female', 'male', 'other', 'unknown')),
    blood_type    text CHECK (blood_type IN ('A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', 'O+', 'O-')),
    address       text,
    CONSTRAINT patients_lengths CHECK (
        length(address) <= 500)
);
COMMENT ON TABLE patients IS 'What is medical about a user with the role patient.';
COMMENT ON COLUMN patients.gender IS 'female | male | other | unknown (HL7 FHIR administrative gender).';
COMMENT ON COLUMN patients.blood_type IS 'ABO group with rhesus factor; null = not known.';

CREATE TABLE doctors (
    id               uuid PRIMARY KEY REFERENCES users,
    specialization   text,
    license_number   text CONSTRAINT doctors_license_number_key UNIQUE,
    years_experience int CHECK (years_experience BETWEEN 0 AND 80),
    CONSTRAINT doctors_lengths CHECK (
        length(specialization) <= 200 AND length(license_number) BETWEEN 1 AND 100)
);
COMMENT ON TABLE doctors IS 'Medical professionals, physiotherapists among them.';
COMMENT ON INDEX doctors_license_number_key IS 'A licence belongs to one doctor.';

CREATE TABLE staff (
    id          uuid PRIMARY KEY REFERENCES users,
    facility_id uuid NOT NULL REFERENCES facilities,
    role        text NOT NULL CHECK (role IN ('receptionist', 'admin')),
    duty        text CHECK (duty IN ('dispatcher', 'supervisor'))
);
CREATE INDEX staff_facility_id_idx ON staff (facility_id);
COMMENT ON TABLE staff IS 'People who work at the desk of one facility.';
COMMENT ON COLUMN staff.role IS 'receptionist | admin (of this facility).';
COMMENT ON COLUMN staff.duty IS 'dispatcher: works the ambulance board. supervisor: also corrects and reassigns. null: neither.';
COMMENT ON INDEX staff_facility_id_idx IS 'The staff of a facility.';

CREATE TABLE doctor_facilities (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    doctor_id   uuid NOT NULL REFERENCES doctors,
    facility_id uuid NOT NULL REFERENCES facilities,
    CONSTRAINT doctor_facilities_pair_key UNIQUE (doctor_id, facility_id)
);
CREATE INDEX doctor_facilities_facility_id_idx ON doctor_facilities (facility_id);
COMMENT ON TABLE doctor_facilities IS 'Where a doctor works.';
COMMENT ON INDEX doctor_facilities_pair_key IS 'A doctor works at a facility once; also the facilities of a doctor.';
COMMENT ON INDEX doctor_facilities_facility_id_idx IS 'The doctors of a facility.';

CREATE TABLE doctor_schedules (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    doctor_id   uuid NOT NULL REFERENCES doctors,
    facility_id uuid NOT NULL REFERENCES facilities,
    day_of_week smallint NOT NULL CONSTRAINT doctor_schedules_day_of_week_iso CHECK (day_of_week BETWEEN 1 AND 7),
    start_time  time NOT NULL,
    end_time    time NOT NULL,
    CONSTRAINT doctor_schedules_window CHECK (start_time <> end_time),
    CONSTRAINT doctor_schedules_once UNIQUE (doctor_id, facility_id, day_of_week, start_time)
);
CREATE INDEX doctor_schedules_facility_id_idx ON doctor_schedules (facility_id);
COMMENT ON TABLE doctor_schedules IS 'Weekly windows in which a doctor sees patients at a facility.';
COMMENT ON COLUMN doctor_schedules.day_of_week IS 'ISO: 1 = Monday … 7 = Sunday; the local day on which the window starts.';
COMMENT ON COLUMN doctor_schedules.start_time IS 'In the time zone of the facility.';
COMMENT ON COLUMN doctor_schedules.end_time IS 'In the time zone of the facility; before start_time = on the next day.';
COMMENT ON INDEX doctor_schedules_once IS 'No window twice; also the windows of a doctor.';
COMMENT ON INDEX doctor_schedules_facility_id_idx IS 'The windows at a facility.';

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


-- 4  Appointments ----------------------------------------------------------------------------------------------------

CREATE TABLE appointments (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    patient_id      uuid NOT NULL REFERENCES patients,
    doctor_id       uuid NOT NULL REFERENCES doctors,
    facility_id     uuid NOT NULL REFERENCES facilities,
    scheduled_at    timestamptz NOT NULL,
    duration_min    int NOT NULL DEFAULT 30 CHECK (duration_min BETWEEN 5 AND 720),
    during          tstzrange NOT NULL GENERATED ALWAYS AS (minutes_from(scheduled_at, duration_min)) STORED,
    status          text NOT NULL DEFAULT 'scheduled'
                    CHECK (status IN ('requested', 'scheduled', 'arrived', 'completed', 'cancelled', 'missed')),
    notes           text,
    overbook_reason text CHECK (overbook_reason <> ''),
    version         int NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT appointments_two_people CHECK (patient_id <> doctor_id),
    CONSTRAINT appointments_doctor_free EXCLUDE USING gist (doctor_id WITH =, during WITH &&)
        WHERE (status IN ('requested', 'scheduled', 'arrived') AND overbook_reason IS NULL),
    CONSTRAINT appointments_patient_free EXCLUDE USING gist (patient_id WITH =, during WITH &&)
        WHERE (status IN ('requested', 'scheduled', 'arrived') AND overbook_reason IS NULL),
    CONSTRAINT appointments_lengths CHECK (
        length(notes) <= 10000)
);
CREATE INDEX appointments_doctor_id_idx ON appointments (doctor_id, scheduled_at);
CREATE INDEX appointments_patient_id_idx ON appointments (patient_id, scheduled_at);
CREATE INDEX appointments_facility_id_idx ON appointments (facility_id, scheduled_at);
COMMENT ON TABLE appointments IS 'Booked times of a patient with a doctor; the database refuses double-booking.';
COMMENT ON COLUMN appointments.status IS
    'requested → scheduled | cancelled; scheduled → arrived | completed | cancelled | missed; arrived → completed | cancelled. completed, cancelled and missed are final.';
COMMENT ON COLUMN appointments.during IS 'The half-open time the appointment takes, kept for the exclusion constraints.';
COMMENT ON COLUMN appointments.notes IS 'Clinical text: never shown to reception.';
COMMENT ON COLUMN appointments.overbook_reason IS 'Why staff booked it although the time was taken; null = it may not overlap.';
COMMENT ON COLUMN appointments.version IS 'Raised by every edit; an edit of an older version is refused.';
COMMENT ON INDEX appointments_doctor_free IS 'A doctor has one live appointment at a time.';
COMMENT ON INDEX appointments_patient_free IS 'A patient has one live appointment at a time.';
COMMENT ON INDEX appointments_doctor_id_idx IS 'The appointments of a doctor by time, for calendars and the care relation.';
COMMENT ON INDEX appointments_patient_id_idx IS 'The appointments of a patient by time.';
COMMENT ON INDEX appointments_facility_id_idx IS 'The appointments at a facility by time.';


-- 5  Ambulances and dispatch -----------------------------------------------------------------------------------------

-- The location columns change once a second for every unit that moves: no index may hold them, and pages keep room, so
-- that each of those updates is heap-only (HOT).
CREATE TABLE ambulances (
    id                bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    plate_number      text NOT NULL CONSTRAINT ambulances_plate_number_key UNIQUE CHECK (plate_number <> ''),
    driver_name       text,
    status            text NOT NULL DEFAULT 'available' CHECK (status IN (
                          'available', 'dispatched', 'en_route', 'on_scene', 'transporting', 'at_hospital',
                          'out_of_service', 'offline')),
    capability        text NOT NULL DEFAULT 'basic' CHECK (capability IN ('transport', 'basic', 'advanced', 'neonatal')),
    base_location     point CHECK (is_place(base_location)),
    facility_id       uuid REFERENCES facilities,
    current_location  point CHECK (is_place(current_location)),
    location_fix_at   timestamptz,
    location_speed    real,
    location_heading  real,
    location_accuracy real,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ambulances_location_dated CHECK (current_location IS NULL OR location_fix_at IS NOT NULL),
    CONSTRAINT ambulances_lengths CHECK (
        length(plate_number) <= 40 AND length(driver_name) <= 200)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500);
COMMENT ON TABLE ambulances IS 'Emergency vehicles, with where each was last seen.';
COMMENT ON COLUMN ambulances.status IS
    'available → dispatched → en_route → on_scene → transporting → at_hospital → available, moved only together with the assignment; any of them ↔ offline (silence). People and tablets may set only available ↔ out_of_service.';
COMMENT ON COLUMN ambulances.capability IS 'transport: no emergency care. basic: basic life support. advanced: advanced life support. neonatal: incubator.';
COMMENT ON COLUMN ambulances.facility_id IS 'The facility it belongs to, where there is one.';
COMMENT ON COLUMN ambulances.base_location IS 'Where it waits.';
COMMENT ON COLUMN ambulances.current_location IS 'The newest good fix, at most once a second; x = longitude, y = latitude.';
COMMENT ON COLUMN ambulances.location_fix_at IS 'When that fix was taken, on the clock of the hub.';
COMMENT ON COLUMN ambulances.location_speed IS 'm/s; NaN or null = none.';
COMMENT ON COLUMN ambulances.location_heading IS 'Degrees clockwise from true north; NaN or null = none.';
COMMENT ON COLUMN ambulances.location_accuracy IS 'Metres, one standard deviation; NaN or null = none.';
COMMENT ON INDEX ambulances_plate_number_key IS 'A plate is on one vehicle; recordings are matched to vehicles by it.';

CREATE TABLE ambulance_requests (
    id                      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    patient_id              uuid REFERENCES patients,
    ambulance_id            bigint REFERENCES ambulances,
    pickup_location         point CHECK (is_place(pickup_location)),
    destination             text,
    requested_at            timestamptz NOT NULL DEFAULT now(),
    status                  text NOT NULL DEFAULT 'received' CHECK (status IN (
                                'received', 'queued', 'assigned', 'on_scene', 'transporting', 'at_destination',
                                'completed', 'cancelled', 'duplicate')),
    priority                smallint NOT NULL DEFAULT 1 CONSTRAINT ambulance_requests_priority_p1_p4 CHECK (priority BETWEEN 1 AND 4),
    caller                  text,
    callback_number         text,
    complaint               text,
    location_note           text,
    notes                   text,
    destination_facility_id uuid REFERENCES facilities,
    destination_location    point CHECK (is_place(destination_location)),
    facility_id             uuid REFERENCES facilities,
    scheduled_for           timestamptz,
    unserved_since          timestamptz,
    cancel_reason           text,
    duplicate_of            uuid REFERENCES ambulance_requests,
    created_by              uuid REFERENCES users,
    source                  text NOT NULL DEFAULT 'phone' CHECK (source IN ('phone', 'app', 'desk', 'radio')),
    closed_at               timestamptz,
    version                 int NOT NULL DEFAULT 1,
    is_verified             boolean NOT NULL DEFAULT true,
    back_entered            boolean NOT NULL DEFAULT false,
    eta_at                  timestamptz,
    needs                   text CHECK (needs IN ('transport', 'basic', 'advanced', 'neonatal')),
    CONSTRAINT ambulance_requests_cancelled_why CHECK (status <> 'cancelled' OR cancel_reason IS NOT NULL),
    CONSTRAINT ambulance_requests_duplicate_of_which CHECK ((status = 'duplicate') = (duplicate_of IS NOT NULL)),
    CONSTRAINT ambulance_requests_not_itself CHECK (duplicate_of <> id),
    CONSTRAINT ambulance_requests_lengths CHECK (
        length(destination) <= 500 AND length(caller) <= 200 AND length(callback_number) <= 40 AND
        length(complaint) <= 2000 AND length(location_note) <= 1000 AND length(notes) <= 10000 AND
        length(cancel_reason) BETWEEN 1 AND 500)
);
CREATE INDEX ambulance_requests_open_idx ON ambulance_requests (priority, requested_at)
    WHERE status NOT IN ('completed', 'cancelled', 'duplicate');
CREATE INDEX ambulance_requests_patient_id_idx ON ambulance_requests (patient_id, requested_at);
CREATE INDEX ambulance_requests_callback_number_idx ON ambulance_requests (callback_number, requested_at)
    WHERE status NOT IN ('completed', 'cancelled', 'duplicate');
CREATE INDEX ambulance_requests_ambulance_id_idx ON ambulance_requests (ambulance_id, requested_at);
CREATE INDEX ambulance_requests_destination_idx ON ambulance_requests (destination_facility_id, requested_at);
CREATE INDEX ambulance_requests_facility_id_idx ON ambulance_requests (facility_id, requested_at);
CREATE INDEX ambulance_requests_duplicate_of_idx ON ambulance_requests (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX ambulance_requests_requested_at_idx ON ambulance_requests (requested_at, id);
CREATE INDEX ambulance_requests_closed_at_idx ON ambulance_requests (closed_at) WHERE closed_at IS NOT NULL;
COMMENT ON TABLE ambulance_requests IS 'Calls for an ambulance. Progress follows from the assignments.';
COMMENT ON COLUMN ambulance_requests.patient_id IS 'Null when a bystander calls; linked later, audited.';
COMMENT ON COLUMN ambulance_requests.ambulance_id IS 'The unit that now has it; null while none has.';
COMMENT ON COLUMN ambulance_requests.pickup_location IS 'x = longitude, y = latitude; null when only location_note is known.';
COMMENT ON COLUMN ambulance_requests.requested_at IS 'When the call was received (NEMSIS eTimes.01).';
COMMENT ON COLUMN ambulance_requests.status IS
    'received → queued → assigned → on_scene → transporting → at_destination → completed; assigned → queued when the unit is lost; on_scene → completed without transport; any open one → cancelled (with a reason) | duplicate (of another).';
COMMENT ON COLUMN ambulance_requests.priority IS '1 critical, 2 emergent, 3 lower, 4 scheduled.';
COMMENT ON COLUMN ambulance_requests.facility_id IS 'The facility on whose behalf it was asked for, where there is one.';
COMMENT ON COLUMN ambulance_requests.unserved_since IS 'Since when no unit can take it, which raises an alarm; null = one can.';
COMMENT ON COLUMN ambulance_requests.source IS 'phone | app (the patient''s own) | desk (reception) | radio.';
COMMENT ON COLUMN ambulance_requests.needs IS 'What the unit has to be able to do: transport | basic | advanced | neonatal; null = what its priority asks for.';
COMMENT ON COLUMN ambulance_requests.is_verified IS 'False: made in the app by an account without a proven number; only a person offers it to a unit.';
COMMENT ON COLUMN ambulance_requests.back_entered IS 'Entered afterwards from paper, with the times that are written there.';
COMMENT ON COLUMN ambulance_requests.eta_at IS 'When the unit that has it should be there; null while none is on its way.';
COMMENT ON INDEX ambulance_requests_open_idx IS 'The queue: open requests, most urgent and oldest first.';
COMMENT ON INDEX ambulance_requests_patient_id_idx IS 'The requests of a patient; a repeat within minutes joins the open one.';
COMMENT ON INDEX ambulance_requests_callback_number_idx IS 'Open requests by number; a repeat within minutes joins the open one.';
COMMENT ON INDEX ambulance_requests_ambulance_id_idx IS 'The requests of an ambulance.';
COMMENT ON INDEX ambulance_requests_destination_idx IS 'What is inbound to a facility.';
COMMENT ON INDEX ambulance_requests_facility_id_idx IS 'What a facility asked for.';
COMMENT ON INDEX ambulance_requests_duplicate_of_idx IS 'The duplicates of a request.';
COMMENT ON INDEX ambulance_requests_requested_at_idx IS 'All requests by time, to page through them.';
COMMENT ON INDEX ambulance_requests_closed_at_idx IS 'What was closed lately, which stays on the board for a while.';

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

CREATE TABLE dispatch_decisions (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    request_id   uuid REFERENCES ambulance_requests,
    ambulance_id bigint REFERENCES ambulances,
    at           timestamptz NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('suggest', 'offer', 'overrule', 'divert', 'queue', 'relocate')),
    travel       text NOT NULL CHECK (travel IN ('line', 'roads', 'osrm', 'valhalla')),
    duration_ms  real NOT NULL,
    inputs       jsonb NOT NULL,
    candidates   jsonb NOT NULL,
    words        text NOT NULL,
    decided_by   uuid REFERENCES users,
    reason       text,
    CONSTRAINT dispatch_decisions_overruled_why CHECK (kind <> 'overrule' OR reason IS NOT NULL),
    CONSTRAINT dispatch_decisions_lengths CHECK (length(words) <= 4000 AND length(reason) BETWEEN 1 AND 500)
);
CREATE INDEX dispatch_decisions_request_id_idx ON dispatch_decisions (request_id, at);
CREATE INDEX dispatch_decisions_at_idx ON dispatch_decisions (at);
COMMENT ON TABLE dispatch_decisions IS 'Every choice of a unit, with all that it was made from: it can be made again, and explained.';
COMMENT ON COLUMN dispatch_decisions.request_id IS 'What for; null for advice where a free unit should wait.';
COMMENT ON COLUMN dispatch_decisions.ambulance_id IS 'The unit that was chosen; null = none could take it.';
COMMENT ON COLUMN dispatch_decisions.kind IS
    'suggest: shown to dispatchers. offer: sent by the engine. overrule: a person chose another unit, and said why. divert: taken from a less urgent request. queue: left waiting. relocate: where a free unit should wait.';
COMMENT ON COLUMN dispatch_decisions.travel IS 'Where the travel times came from. line: straight line and an hourly speed. roads: the road graph. osrm, valhalla: that server.';
COMMENT ON COLUMN dispatch_decisions.inputs IS 'The request, the weights and the clock that it was made with.';
COMMENT ON COLUMN dispatch_decisions.candidates IS 'Each unit that was looked at: eligible or why not, ETA, cost and its parts, in the order of preference.';
COMMENT ON COLUMN dispatch_decisions.words IS 'The same for a person.';
COMMENT ON COLUMN dispatch_decisions.decided_by IS 'The person who decided; null = the engine.';
COMMENT ON INDEX dispatch_decisions_request_id_idx IS 'The choices made for a request.';
COMMENT ON INDEX dispatch_decisions_at_idx IS 'All choices by time.';

CREATE TABLE assignments (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    request_id        uuid NOT NULL REFERENCES ambulance_requests,
    ambulance_id      bigint NOT NULL REFERENCES ambulances,
    status            text NOT NULL DEFAULT 'offered' CHECK (status IN (
                          'offered', 'accepted', 'declined', 'expired', 'en_route', 'on_scene', 'transporting',
                          'at_destination', 'cleared', 'cancelled', 'diverted')),
    offered_at        timestamptz NOT NULL DEFAULT now(),
    offer_expires_at  timestamptz,
    accepted_at       timestamptz,
    en_route_at       timestamptz,
    on_scene_at       timestamptz,
    transporting_at   timestamptz,
    at_destination_at timestamptz,
    cleared_at        timestamptz,
    declined_at       timestamptz,
    expired_at        timestamptz,
    cancelled_at      timestamptz,
    diverted_at       timestamptz,
    decline_reason    text,
    cancel_reason     text,
    diverted_to       uuid REFERENCES ambulance_requests,
    no_transport      boolean NOT NULL DEFAULT false,
    offered_by        uuid REFERENCES users,
    version           int NOT NULL DEFAULT 1,
    delivered_at           timestamptz,
    seen_at                timestamptz,
    moved_at               timestamptz,
    scene_noticed_at       timestamptz,
    left_noticed_at        timestamptz,
    destination_noticed_at timestamptz,
    eta_at                 timestamptz,
    promised_at            timestamptz,
    re_alerted_at          timestamptz,
    skipped                text[] NOT NULL DEFAULT '{}',
    decision_id            uuid REFERENCES dispatch_decisions,
    CONSTRAINT assignments_stages_in_order CHECK (is_ascending(
        offered_at, accepted_at, en_route_at, on_scene_at, transporting_at, at_destination_at, cleared_at)),
    CONSTRAINT assignments_end_dated CHECK (
        (status <> 'declined' OR declined_at IS NOT NULL) AND (status <> 'expired' OR expired_at IS NOT NULL) AND
        (status <> 'cancelled' OR cancelled_at IS NOT NULL) AND (status <> 'cleared' OR cleared_at IS NOT NULL) AND
        (status <> 'diverted' OR (diverted_at IS NOT NULL AND diverted_to IS NOT NULL)))
);
CREATE UNIQUE INDEX assignments_one_live_per_ambulance ON assignments (ambulance_id)
    WHERE status IN ('offered', 'accepted', 'en_route', 'on_scene', 'transporting', 'at_destination');
CREATE INDEX assignments_request_id_idx ON assignments (request_id);
CREATE INDEX assignments_ambulance_id_idx ON assignments (ambulance_id, offered_at);
CREATE INDEX assignments_decision_id_idx ON assignments (decision_id) WHERE decision_id IS NOT NULL;
CREATE INDEX assignments_diverted_to_idx ON assignments (diverted_to) WHERE diverted_to IS NOT NULL;
COMMENT ON TABLE assignments IS 'One ambulance asked to take one request; one time per stage, never made up: a skipped stage stays null.';
COMMENT ON COLUMN assignments.status IS
    'offered → accepted | declined (reason) | expired; accepted → en_route → on_scene → transporting → at_destination → cleared; on_scene → cleared (no transport); any live one → cancelled | diverted (to another request). Live: offered, accepted, en_route, on_scene, transporting, at_destination.';
COMMENT ON COLUMN assignments.offered_at IS 'Unit notified (NEMSIS eTimes.03).';
COMMENT ON COLUMN assignments.accepted_at IS 'Unit acknowledged (eTimes.04).';
COMMENT ON COLUMN assignments.en_route_at IS 'Unit en route (eTimes.05).';
COMMENT ON COLUMN assignments.on_scene_at IS 'Unit on scene (eTimes.06).';
COMMENT ON COLUMN assignments.transporting_at IS 'Unit left scene (eTimes.09).';
COMMENT ON COLUMN assignments.at_destination_at IS 'Arrived at the destination (eTimes.11).';
COMMENT ON COLUMN assignments.cleared_at IS 'Back in service (eTimes.13).';
COMMENT ON COLUMN assignments.cancelled_at IS 'Cancelled (eTimes.14).';
COMMENT ON COLUMN assignments.delivered_at IS 'When a tablet of the unit had the offer; null = not yet, or told by radio.';
COMMENT ON COLUMN assignments.seen_at IS 'When the crew had it on the screen.';
COMMENT ON COLUMN assignments.moved_at IS 'When the unit first moved after it accepted, as its fixes say.';
COMMENT ON COLUMN assignments.scene_noticed_at IS 'When its fixes said that it had arrived at the scene; the crew confirms by on_scene_at.';
COMMENT ON COLUMN assignments.left_noticed_at IS 'When its fixes said that it had left the scene.';
COMMENT ON COLUMN assignments.destination_noticed_at IS 'When its fixes said that it had arrived at the destination.';
COMMENT ON COLUMN assignments.eta_at IS 'When it should reach the scene, or after that the destination.';
COMMENT ON COLUMN assignments.promised_at IS 'The first of these for the scene: what later ones are compared with.';
COMMENT ON COLUMN assignments.re_alerted_at IS 'When an unanswered offer was sounded again.';
COMMENT ON COLUMN assignments.skipped IS 'Stages that were passed over, and have no time.';
COMMENT ON COLUMN assignments.decision_id IS 'Why this unit.';
COMMENT ON INDEX assignments_decision_id_idx IS 'The assignments that followed from a choice.';
COMMENT ON INDEX assignments_one_live_per_ambulance IS 'An ambulance has at most one live assignment, whoever races.';
COMMENT ON INDEX assignments_request_id_idx IS 'The assignments of a request.';
COMMENT ON INDEX assignments_ambulance_id_idx IS 'The assignments of an ambulance by time.';
COMMENT ON INDEX assignments_diverted_to_idx IS 'From where units were diverted to a request.';

CREATE TABLE assignment_events (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    assignment_id   uuid NOT NULL REFERENCES assignments,
    status          text NOT NULL,
    device_at       timestamptz,
    received_at     timestamptz NOT NULL DEFAULT now(),
    source          text NOT NULL CHECK (source IN ('crew', 'automatic', 'dispatcher', 'correction', 'paper')),
    user_id         uuid REFERENCES users,
    device_id       bigint,
    skipped         text[] NOT NULL DEFAULT '{}',
    idempotency_key text CONSTRAINT assignment_events_idempotency_key_key UNIQUE,
    at              timestamptz NOT NULL DEFAULT now(),
    reason          text CHECK (length(reason) <= 500)
);
CREATE INDEX assignment_events_assignment_id_idx ON assignment_events (assignment_id, received_at);
COMMENT ON TABLE assignment_events IS 'Each transition of an assignment: who, when by which clock, and how it was noticed.';
COMMENT ON COLUMN assignment_events.status IS 'The status the assignment moved to.';
COMMENT ON COLUMN assignment_events.device_at IS 'When it happened, as the tablet says.';
COMMENT ON COLUMN assignment_events.source IS
    'crew (tablet) | automatic (timer or geofence) | dispatcher (by radio) | correction (of a time, by a supervisor) | paper (entered afterwards).';
COMMENT ON COLUMN assignment_events.at IS 'The time that the stage got, on the clock of the hub.';
COMMENT ON COLUMN assignment_events.reason IS 'Why: of a decline, a cancellation, a diversion, a correction.';
COMMENT ON COLUMN assignment_events.skipped IS 'Stages that were passed over and have no time.';
COMMENT ON INDEX assignment_events_idempotency_key_key IS 'A repeated message moves an assignment once.';
COMMENT ON INDEX assignment_events_assignment_id_idx IS 'The history of an assignment.';

CREATE TABLE dispatch_alerts (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind            text NOT NULL CHECK (kind IN (
                        'no_unit', 'unanswered', 'undelivered', 'declined', 'not_moving', 'silent', 'no_fix', 'eta_slip',
                        'at_scene', 'left_scene', 'at_destination', 'stage_late', 'unattended')),
    severity        text NOT NULL CHECK (severity IN ('info', 'warning', 'alarm')),
    request_id      uuid REFERENCES ambulance_requests,
    assignment_id   uuid REFERENCES assignments,
    ambulance_id    bigint REFERENCES ambulances,
    raised_at       timestamptz NOT NULL,
    resolved_at     timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by uuid REFERENCES users,
    facts           jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT dispatch_alerts_acknowledged_by CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
CREATE UNIQUE INDEX dispatch_alerts_one_open ON dispatch_alerts
    (kind, coalesce(request_id, '00000000-0000-0000-0000-000000000000'),
     coalesce(assignment_id, '00000000-0000-0000-0000-000000000000'), coalesce(ambulance_id, 0)) WHERE resolved_at IS NULL;
CREATE INDEX dispatch_alerts_raised_at_idx ON dispatch_alerts (raised_at, id);
CREATE INDEX dispatch_alerts_open_idx ON dispatch_alerts (raised_at)
    WHERE resolved_at IS NULL OR (severity = 'alarm' AND acknowledged_at IS NULL);
CREATE INDEX dispatch_alerts_request_id_idx ON dispatch_alerts (request_id);
CREATE INDEX dispatch_alerts_assignment_id_idx ON dispatch_alerts (assignment_id);
COMMENT ON TABLE dispatch_alerts IS 'What the hub noticed about calls and units, each with a place on the board; alarms stay there until somebody acknowledges them.';
COMMENT ON COLUMN dispatch_alerts.kind IS
    'no_unit: none can take the request. unattended: nobody has dealt with it. unanswered: the offer. undelivered: the offer, radio them. declined: by the crew. not_moving: accepted, and standing. silent: no fixes on an assignment. no_fix: fixes come without a usable position. eta_slip: much later than promised. at_scene, left_scene, at_destination: what fixes suggest, the crew confirms. stage_late: a time came long after it happened.';
COMMENT ON COLUMN dispatch_alerts.severity IS 'info: to know. warning: look at it. alarm: heard, and somebody has to acknowledge it.';
COMMENT ON COLUMN dispatch_alerts.resolved_at IS 'Since when it is no longer so.';
COMMENT ON COLUMN dispatch_alerts.facts IS 'Numbers that its sentence needs, each named with its unit.';
COMMENT ON INDEX dispatch_alerts_one_open IS 'The same thing is noticed once while it lasts, whoever notices it.';
COMMENT ON INDEX dispatch_alerts_raised_at_idx IS 'All alerts by time.';
COMMENT ON INDEX dispatch_alerts_open_idx IS 'What stands on the board.';
COMMENT ON INDEX dispatch_alerts_request_id_idx IS 'The alerts about a request.';
COMMENT ON INDEX dispatch_alerts_assignment_id_idx IS 'The alerts about an assignment.';

CREATE TABLE handover_notes (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    written_at timestamptz NOT NULL DEFAULT now(),
    written_by uuid NOT NULL REFERENCES users,
    note       text NOT NULL CHECK (length(note) BETWEEN 1 AND 4000)
);
CREATE INDEX handover_notes_written_at_idx ON handover_notes (written_at);
CREATE INDEX handover_notes_written_by_idx ON handover_notes (written_by);
COMMENT ON TABLE handover_notes IS 'What one shift of dispatchers tells the next one.';
COMMENT ON INDEX handover_notes_written_at_idx IS 'The notes by time.';
COMMENT ON INDEX handover_notes_written_by_idx IS 'The notes of a person.';

CREATE TABLE places (
    id       bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind     text NOT NULL CHECK (kind IN ('landmark', 'street', 'crossing', 'station', 'area')),
    address  text CHECK (length(address) <= 500),
    location point NOT NULL CHECK (is_place(location)),
    CONSTRAINT places_once UNIQUE (name, kind)
);
CREATE INDEX places_search_idx ON places USING gin ((name || ' ' || coalesce(address, '')) gin_trgm_ops) WITH (fastupdate = off);
COMMENT ON TABLE places IS 'The local gazetteer: where callers say that they are. Facilities are found beside it.';
COMMENT ON COLUMN places.kind IS 'landmark | street | crossing | station (an ambulance post) | area.';
COMMENT ON COLUMN places.location IS 'x = longitude, y = latitude.';
COMMENT ON INDEX places_once IS 'A place is listed once.';
COMMENT ON INDEX places_search_idx IS 'Finds parts of names and addresses.';

CREATE TABLE leases (
    name       text PRIMARY KEY CHECK (name <> ''),
    holder     text NOT NULL,
    fence      bigint NOT NULL DEFAULT 1 CHECK (fence > 0),
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE leases IS 'Work that one hub at a time does. Whoever held it before, and sleeps, finds another fence in its next transaction, and that does nothing.';
COMMENT ON COLUMN leases.holder IS 'Which hub, for people.';
COMMENT ON COLUMN leases.fence IS 'Raised by every new holder.';
COMMENT ON COLUMN leases.expires_at IS 'When another hub may take it, unless it is renewed before.';


-- 6  Physiotherapy ---------------------------------------------------------------------------------------------------

CREATE TABLE workout_plans (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    patient_id uuid NOT NULL REFERENCES patients,
    created_by uuid NOT NULL REFERENCES doctors,
    joint      text NOT NULL CHECK (are_joints(ARRAY[joint])),
    start_date date NOT NULL,
    end_date   date,
    notes      text,
    status     text NOT NULL DEFAULT 'active' CHECK (status IN ('draft', 'active', 'ended')),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT workout_plans_ends_after_start CHECK (end_date >= start_date),
    CONSTRAINT workout_plans_lengths CHECK (
        length(notes) <= 10000)
);
CREATE INDEX workout_plans_patient_id_idx ON workout_plans (patient_id);
CREATE INDEX workout_plans_created_by_idx ON workout_plans (created_by, patient_id);
COMMENT ON TABLE workout_plans IS 'Exercise plans made for patients.';
COMMENT ON COLUMN workout_plans.joint IS '{side}_{joint}_{motion} from the closed list of are_joints().';
COMMENT ON COLUMN workout_plans.end_date IS 'The last day, inclusive; null = open.';
COMMENT ON COLUMN workout_plans.status IS 'draft → active → ended; only a draft may be deleted.';
COMMENT ON INDEX workout_plans_patient_id_idx IS 'The plans of a patient.';
COMMENT ON INDEX workout_plans_created_by_idx IS 'The plans of a doctor; an active one is a care relation.';

CREATE TABLE plan_exercises (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    plan_id      uuid NOT NULL REFERENCES workout_plans ON DELETE CASCADE,
    name         text NOT NULL CHECK (name <> ''),
    target_reps  int NOT NULL CHECK (target_reps BETWEEN 1 AND 10000),
    target_angle real CHECK (target_angle BETWEEN -360 AND 360),
    day_of_week  smallint NOT NULL CONSTRAINT plan_exercises_day_of_week_iso CHECK (day_of_week BETWEEN 1 AND 7),
    sets         int NOT NULL DEFAULT 1 CHECK (sets BETWEEN 1 AND 100),
    hold_s       real NOT NULL DEFAULT 0 CHECK (hold_s BETWEEN 0 AND 600),
    instructions text,
    media_url    text CONSTRAINT plan_exercises_media_url_secure CHECK (media_url ~ '^https://[^[:space:]]+$'),
    last_day     date,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT plan_exercises_lengths CHECK (
        length(name) <= 200),
    CONSTRAINT plan_exercises_more_lengths CHECK (
        length(instructions) <= 10000 AND length(media_url) <= 2000)
);
CREATE INDEX plan_exercises_plan_id_idx ON plan_exercises (plan_id, day_of_week);
COMMENT ON TABLE plan_exercises IS 'What a plan asks for, by weekday.';
COMMENT ON COLUMN plan_exercises.target_angle IS 'Degrees from the anatomical position.';
COMMENT ON COLUMN plan_exercises.day_of_week IS 'ISO: 1 = Monday … 7 = Sunday, in the zone of the patient.';
COMMENT ON COLUMN plan_exercises.target_reps IS 'Of the whole day, over all sets.';
COMMENT ON COLUMN plan_exercises.hold_s IS 'How long each repetition is to be held at the target, seconds.';
COMMENT ON COLUMN plan_exercises.media_url IS 'A picture or a video that shows it.';
COMMENT ON COLUMN plan_exercises.last_day IS 'From the day after it the exercise is not due any more; null = as long as the plan.';
COMMENT ON INDEX plan_exercises_plan_id_idx IS 'The exercises of a plan by weekday.';

-- Each day of a plan is looked at; not of rows that are older than this rule.
ALTER TABLE workout_plans ADD CONSTRAINT workout_plans_starts_this_century CHECK (start_date >= '2000-01-01') NOT VALID;

CREATE TABLE exercise_targets (
    exercise_id  uuid NOT NULL REFERENCES plan_exercises ON DELETE CASCADE,
    from_day     date NOT NULL,
    target_reps  int NOT NULL,
    target_angle real,
    day_of_week  smallint NOT NULL,
    last_day     date,
    PRIMARY KEY (exercise_id, from_day)
);
COMMENT ON TABLE exercise_targets IS 'What an exercise asked for since when: editing it does not rewrite the days that are past.';
COMMENT ON COLUMN exercise_targets.from_day IS 'The local day of the patient on which it was edited; -infinity = as it was made.';

CREATE TABLE exercise_ticks (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    exercise_id uuid NOT NULL REFERENCES plan_exercises ON DELETE CASCADE,
    patient_id  uuid NOT NULL REFERENCES patients,
    day         date NOT NULL,
    reps        int NOT NULL CHECK (reps BETWEEN 0 AND 10000),
    reported_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT exercise_ticks_once_a_day UNIQUE (exercise_id, day)
);
CREATE INDEX exercise_ticks_patient_id_idx ON exercise_ticks (patient_id, day);
COMMENT ON TABLE exercise_ticks IS 'Repetitions that patients say they did without a sensor: they count as done, and no angle is known of them.';
COMMENT ON COLUMN exercise_ticks.day IS 'The local day of the patient.';
COMMENT ON INDEX exercise_ticks_once_a_day IS 'An exercise is ticked off once a day; saying it again corrects it.';
COMMENT ON INDEX exercise_ticks_patient_id_idx IS 'What a patient has ticked off, by day.';

CREATE TABLE rehab_progress (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    plan_id         uuid NOT NULL CONSTRAINT rehab_progress_plan_id_key UNIQUE REFERENCES workout_plans ON DELETE CASCADE,
    completed_reps  int NOT NULL DEFAULT 0 CHECK (completed_reps >= 0),
    valid_reps      int NOT NULL DEFAULT 0 CHECK (valid_reps BETWEEN 0 AND completed_reps),
    average_angle   double precision,
    compliance_rate double precision CHECK (compliance_rate BETWEEN 0 AND 100),
    peak_angle_sum  double precision NOT NULL DEFAULT 0,
    peak_angle_n    int NOT NULL DEFAULT 0 CHECK (peak_angle_n >= 0),
    last_updated    timestamptz NOT NULL DEFAULT now(),
    self_reported_reps int NOT NULL DEFAULT 0 CHECK (self_reported_reps >= 0),
    counted_to      date,
    time_zone       text
);
COMMENT ON TABLE rehab_progress IS 'A projection of sessions and plans: recomputing it gives the same row.';
COMMENT ON COLUMN rehab_progress.completed_reps IS 'Complete repetitions on the joint of the plan in its window, valid or partial.';
COMMENT ON COLUMN rehab_progress.average_angle IS 'Mean of the peaks of the repetitions, degrees; null if there are none.';
COMMENT ON COLUMN rehab_progress.compliance_rate IS 'Percent of the due repetitions done, capped per occurrence; null if none was due.';
COMMENT ON COLUMN rehab_progress.self_reported_reps IS 'Of the completed ones, those that the patient ticked off: without a peak.';
COMMENT ON COLUMN rehab_progress.counted_to IS 'The local day of the patient on which it was worked out: what is due grows with the days.';
COMMENT ON COLUMN rehab_progress.time_zone IS 'In which its days begin, as zone_of_plan() said when it was worked out.';
COMMENT ON INDEX rehab_progress_plan_id_key IS 'One row of progress per plan.';

CREATE TABLE rehab_days (
    plan_id            uuid NOT NULL REFERENCES workout_plans ON DELETE CASCADE,
    day                date NOT NULL,
    completed_reps     int NOT NULL,
    valid_reps         int NOT NULL,
    self_reported_reps int NOT NULL,
    peak_angle_sum     double precision NOT NULL,
    peak_angle_n       int NOT NULL,
    due_reps           int NOT NULL,
    done_reps          int NOT NULL,
    fulfilled_reps     int NOT NULL,
    id                 uuid NOT NULL GENERATED ALWAYS AS (md5(plan_id::text || (day - date '2000-01-01')::text)::uuid) STORED,
    PRIMARY KEY (plan_id, day)
);
COMMENT ON TABLE rehab_days IS 'The projection by day: rehab_progress is their sum, the compliance calendar shows them.';
COMMENT ON COLUMN rehab_days.day IS 'The local day of the patient on which the sessions started.';
COMMENT ON COLUMN rehab_days.id IS 'Of the plan and the day: it stays the same when the day is worked out again.';
COMMENT ON COLUMN rehab_days.due_reps IS 'Σ target_reps of the exercises that are due on that day; of today, too.';
COMMENT ON COLUMN rehab_days.done_reps IS 'Σ of the valid repetitions of each due exercise, at most its target.';
COMMENT ON COLUMN rehab_days.fulfilled_reps IS 'Σ target_reps of the due exercises that are done: all that counts of a day before it is over.';

CREATE TABLE devices (
    id               bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    kind             text NOT NULL CHECK (kind IN ('tablet', 'physio')),
    name             text NOT NULL CHECK (name <> ''),
    ambulance_id     bigint REFERENCES ambulances,
    facility_id      uuid REFERENCES facilities,
    created_at       timestamptz NOT NULL DEFAULT now(),
    revoked_at       timestamptz,
    claim_hash       bytea CONSTRAINT devices_claim_hash_key UNIQUE,
    claim_expires_at timestamptz,
    last_seen_at     timestamptz,
    protocol         text NOT NULL DEFAULT 'hub' CHECK (protocol IN ('hub', 'traccar', 'owntracks')),
    CONSTRAINT devices_ambulance_of_tablet CHECK (kind = 'tablet' OR ambulance_id IS NULL),
    CONSTRAINT devices_protocol_of_tablet CHECK (kind = 'tablet' OR protocol = 'hub'),
    CONSTRAINT devices_claim_expires CHECK ((claim_hash IS NULL) = (claim_expires_at IS NULL)),
    CONSTRAINT devices_lengths CHECK (
        length(name) <= 100)
);
CREATE INDEX devices_ambulance_id_idx ON devices (ambulance_id);
CREATE INDEX devices_facility_id_idx ON devices (facility_id);
COMMENT ON TABLE devices IS 'Credentialed senders: tablets in ambulances and physiotherapy sensors.';
COMMENT ON COLUMN devices.kind IS 'tablet: sends fixes. physio: sends motion.';
COMMENT ON COLUMN devices.ambulance_id IS 'Where a tablet is mounted: its fixes belong to this ambulance.';
COMMENT ON COLUMN devices.revoked_at IS 'Since when it may not connect; null = it may.';
COMMENT ON COLUMN devices.last_seen_at IS 'When it was last connected, to the minute; null = never.';
COMMENT ON COLUMN devices.protocol IS 'hub: the WebSocket of docs/protocol.md. traccar: Traccar Client. owntracks: OwnTracks over HTTP. The latter two only report where they are.';
COMMENT ON COLUMN devices.claim_hash IS 'SHA-256 of the one-use claim code; null once claimed.';
COMMENT ON INDEX devices_claim_hash_key IS 'Claiming looks a device up by its code.';
COMMENT ON INDEX devices_ambulance_id_idx IS 'The tablets of an ambulance.';
COMMENT ON INDEX devices_facility_id_idx IS 'The devices of a facility.';

CREATE TABLE physio_devices (
    id             bigint PRIMARY KEY REFERENCES devices ON DELETE CASCADE,
    patient_id     uuid REFERENCES patients,
    model          text,
    joints         text[] NOT NULL DEFAULT '{}' CHECK (are_joints(joints)),
    included_angle boolean NOT NULL DEFAULT false
);
CREATE INDEX physio_devices_patient_id_idx ON physio_devices (patient_id);
COMMENT ON TABLE physio_devices IS 'What is special about a device that measures joints.';
COMMENT ON COLUMN physio_devices.patient_id IS 'The patient it is assigned to; null = in the cupboard.';
COMMENT ON COLUMN physio_devices.included_angle IS 'It sends the included angle (180 = straight), converted at the edge.';
COMMENT ON INDEX physio_devices_patient_id_idx IS 'The devices of a patient.';

CREATE TABLE physio_sessions (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    patient_id   uuid NOT NULL REFERENCES patients,
    therapist_id uuid NOT NULL REFERENCES doctors,
    scheduled_at timestamptz NOT NULL DEFAULT now(),
    duration_min int NOT NULL DEFAULT 30 CHECK (duration_min BETWEEN 5 AND 720),
    status       text NOT NULL DEFAULT 'scheduled'
                 CHECK (status IN ('scheduled', 'in_progress', 'completed', 'cancelled', 'missed')),
    joint        text CHECK (joint IS NULL OR are_joints(ARRAY[joint])),
    notes        text,
    supervised   boolean NOT NULL DEFAULT true,
    facility_id  uuid REFERENCES facilities,
    plan_id      uuid REFERENCES workout_plans,
    device_id    bigint REFERENCES physio_devices,
    rest_angle   real CHECK (rest_angle BETWEEN -360 AND 360),
    target_angle real CHECK (target_angle BETWEEN -360 AND 360),
    pain         smallint CHECK (pain BETWEEN 0 AND 10),
    started_at   timestamptz,
    ended_at     timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    exercise_id  uuid REFERENCES plan_exercises ON DELETE SET NULL,
    target_reps  int CHECK (target_reps BETWEEN 1 AND 10000),
    pain_before  smallint CHECK (pain_before BETWEEN 0 AND 10),
    pain_after   smallint CHECK (pain_after BETWEEN 0 AND 10),
    ended_by     text CHECK (ended_by IN ('person', 'device', 'idle')),
    counted_at   timestamptz,
    CONSTRAINT physio_sessions_two_people CHECK (patient_id <> therapist_id),
    CONSTRAINT physio_sessions_ends_after_start CHECK (ended_at >= started_at),
    CONSTRAINT physio_sessions_lengths CHECK (
        length(notes) <= 10000)
);
CREATE UNIQUE INDEX physio_sessions_one_in_progress_per_device ON physio_sessions (device_id) WHERE status = 'in_progress';
CREATE UNIQUE INDEX physio_sessions_one_in_progress_per_patient ON physio_sessions (patient_id) WHERE status = 'in_progress';
CREATE INDEX physio_sessions_patient_id_idx ON physio_sessions (patient_id, scheduled_at);
CREATE INDEX physio_sessions_therapist_id_idx ON physio_sessions (therapist_id, scheduled_at);
CREATE INDEX physio_sessions_facility_id_idx ON physio_sessions (facility_id, scheduled_at);
CREATE INDEX physio_sessions_plan_id_idx ON physio_sessions (plan_id);
CREATE INDEX physio_sessions_exercise_id_idx ON physio_sessions (exercise_id) WHERE exercise_id IS NOT NULL;
CREATE INDEX physio_sessions_in_progress_idx ON physio_sessions (started_at) WHERE status = 'in_progress';
CREATE INDEX physio_sessions_ended_at_idx ON physio_sessions (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX physio_sessions_uncounted_idx ON physio_sessions (ended_at) WHERE ended_at IS NOT NULL AND counted_at IS NULL;
CREATE INDEX physio_sessions_scheduled_idx ON physio_sessions (scheduled_at) WHERE status = 'scheduled';
COMMENT ON TABLE physio_sessions IS 'Physiotherapy of a patient with a therapist, or at home by their plan.';
COMMENT ON COLUMN physio_sessions.status IS 'scheduled → in_progress | cancelled | missed; in_progress → completed | cancelled. completed, cancelled and missed are final.';
COMMENT ON COLUMN physio_sessions.joint IS '{side}_{joint}_{motion} from the closed list of are_joints().';
COMMENT ON COLUMN physio_sessions.notes IS 'Clinical text: never shown to reception.';
COMMENT ON COLUMN physio_sessions.supervised IS 'The therapist is present; a home session takes only the time of the patient.';
COMMENT ON COLUMN physio_sessions.rest_angle IS 'The calibrated rest pose, degrees.';
COMMENT ON COLUMN physio_sessions.pain IS 'Superseded by pain_before and pain_after; kept for hubs of the version before.';
COMMENT ON INDEX physio_sessions_one_in_progress_per_device IS 'A device writes to one session.';
COMMENT ON INDEX physio_sessions_one_in_progress_per_patient IS 'A patient is in one session.';
COMMENT ON INDEX physio_sessions_patient_id_idx IS 'The sessions of a patient by time.';
COMMENT ON INDEX physio_sessions_therapist_id_idx IS 'The sessions of a therapist by time, for calendars and the care relation.';
COMMENT ON INDEX physio_sessions_facility_id_idx IS 'The sessions at a facility by time.';
COMMENT ON INDEX physio_sessions_plan_id_idx IS 'The sessions of a plan, for its progress.';
COMMENT ON COLUMN physio_sessions.exercise_id IS 'The exercise of the plan that it is for; null = of the whole plan, or of none.';
COMMENT ON COLUMN physio_sessions.target_reps IS 'How many repetitions are asked for in this session.';
COMMENT ON COLUMN physio_sessions.pain_before IS 'What the patient says before it, 0 (none) to 10.';
COMMENT ON COLUMN physio_sessions.pain_after IS 'What the patient says after it, 0 (none) to 10.';
COMMENT ON COLUMN physio_sessions.ended_by IS 'person: a page or the API. device: the sensor. idle: nothing came for ten minutes.';
COMMENT ON COLUMN physio_sessions.counted_at IS 'When its repetitions were counted from all that is stored; null = not since it ended.';
COMMENT ON INDEX physio_sessions_exercise_id_idx IS 'The sessions of an exercise.';
COMMENT ON INDEX physio_sessions_in_progress_idx IS 'The sessions in progress, for closing idle ones.';
COMMENT ON INDEX physio_sessions_ended_at_idx IS 'The sessions that ended, for counting what came late.';
COMMENT ON INDEX physio_sessions_uncounted_idx IS 'The sessions that ended and are not counted from what is stored yet.';
COMMENT ON INDEX physio_sessions_scheduled_idx IS 'The sessions that are ahead, for finding the missed ones.';

-- Appointments and physio sessions take a person's time alike, and an EXCLUDE constraint sees one table: this is that
-- table. The two triggers below keep it; nothing else writes it.
CREATE TABLE engagements (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id         uuid NOT NULL REFERENCES users,
    during            tstzrange NOT NULL,
    appointment_id    uuid REFERENCES appointments ON DELETE CASCADE,
    physio_session_id uuid REFERENCES physio_sessions ON DELETE CASCADE,
    CONSTRAINT engagements_one_cause CHECK (num_nonnulls(appointment_id, physio_session_id) = 1),
    CONSTRAINT engagements_person_free EXCLUDE USING gist (person_id WITH =, during WITH &&)
);
CREATE INDEX engagements_appointment_id_idx ON engagements (appointment_id);
CREATE INDEX engagements_physio_session_id_idx ON engagements (physio_session_id);
COMMENT ON TABLE engagements IS 'The taken time of each person, from live appointments and physio sessions.';
COMMENT ON INDEX engagements_person_free IS 'Nobody is in an appointment and a physio session at once.';
COMMENT ON INDEX engagements_appointment_id_idx IS 'The engagements of an appointment.';
COMMENT ON INDEX engagements_physio_session_id_idx IS 'The engagements of a physio session.';

CREATE FUNCTION take_turns() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    patient uuid := NEW.patient_id;
    doctor uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(least(patient, doctor)::text, 0));
    PERFORM pg_advisory_xact_lock(hashtextextended(greatest(patient, doctor)::text, 0));
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION take_turns() IS
    'Lets racing bookings of the same people wait for each other in one order: exclusion constraints alone deadlock under load.';

CREATE FUNCTION engage_appointment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    DELETE FROM engagements WHERE appointment_id = NEW.id;
    IF NEW.status IN ('requested', 'scheduled', 'arrived') AND NEW.overbook_reason IS NULL THEN
        INSERT INTO engagements (person_id, during, appointment_id)
        VALUES (NEW.patient_id, NEW.during, NEW.id), (NEW.doctor_id, NEW.during, NEW.id);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION engage_appointment() IS 'Keeps the engagements of an appointment.';

CREATE FUNCTION engage_physio_session() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    taken tstzrange := minutes_from(NEW.scheduled_at, NEW.duration_min);
BEGIN
    DELETE FROM engagements WHERE physio_session_id = NEW.id;
    IF NEW.status IN ('scheduled', 'in_progress') THEN
        INSERT INTO engagements (person_id, during, physio_session_id)
        SELECT person, taken, NEW.id
        FROM unnest(ARRAY[NEW.patient_id, CASE WHEN NEW.supervised THEN NEW.therapist_id END]) AS person
        WHERE person IS NOT NULL;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION engage_physio_session() IS 'Keeps the engagements of a physio session.';

CREATE TRIGGER take_turns BEFORE INSERT OR UPDATE OF patient_id, doctor_id, scheduled_at, duration_min, status, overbook_reason
    ON appointments FOR EACH ROW EXECUTE FUNCTION take_turns('doctor_id');
CREATE TRIGGER engage AFTER INSERT OR UPDATE OF patient_id, doctor_id, scheduled_at, duration_min, status, overbook_reason
    ON appointments FOR EACH ROW EXECUTE FUNCTION engage_appointment();
CREATE TRIGGER take_turns BEFORE INSERT OR UPDATE OF patient_id, therapist_id, scheduled_at, duration_min, status, supervised
    ON physio_sessions FOR EACH ROW EXECUTE FUNCTION take_turns('therapist_id');
CREATE TRIGGER engage AFTER INSERT OR UPDATE OF patient_id, therapist_id, scheduled_at, duration_min, status, supervised
    ON physio_sessions FOR EACH ROW EXECUTE FUNCTION engage_physio_session();

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
    IF NEW.exercise_id IS NOT NULL AND (NEW.target_angle IS NULL OR NEW.target_reps IS NULL) THEN
        SELECT coalesce(NEW.target_angle, e.target_angle), coalesce(NEW.target_reps, e.target_reps)
          INTO NEW.target_angle, NEW.target_reps
          FROM plan_exercises e
         WHERE e.id = NEW.exercise_id;
    END IF;
    IF NEW.device_id IS NULL AND NOT NEW.supervised THEN
        NEW.device_id := (
            SELECT d.id FROM devices d JOIN physio_devices sensor ON sensor.id = d.id
             WHERE sensor.patient_id = NEW.patient_id AND d.revoked_at IS NULL
             ORDER BY d.last_seen_at DESC NULLS LAST, d.id DESC
             LIMIT 1);
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION follow_plan() IS
    'A session by a plan has the doctor and the joint of the plan, and the targets of its exercise, where it says nothing else; one at home has the patient''s own sensor.';

CREATE FUNCTION time_session() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.status = 'in_progress' AND OLD.status <> 'in_progress' THEN
        NEW.started_at := coalesce(NEW.started_at, now());
    ELSIF OLD.status = 'in_progress' AND NEW.status <> 'in_progress' THEN
        NEW.ended_at := coalesce(NEW.ended_at, greatest(now(), NEW.started_at));
        NEW.ended_by := coalesce(NEW.ended_by, 'person');
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION time_session() IS 'Notes when a session really began and ended, and that a person ended it where nobody says otherwise.';
CREATE TRIGGER follow_plan BEFORE INSERT ON physio_sessions FOR EACH ROW EXECUTE FUNCTION follow_plan();
CREATE TRIGGER time_session BEFORE UPDATE OF status ON physio_sessions FOR EACH ROW EXECUTE FUNCTION time_session();


-- 7  Devices, streams, telemetry -------------------------------------------------------------------------------------

CREATE TABLE device_secrets (
    hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
    device_id  bigint NOT NULL REFERENCES devices ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX device_secrets_device_id_idx ON device_secrets (device_id);
COMMENT ON TABLE device_secrets IS 'What devices authenticate with. A rotation overlaps: the old secret gets an expiry.';
COMMENT ON COLUMN device_secrets.hash IS 'SHA-256 of the secret.';
COMMENT ON INDEX device_secrets_device_id_idx IS 'The secrets of a device.';

CREATE TABLE device_commands (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    device_id  bigint NOT NULL REFERENCES devices ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind <> ''),
    body       jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at    timestamptz,
    acked_at   timestamptz,
    status     text CHECK (status IN ('done', 'refused', 'expired')),
    detail     text,
    assignment_id uuid REFERENCES assignments,
    expires_at timestamptz,
    CONSTRAINT device_commands_status_dated CHECK ((status IS NULL) = (acked_at IS NULL))
);
CREATE INDEX device_commands_assignment_id_idx ON device_commands (assignment_id) WHERE assignment_id IS NOT NULL;
CREATE INDEX device_commands_waiting_idx ON device_commands (device_id, created_at) WHERE acked_at IS NULL;
COMMENT ON TABLE device_commands IS 'What the hub asks a device to do, kept until the device has answered.';
COMMENT ON INDEX device_commands_waiting_idx IS 'The unanswered commands of a device, oldest first.';
COMMENT ON COLUMN device_commands.kind IS
    'reporting: body {interval_s}. offer, recall: of the assignment. message: free text for the crew. session_start, session_target, session_stop: of a physio session. Their bodies are in docs/protocol.md.';
COMMENT ON COLUMN device_commands.acked_at IS 'When the device answered, or the command was given up.';
COMMENT ON COLUMN device_commands.status IS 'null → done (it has it) | refused (see detail) | expired (it was away too long, or it is of no use any more).';
COMMENT ON COLUMN device_commands.expires_at IS 'From when on it is of no use: it is not sent any more; null = it waits as long as it takes.';
COMMENT ON INDEX device_commands_assignment_id_idx IS 'What was sent about an assignment.';

CREATE TABLE crew_reports (
    device_id   bigint NOT NULL REFERENCES devices,
    report_id   text NOT NULL CHECK (length(report_id) BETWEEN 1 AND 64),
    kind        text NOT NULL CHECK (kind IN (
                    'seen', 'accept', 'decline', 'stage', 'destination', 'duty', 'sos', 'message', 'read')),
    body        jsonb NOT NULL DEFAULT '{}',
    device_at   timestamptz NOT NULL,
    happened_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    status      text NOT NULL CHECK (status IN ('done', 'refused')),
    code        text,
    detail      text,
    PRIMARY KEY (device_id, report_id),
    CONSTRAINT crew_reports_refused_why CHECK ((status = 'refused') = (code IS NOT NULL))
);
COMMENT ON TABLE crew_reports IS 'What crews said on their tablets, each once, with what became of it: also what was refused.';
COMMENT ON COLUMN crew_reports.report_id IS 'Drawn by the device: a repeat gets the first answer.';
COMMENT ON COLUMN crew_reports.kind IS
    'seen: the offer is on the screen. accept, decline: the answer to it. stage: of the assignment. destination: where the patient is taken. duty: available or out of service. sos: help. message: free text for the dispatchers. read: a message of theirs was read.';
COMMENT ON COLUMN crew_reports.device_at IS 'As the clock of the device said.';
COMMENT ON COLUMN crew_reports.happened_at IS 'The same on the clock of the hub: received_at less the age that the device gave it.';
COMMENT ON COLUMN crew_reports.status IS 'done | refused: the code says which outcome, the detail says it to people.';
COMMENT ON INDEX crew_reports_pkey IS 'The primary key of crew_reports: device_id, report_id. A repeated report counts once.';

CREATE TABLE crew_messages (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    ambulance_id  bigint NOT NULL REFERENCES ambulances,
    assignment_id uuid REFERENCES assignments,
    sender        text NOT NULL CHECK (sender IN ('crew', 'desk')),
    user_id       uuid REFERENCES users,
    device_id     bigint REFERENCES devices,
    text          text NOT NULL CHECK (length(text) BETWEEN 1 AND 1000),
    sent_at       timestamptz NOT NULL,
    received_at   timestamptz NOT NULL DEFAULT now(),
    delivered_at  timestamptz,
    read_at       timestamptz,
    CONSTRAINT crew_messages_sender CHECK (
        CASE sender WHEN 'desk' THEN user_id IS NOT NULL AND device_id IS NULL ELSE device_id IS NOT NULL AND user_id IS NULL END)
);
CREATE INDEX crew_messages_ambulance_id_idx ON crew_messages (ambulance_id, received_at);
CREATE INDEX crew_messages_assignment_id_idx ON crew_messages (assignment_id) WHERE assignment_id IS NOT NULL;
CREATE INDEX crew_messages_received_at_idx ON crew_messages (received_at);
COMMENT ON TABLE crew_messages IS 'Free text between dispatchers and the crew of an ambulance.';
COMMENT ON COLUMN crew_messages.sender IS 'crew: from a tablet. desk: from a dispatcher.';
COMMENT ON COLUMN crew_messages.delivered_at IS 'When a tablet had it, or a dispatcher''s board was told of it.';
COMMENT ON COLUMN crew_messages.read_at IS 'When the crew had read it; a crew''s message: when a dispatcher had.';
COMMENT ON INDEX crew_messages_ambulance_id_idx IS 'The conversation with an ambulance.';
COMMENT ON INDEX crew_messages_assignment_id_idx IS 'What was written about an assignment.';
COMMENT ON INDEX crew_messages_received_at_idx IS 'The newest messages of all, for the board.';


-- Marks move with every batch: no index may hold fence or last_seq, and pages keep half their room, so that each of
-- those updates is heap-only (HOT).
CREATE TABLE streams (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device_id         bigint REFERENCES devices,
    log_id            text NOT NULL CHECK (log_id ~ '^[0-9a-f]{32}$'),
    kind              text NOT NULL CHECK (kind IN ('fixes', 'motion', 'sql')),
    ambulance_id      bigint REFERENCES ambulances,
    physio_session_id uuid REFERENCES physio_sessions,
    joints            text[] CHECK (are_joints(joints)),
    fence             bigint NOT NULL DEFAULT 1 CHECK (fence > 0),
    last_seq          bigint NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    opened_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT streams_device_id_log_id_key UNIQUE (device_id, log_id),
    CONSTRAINT streams_shape CHECK (CASE kind
        WHEN 'fixes' THEN device_id IS NOT NULL AND ambulance_id IS NOT NULL
        WHEN 'motion' THEN device_id IS NOT NULL AND physio_session_id IS NOT NULL AND cardinality(joints) > 0
        ELSE device_id IS NULL AND physio_session_id IS NOT NULL AND cardinality(joints) > 0 END)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500);
CREATE INDEX streams_physio_session_id_idx ON streams (physio_session_id);
CREATE UNIQUE INDEX streams_one_sql_per_session ON streams (physio_session_id) WHERE kind = 'sql';
COMMENT ON TABLE streams IS 'Ordered logs of devices, each with its high-water mark: what is durable.';
COMMENT ON COLUMN streams.device_id IS 'Whose log it is; null for kind sql.';
COMMENT ON COLUMN streams.log_id IS 'Drawn at random when the spool of the device is made: a new spool is a new stream.';
COMMENT ON COLUMN streams.kind IS 'fixes: positions of an ambulance. motion: angles of a physio session. sql: plain inserts into joint_motion_logs.';
COMMENT ON COLUMN streams.joints IS 'The joints of a motion stream, in the order of the angles. Of kind sql, it grows at the end.';
COMMENT ON COLUMN streams.fence IS 'Raised by each claim; a connection with an older fence can store nothing more.';
COMMENT ON COLUMN streams.last_seq IS 'The high-water mark: samples up to it are durable or known to be lost.';
COMMENT ON INDEX streams_device_id_log_id_key IS 'A log is one stream.';
COMMENT ON INDEX streams_physio_session_id_idx IS 'The streams of a physio session, for joint_motion_logs.';
COMMENT ON INDEX streams_one_sql_per_session IS 'Plain SQL inserts of a session share one stream.';

CREATE TABLE stream_skips (
    stream_id   bigint NOT NULL REFERENCES streams,
    first_seq   bigint NOT NULL CHECK (first_seq > 0),
    last_seq    bigint NOT NULL,
    reason      text NOT NULL CHECK (reason IN ('spool_full', 'hub_lost', 'corrupt', 'expired')),
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (stream_id, first_seq),
    CONSTRAINT stream_skips_forward CHECK (last_seq >= first_seq)
);
COMMENT ON TABLE stream_skips IS 'Holes: samples a device will never send.';
COMMENT ON COLUMN stream_skips.reason IS
    'spool_full: dropped to make room. hub_lost: acked once, lost here (a restored database), gone there. corrupt: unreadable in the spool. expired: too old to keep.';

CREATE TABLE dead_letters (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream_id   bigint NOT NULL REFERENCES streams,
    seq         bigint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    code        text NOT NULL,
    detail      text NOT NULL DEFAULT '',
    body        bytea NOT NULL,
    CONSTRAINT dead_letters_stream_id_seq_key UNIQUE (stream_id, seq)
);
COMMENT ON TABLE dead_letters IS 'Samples that can never be stored, as they came; their neighbours are stored.';
COMMENT ON COLUMN dead_letters.code IS 'What the device was told.';
COMMENT ON INDEX dead_letters_stream_id_seq_key IS 'A sample is refused once.';

-- Telemetry. Append-only, by day (UTC) of receipt; bigint keys, no foreign key, no second unique index, NOT NULL with
-- NaN for none: each of those was measured to matter. Uniqueness comes from the mark of the stream. The order of the
-- columns is the order of the binary COPY.
CREATE TABLE ambulance_positions (
    stream_id    bigint NOT NULL,
    seq          bigint NOT NULL,
    received_at  timestamptz NOT NULL,
    ambulance_id bigint NOT NULL,
    recorded_at  timestamptz NOT NULL,
    fix_at       timestamptz NOT NULL,
    latitude     double precision NOT NULL,
    longitude    double precision NOT NULL,
    speed        real NOT NULL,
    heading      real NOT NULL,
    accuracy     real NOT NULL,
    altitude     real NOT NULL,
    flags        int NOT NULL,
    PRIMARY KEY (stream_id, seq, received_at),
    CONSTRAINT ambulance_positions_place CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180),
    CONSTRAINT ambulance_positions_motion CHECK (
        speed >= 0 AND speed <> 'Infinity' AND heading >= 0 AND (heading < 360 OR heading = 'NaN')),
    CONSTRAINT ambulance_positions_quality CHECK (
        accuracy >= 0 AND accuracy <> 'Infinity' AND altitude <> '-Infinity' AND altitude <> 'Infinity')
) PARTITION BY RANGE (received_at);
CREATE INDEX ambulance_positions_history_idx ON ambulance_positions (ambulance_id, fix_at);
COMMENT ON TABLE ambulance_positions IS 'Every fix of every ambulance, once.';
COMMENT ON COLUMN ambulance_positions.received_at IS 'Stamped at admission; decides the partition.';
COMMENT ON COLUMN ambulance_positions.recorded_at IS 'As the clock of the device said.';
COMMENT ON COLUMN ambulance_positions.fix_at IS 'On the clock of the hub: received_at less the age the device gave it.';
COMMENT ON COLUMN ambulance_positions.speed IS 'm/s; NaN = none.';
COMMENT ON COLUMN ambulance_positions.heading IS 'Degrees clockwise from true north, [0, 360); NaN = none.';
COMMENT ON COLUMN ambulance_positions.accuracy IS 'Metres, one standard deviation; NaN = none.';
COMMENT ON COLUMN ambulance_positions.altitude IS 'Metres; NaN = none.';
COMMENT ON COLUMN ambulance_positions.flags IS 'What fix hygiene found, a bit each; named in hub/ingest/flags.py.';
COMMENT ON INDEX ambulance_positions_history_idx IS 'The history of an ambulance by time.';

CREATE TABLE motion_frames (
    stream_id   bigint NOT NULL,
    seq         bigint NOT NULL,
    received_at timestamptz NOT NULL,
    started_at  timestamptz NOT NULL,
    interval_us int NOT NULL,
    offsets_us  int[] NOT NULL,
    angles      real[] NOT NULL,
    flags       smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (stream_id, seq, received_at),
    CONSTRAINT motion_frames_shape CHECK (cardinality(angles) > 0 AND interval_us >= 0),
    CONSTRAINT motion_frames_angles CHECK (
        360 >= ALL (array_remove(angles, 'NaN'::real)) AND -360 <= ALL (angles) AND array_position(angles, NULL) IS NULL)
) PARTITION BY RANGE (received_at);
COMMENT ON TABLE motion_frames IS 'Joint angles, a frame a row; joint_motion_logs shows them a reading a row.';
COMMENT ON COLUMN motion_frames.seq IS 'Of the first sample; the others follow.';
COMMENT ON COLUMN motion_frames.started_at IS 'When the first sample was taken.';
COMMENT ON COLUMN motion_frames.interval_us IS 'Microseconds between samples, where it is constant.';
COMMENT ON COLUMN motion_frames.offsets_us IS 'Microseconds of each sample after started_at, where the interval is not constant; else empty.';
COMMENT ON COLUMN motion_frames.flags IS 'A bit each; 1: an angle moves faster than 1,500 degrees/s.';
COMMENT ON COLUMN motion_frames.angles IS 'Degrees, joint after joint (streams.joints), each with its samples in time; NaN = none.';

CREATE TABLE motion_repetitions (
    stream_id  bigint NOT NULL REFERENCES streams,
    joint      text NOT NULL CHECK (are_joints(ARRAY[joint])),
    number     int NOT NULL CHECK (number >= 0),
    first_seq  bigint NOT NULL,
    last_seq   bigint NOT NULL,
    source     text NOT NULL DEFAULT 'counted' CHECK (source IN ('counted', 'stated')),
    started_at timestamptz,
    peak_at    timestamptz,
    ended_at   timestamptz,
    peak_angle real,
    range_deg  real,
    hold_s     real,
    out_s      real,
    back_s     real,
    valid      boolean,
    smoothness real,
    PRIMARY KEY (stream_id, joint, first_seq),
    CONSTRAINT motion_repetitions_forward CHECK (last_seq >= first_seq)
);
COMMENT ON TABLE motion_repetitions IS 'Which samples make up which repetition; those of a joint never overlap, so the view shows a reading once. A recount rewrites these rows, never telemetry. Kept for ever.';
COMMENT ON COLUMN motion_repetitions.source IS 'counted: by the hub. stated: by a plain SQL insert into joint_motion_logs.';
COMMENT ON COLUMN motion_repetitions.peak_angle IS 'The raw peak, degrees: the filtered one under-reads fast movements.';
COMMENT ON COLUMN motion_repetitions.valid IS 'The peak reached the target within tolerance; false = partial.';
COMMENT ON COLUMN motion_repetitions.number IS 'From 1 in a session and joint.';
COMMENT ON COLUMN motion_repetitions.hold_s IS 'Seconds at the target or beyond.';
COMMENT ON COLUMN motion_repetitions.out_s IS 'Tempo: seconds from the start to the peak.';
COMMENT ON COLUMN motion_repetitions.back_s IS 'Tempo: seconds from the peak to the end.';
COMMENT ON COLUMN motion_repetitions.smoothness IS 'Mean speed over peak speed, 0 to 1: near 1/2 of an unhesitating movement (Rohrer 2002, "speed metric").';

CREATE TABLE motion_targets (
    session_id   uuid NOT NULL REFERENCES physio_sessions ON DELETE CASCADE,
    joint        text NOT NULL CHECK (are_joints(ARRAY[joint])),
    set_at       timestamptz NOT NULL,
    rest_angle   real CHECK (rest_angle BETWEEN -360 AND 360),
    target_angle real CHECK (target_angle BETWEEN -360 AND 360),
    target_reps  int CHECK (target_reps BETWEEN 1 AND 10000),
    PRIMARY KEY (session_id, joint, set_at)
);
COMMENT ON TABLE motion_targets IS 'What each joint of a session was to reach since when: counting again from what is stored goes by the same.';
COMMENT ON COLUMN motion_targets.set_at IS 'Frames received from then on are judged by it; -infinity = since the beginning.';
COMMENT ON COLUMN motion_targets.rest_angle IS 'The calibrated rest pose, degrees; null = the anatomical position.';

CREATE TABLE motion_counters (
    stream_id  bigint PRIMARY KEY REFERENCES streams,
    live_seq   bigint NOT NULL DEFAULT 0 CHECK (live_seq >= 0),
    live_state bytea,
    final_seq  bigint NOT NULL DEFAULT 0 CHECK (final_seq >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE motion_counters IS 'How far the repetitions of a stream are counted: a hub that takes it over goes on from here.';
COMMENT ON COLUMN motion_counters.live_seq IS 'The sample after which the counters were as live_state says.';
COMMENT ON COLUMN motion_counters.live_state IS 'The counters of its joints, as hub/motion writes them; null = none yet.';
COMMENT ON COLUMN motion_counters.final_seq IS 'The high-water mark up to which the stream was counted after the end of its session; 0 = not yet.';

CREATE FUNCTION set_targets() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    since timestamptz := CASE WHEN NEW.status = 'scheduled' OR TG_OP = 'INSERT'
        THEN '-infinity'::timestamptz ELSE clock_timestamp() + interval '1 second' END;
BEGIN
    IF NEW.joint IS NOT NULL THEN
        INSERT INTO motion_targets (session_id, joint, set_at, rest_angle, target_angle, target_reps)
        VALUES (NEW.id, NEW.joint, since, NEW.rest_angle, NEW.target_angle, NEW.target_reps)
        ON CONFLICT (session_id, joint, set_at) DO UPDATE
        SET rest_angle = EXCLUDED.rest_angle, target_angle = EXCLUDED.target_angle, target_reps = EXCLUDED.target_reps;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION set_targets() IS
    'Keeps what the joint of a session was to reach since when. A change in the middle counts a second later: by then every hub has heard of it.';
CREATE TRIGGER set_targets AFTER INSERT OR UPDATE OF rest_angle, target_angle, target_reps ON physio_sessions
    FOR EACH ROW EXECUTE FUNCTION set_targets();

CREATE FUNCTION tell_sensor() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    told text := CASE
        WHEN NEW.status = 'in_progress' AND OLD.status <> 'in_progress' THEN 'session_start'
        WHEN OLD.status = 'in_progress' AND NEW.status <> 'in_progress' THEN 'session_stop'
        WHEN NEW.status = 'in_progress' THEN 'session_target' END;
BEGIN
    IF NEW.device_id IS NOT NULL AND told IS NOT NULL THEN
        INSERT INTO device_commands (device_id, kind, body, expires_at)
        VALUES (
            NEW.device_id, told,
            CASE told WHEN 'session_stop' THEN jsonb_build_object('session', NEW.id)
                ELSE jsonb_build_object('session', NEW.id, 'joint', NEW.joint, 'rest_angle', NEW.rest_angle,
                                        'target_angle', NEW.target_angle, 'target_reps', NEW.target_reps) END,
            now() + interval '12 hours');
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_sensor() IS 'Tells the sensor of a session that it begins or ends, and what it is to reach now.';
CREATE TRIGGER tell_sensor AFTER UPDATE OF status, rest_angle, target_angle, target_reps ON physio_sessions
    FOR EACH ROW EXECUTE FUNCTION tell_sensor();

CREATE FUNCTION is_zone(name text) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    PERFORM now() AT TIME ZONE name;
    RETURN name IS NOT NULL;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN false;
END
$$;
COMMENT ON FUNCTION is_zone(text) IS 'Whether PostgreSQL knows a time zone of this name.';

CREATE FUNCTION zone_of_plan(of_plan uuid) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT coalesce(
        (SELECT u.time_zone FROM users u WHERE u.id = p.patient_id AND is_zone(u.time_zone)),
        (SELECT f.time_zone FROM physio_sessions s JOIN facilities f ON f.id = s.facility_id
          WHERE s.plan_id = p.id AND is_zone(f.time_zone)
          ORDER BY s.created_at, s.id LIMIT 1),
        (SELECT f.time_zone FROM doctor_facilities w JOIN facilities f ON f.id = w.facility_id
          WHERE w.doctor_id = p.created_by AND is_zone(f.time_zone)
          ORDER BY f.created_at, f.id LIMIT 1),
        'Asia/Kolkata')
      FROM workout_plans p
     WHERE p.id = of_plan
$$;
COMMENT ON FUNCTION zone_of_plan(uuid) IS
    'In which time zone the days of a plan begin: that of the patient, else of the facility of its first session, else of the first facility of its doctor, else India. Null where there is no such plan.';

CREATE FUNCTION today_of_plan(of_plan uuid, moment timestamptz) RETURNS date
    LANGUAGE sql STABLE
    AS $$
    SELECT (moment AT TIME ZONE zone_of_plan(of_plan))::date
$$;
COMMENT ON FUNCTION today_of_plan(uuid, timestamptz) IS 'The local day of a plan at a moment.';

CREATE FUNCTION today_of_plan(of_plan uuid) RETURNS date
    LANGUAGE sql STABLE
    AS $$
    SELECT greatest(today_of_plan(of_plan, now()), (SELECT counted_to FROM rehab_progress WHERE plan_id = of_plan))
$$;
COMMENT ON FUNCTION today_of_plan(uuid) IS 'The local day of a plan; a day up to which it was worked out has begun.';

CREATE FUNCTION plan_repetitions(of_plan uuid, zone text, first_day date, until_day date)
    RETURNS TABLE (day date, exercise_id uuid, valid boolean, peak double precision, place bigint)
    LANGUAGE sql STABLE
    AS $$
    SELECT (s.started_at AT TIME ZONE zone)::date, s.exercise_id, r.valid IS TRUE, r.peak_angle::double precision,
           row_number() OVER (ORDER BY s.started_at, s.id, r.stream_id, r.first_seq)
      FROM workout_plans p
      JOIN physio_sessions s ON s.patient_id = p.patient_id AND s.counted_at IS NOT NULL
      LEFT JOIN plan_exercises e ON e.id = s.exercise_id
      JOIN streams t ON t.physio_session_id = s.id
      JOIN motion_repetitions r ON r.stream_id = t.id AND r.joint = p.joint AND r.source = 'counted'
     WHERE p.id = of_plan AND coalesce(s.plan_id, e.plan_id, p.id) = p.id
       AND (s.started_at AT TIME ZONE zone)::date
           BETWEEN greatest(first_day, p.start_date) AND least(until_day, p.end_date)
$$;
COMMENT ON FUNCTION plan_repetitions(uuid, text, date, date) IS
    'The repetitions that count for a plan: those on its joint in sessions that have been counted, of the plan or of none, on the local day on which the session started.';

CREATE FUNCTION plan_occurrences(of_plan uuid, zone text, first_day date, until_day date)
    RETURNS TABLE (day date, exercise_id uuid, target_reps int, done_reps int)
    LANGUAGE sql STABLE
    AS $$
    WITH due AS (
        SELECT d.day::date AS day, e.id, e.created_at, v.target_reps
          FROM workout_plans p
          JOIN plan_exercises e ON e.plan_id = p.id
         CROSS JOIN generate_series(greatest(p.start_date, first_day)::timestamp,
                                    least(p.end_date, until_day)::timestamp, interval '1 day') AS d (day)
         CROSS JOIN LATERAL (
               SELECT t.target_reps, t.day_of_week, t.last_day FROM exercise_targets t
                WHERE t.exercise_id = e.id AND t.from_day <= d.day
                ORDER BY t.from_day DESC LIMIT 1) AS v
         WHERE p.id = of_plan AND p.status <> 'draft'
           AND v.day_of_week = extract(isodow FROM d.day) AND (v.last_day IS NULL OR d.day <= v.last_day)
    ), repeated AS (
        SELECT r.day, r.exercise_id FROM plan_repetitions(of_plan, zone, first_day, until_day) r WHERE r.valid
    ), own AS (
        SELECT o.day, o.exercise_id, sum(o.reps) AS reps
          FROM (SELECT r.day, r.exercise_id, 1 AS reps FROM repeated r WHERE r.exercise_id IS NOT NULL
                UNION ALL
                SELECT t.day, t.exercise_id, t.reps
                  FROM exercise_ticks t JOIN plan_exercises e ON e.id = t.exercise_id
                 WHERE e.plan_id = of_plan AND t.day BETWEEN first_day AND until_day) o
         GROUP BY o.day, o.exercise_id
    ), free AS (
        SELECT r.day, count(*) AS reps FROM repeated r WHERE r.exercise_id IS NULL GROUP BY r.day
    ), lacking AS (
        SELECT d.*, least(d.target_reps, coalesce(o.reps, 0)) AS has, coalesce(f.reps, 0) AS spare,
               sum(d.target_reps - least(d.target_reps, coalesce(o.reps, 0)))
                   OVER (PARTITION BY d.day ORDER BY d.created_at, d.id) AS lack
          FROM due d
          LEFT JOIN own o ON o.day = d.day AND o.exercise_id = d.id
          LEFT JOIN free f ON f.day = d.day
    )
    SELECT l.day, l.id, l.target_reps,
           (l.target_reps - least(l.target_reps - l.has, greatest(0, l.lack - l.spare)))::int
      FROM lacking l
$$;
COMMENT ON FUNCTION plan_occurrences(uuid, text, date, date) IS
    'What was due on which day, and how much of it was done: valid repetitions of sessions for the exercise and what was ticked off, then those of sessions for no exercise, which fill the exercises in the order in which they were added; never more than the target.';

CREATE FUNCTION work_out_days(of_plan uuid, zone text, first_day date, until_day date, today date)
    RETURNS TABLE (plan_id uuid, day date, completed_reps int, valid_reps int, self_reported_reps int,
                   peak_angle_sum double precision, peak_angle_n int, due_reps int, done_reps int, fulfilled_reps int)
    LANGUAGE sql STABLE
    AS $$
    WITH repeated AS (
        SELECT r.day, count(*) AS completed, count(*) FILTER (WHERE r.valid) AS valid,
               sum(r.peak ORDER BY r.place) AS peak_sum, count(r.peak) AS peak_n
          FROM plan_repetitions(of_plan, zone, first_day, until_day) r
         GROUP BY r.day
    ), ticked AS (
        SELECT t.day, sum(t.reps) AS reps
          FROM workout_plans p
          JOIN plan_exercises e ON e.plan_id = p.id
          JOIN exercise_ticks t ON t.exercise_id = e.id
         WHERE p.id = of_plan AND t.reps > 0
           AND t.day BETWEEN greatest(first_day, p.start_date) AND least(until_day, p.end_date)
         GROUP BY t.day
    ), due AS (
        SELECT o.day, sum(o.target_reps) AS due, sum(o.done_reps) AS done,
               sum(o.target_reps) FILTER (WHERE o.done_reps = o.target_reps) AS fulfilled
          FROM plan_occurrences(of_plan, zone, first_day, least(until_day, today)) o
         GROUP BY o.day
    )
    SELECT of_plan, day, (coalesce(r.completed, 0) + coalesce(t.reps, 0))::int,
           (coalesce(r.valid, 0) + coalesce(t.reps, 0))::int, coalesce(t.reps, 0)::int,
           coalesce(r.peak_sum, 0), coalesce(r.peak_n, 0)::int,
           coalesce(d.due, 0)::int, coalesce(d.done, 0)::int, coalesce(d.fulfilled, 0)::int
      FROM repeated r FULL JOIN ticked t USING (day) FULL JOIN due d USING (day)
$$;
COMMENT ON FUNCTION work_out_days(uuid, text, date, date, date) IS 'The rows of rehab_days as they are to be: of some days of a plan, nothing being due after today.';

CREATE FUNCTION sum_of_days(of_plan uuid, today date)
    RETURNS TABLE (completed_reps int, valid_reps int, self_reported_reps int, peak_angle_sum double precision,
                   peak_angle_n int, average_angle double precision, compliance_rate double precision)
    LANGUAGE sql STABLE
    AS $$
    SELECT completed, valid, ticked, peak_sum, peak_n, peak_sum / nullif(peak_n, 0), 100.0::double precision * done / nullif(due, 0)
      FROM (SELECT coalesce(sum(d.completed_reps), 0)::int AS completed, coalesce(sum(d.valid_reps), 0)::int AS valid,
                   coalesce(sum(d.self_reported_reps), 0)::int AS ticked,
                   coalesce(sum(d.peak_angle_sum ORDER BY d.day), 0) AS peak_sum,
                   coalesce(sum(d.peak_angle_n), 0)::int AS peak_n,
                   sum(CASE WHEN d.day < today THEN d.due_reps ELSE d.fulfilled_reps END) AS due,
                   sum(CASE WHEN d.day < today THEN d.done_reps ELSE d.fulfilled_reps END) AS done
              FROM rehab_days d
             WHERE d.plan_id = of_plan) AS s
$$;
COMMENT ON FUNCTION sum_of_days(uuid, date) IS
    'What rehab_progress is to say: the sum of its days. What is due today counts once it is done, or once the day is over.';

CREATE FUNCTION count_progress(of_plan uuid, first_day date, until_day date, moment timestamptz DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    zone text;
    today date;
    kept rehab_progress;
BEGIN
    -- Before the row of its progress: who changes a plan locks the two in this order.
    PERFORM FROM workout_plans WHERE id = of_plan FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO rehab_progress (plan_id) VALUES (of_plan) ON CONFLICT ON CONSTRAINT rehab_progress_plan_id_key DO NOTHING;
    SELECT * INTO kept FROM rehab_progress WHERE plan_id = of_plan FOR UPDATE;
    zone := zone_of_plan(of_plan);
    today := CASE WHEN moment IS NULL THEN today_of_plan(of_plan) ELSE today_of_plan(of_plan, moment) END;
    IF kept.counted_to IS NULL OR kept.time_zone IS DISTINCT FROM zone OR today < kept.counted_to THEN
        first_day := '-infinity';
        until_day := 'infinity';
    END IF;
    DELETE FROM rehab_days WHERE plan_id = of_plan AND day BETWEEN first_day AND until_day;
    INSERT INTO rehab_days SELECT * FROM work_out_days(of_plan, zone, first_day, until_day, today);
    IF today > kept.counted_to AND until_day < today THEN
        first_day := greatest(kept.counted_to, until_day) + 1;
        DELETE FROM rehab_days WHERE plan_id = of_plan AND day BETWEEN first_day AND today;
        INSERT INTO rehab_days SELECT * FROM work_out_days(of_plan, zone, first_day, today, today);
    END IF;
    UPDATE rehab_progress
       SET (completed_reps, valid_reps, self_reported_reps, peak_angle_sum, peak_angle_n, average_angle, compliance_rate)
           = (SELECT s.* FROM sum_of_days(of_plan, today) s),
           counted_to = today, time_zone = zone, last_updated = now()
     WHERE plan_id = of_plan;
END
$$;
COMMENT ON FUNCTION count_progress(uuid, date, date, timestamptz) IS
    'Works out some days of a plan again, and those that have begun since it was last done, and sums all of them up. Of one plan one at a time.';

REVOKE EXECUTE ON FUNCTION count_progress(uuid, date, date, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_progress(uuid, date, date, timestamptz) TO arogya_app, arogya_ingest;

CREATE FUNCTION count_session(of_session uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT count_progress(found.id, found.day, found.day)
      FROM (SELECT p.id, today_of_plan(p.id, s.started_at) AS day
              FROM physio_sessions s
              LEFT JOIN plan_exercises e ON e.id = s.exercise_id
              JOIN workout_plans p ON p.patient_id = s.patient_id AND p.id = coalesce(s.plan_id, e.plan_id, p.id)
             WHERE s.id = of_session AND s.started_at IS NOT NULL
             ORDER BY p.id) AS found
$$;
COMMENT ON FUNCTION count_session(uuid) IS 'Works out the day of a session again, in each plan for which it counts.';

REVOKE EXECUTE ON FUNCTION count_session(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_session(uuid) TO arogya_app, arogya_ingest;

CREATE FUNCTION keep_targets() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    plan workout_plans;
    today date;
    since date := '-infinity';
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM count_progress(OLD.plan_id, '-infinity', 'infinity');
        RETURN NULL;
    END IF;
    SELECT * INTO plan FROM workout_plans WHERE id = NEW.plan_id;
    today := today_of_plan(plan.id);
    IF plan.status = 'draft' THEN
        DELETE FROM exercise_targets WHERE exercise_id = NEW.id;
    ELSIF TG_OP = 'UPDATE' OR plan.start_date < today AND today_of_plan(plan.id, plan.created_at) < today THEN
        since := today;
    END IF;
    INSERT INTO exercise_targets (exercise_id, from_day, target_reps, target_angle, day_of_week, last_day)
    VALUES (NEW.id, since, NEW.target_reps, NEW.target_angle, NEW.day_of_week, NEW.last_day)
    ON CONFLICT (exercise_id, from_day) DO UPDATE
    SET (target_reps, target_angle, day_of_week, last_day)
        = (EXCLUDED.target_reps, EXCLUDED.target_angle, EXCLUDED.day_of_week, EXCLUDED.last_day);
    PERFORM count_progress(NEW.plan_id, since, 'infinity');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION keep_targets() IS
    'Keeps what an exercise asked for since when: while its plan is a draft, from the beginning; one that is added to a plan under way, and every change, from that day on.';
CREATE TRIGGER keep_targets AFTER INSERT OR DELETE OR UPDATE OF target_reps, target_angle, day_of_week, last_day ON plan_exercises
    FOR EACH ROW EXECUTE FUNCTION keep_targets();

CREATE FUNCTION end_plan() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    IF NEW.status = 'ended' AND OLD.status <> 'ended' THEN
        NEW.end_date := greatest(NEW.start_date, least(NEW.end_date, today_of_plan(NEW.id)));
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION end_plan() IS 'A plan that somebody ends has its last day that day: nothing is due any more.';
CREATE TRIGGER end_plan BEFORE UPDATE OF status ON workout_plans FOR EACH ROW EXECUTE FUNCTION end_plan();

CREATE FUNCTION count_again() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'workout_plans' THEN
            PERFORM count_progress(NEW.id, '-infinity', 'infinity');
        WHEN 'exercise_ticks' THEN
            PERFORM count_progress(e.plan_id, x.day, x.day)
               FROM (VALUES (OLD.exercise_id, OLD.day), (NEW.exercise_id, NEW.day)) AS x (exercise_id, day)
               JOIN plan_exercises e ON e.id = x.exercise_id;
        ELSE
            -- A session that counts elsewhere now may leave days of plans that it says nothing of any more.
            PERFORM count_progress(p.id, '-infinity', 'infinity')
               FROM workout_plans p
              WHERE p.patient_id IN (OLD.patient_id, NEW.patient_id)
              ORDER BY p.id;
    END CASE;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION count_again() IS 'Works out progress again where a plan, a tick, or what a counted session is for has changed.';
CREATE TRIGGER count_again AFTER INSERT OR UPDATE OF patient_id, created_by, joint, start_date, end_date, status ON workout_plans
    FOR EACH ROW EXECUTE FUNCTION count_again();
CREATE TRIGGER count_again AFTER INSERT OR UPDATE OR DELETE ON exercise_ticks
    FOR EACH ROW EXECUTE FUNCTION count_again();
CREATE TRIGGER count_again AFTER UPDATE OF patient_id, plan_id, exercise_id, started_at ON physio_sessions
    FOR EACH ROW
    WHEN (NEW.counted_at IS NOT NULL AND (OLD.patient_id, OLD.plan_id, OLD.exercise_id, OLD.started_at)
          IS DISTINCT FROM (NEW.patient_id, NEW.plan_id, NEW.exercise_id, NEW.started_at))
    EXECUTE FUNCTION count_again();

CREATE FUNCTION move_days() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM count_progress(p.id, '-infinity', 'infinity')
       FROM workout_plans p JOIN rehab_progress r ON r.plan_id = p.id
      WHERE CASE TG_TABLE_NAME
                WHEN 'users' THEN p.patient_id = (to_jsonb(NEW) ->> 'id')::uuid
                WHEN 'doctor_facilities' THEN
                    p.created_by IN ((to_jsonb(OLD) ->> 'doctor_id')::uuid, (to_jsonb(NEW) ->> 'doctor_id')::uuid)
                WHEN 'physio_sessions' THEN
                    p.id IN ((to_jsonb(OLD) ->> 'plan_id')::uuid, (to_jsonb(NEW) ->> 'plan_id')::uuid)
                ELSE true END
        AND r.time_zone <> zone_of_plan(p.id)
      ORDER BY p.id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION move_days() IS 'Works out progress again where the days of a plan begin at other hours now.';
CREATE TRIGGER move_days AFTER UPDATE OF time_zone ON users
    FOR EACH ROW WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone) EXECUTE FUNCTION move_days();
CREATE TRIGGER move_days AFTER UPDATE OF time_zone ON facilities
    FOR EACH ROW WHEN (OLD.time_zone <> NEW.time_zone) EXECUTE FUNCTION move_days();
CREATE TRIGGER move_days AFTER INSERT OR DELETE OR UPDATE ON doctor_facilities
    FOR EACH ROW EXECUTE FUNCTION move_days();
CREATE TRIGGER move_days AFTER INSERT OR UPDATE OF plan_id, facility_id ON physio_sessions
    FOR EACH ROW EXECUTE FUNCTION move_days();

CREATE FUNCTION joint_motion_log_id(stream_id bigint, seq bigint, joint_number int) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        lpad(to_hex(stream_id), 12, '0') || '8' || lpad(to_hex(joint_number), 3, '0')
        || to_hex(seq | (-9223372036854775808)::bigint)
    )::uuid;
COMMENT ON FUNCTION joint_motion_log_id(bigint, bigint, int) IS
    'A UUIDv8 (RFC 9562): 48 bits of stream, 12 of joint (its place in streams.joints, from 1), 62 of seq.';

CREATE FUNCTION joint_motion_log_key(id uuid, OUT stream_id bigint, OUT seq bigint, OUT joint_number int)
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        ('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint,
        ('x' || right(replace(id::text, '-', ''), 16))::bit(64)::bigint & 4611686018427387903,
        ('x' || lpad(substr(replace(id::text, '-', ''), 14, 3), 8, '0'))::bit(32)::int
    );
COMMENT ON FUNCTION joint_motion_log_key(uuid) IS 'What joint_motion_log_id() was made of; look readings up by it, the id itself has no index.';

CREATE VIEW joint_motion_logs AS
SELECT joint_motion_log_id(f.stream_id, f.seq + sample.n, sample.joint_number) AS id,
       s.physio_session_id AS session_id,
       f.started_at + make_interval(secs => coalesce(f.offsets_us[sample.n + 1], sample.n::bigint * f.interval_us) / 1e6)
           AS "timestamp",
       s.joints[sample.joint_number] AS joint,
       sample.angle,
       r.number AS repetition
FROM streams AS s
JOIN motion_frames AS f ON f.stream_id = s.id
CROSS JOIN LATERAL (
    SELECT a.angle,
           ((a.place - 1) / samples + 1)::int AS joint_number,
           ((a.place - 1) % samples)::int AS n
    FROM unnest(f.angles) WITH ORDINALITY AS a (angle, place),
         LATERAL (SELECT CASE s.kind WHEN 'sql' THEN 1 ELSE greatest(cardinality(f.angles) / cardinality(s.joints), 1) END)
             AS shape (samples)
) AS sample
LEFT JOIN motion_repetitions AS r
    ON r.stream_id = f.stream_id AND r.joint = s.joints[sample.joint_number]
    AND f.seq + sample.n BETWEEN r.first_seq AND r.last_seq
WHERE s.kind IN ('motion', 'sql') AND sample.angle <> 'NaN';
COMMENT ON VIEW joint_motion_logs IS
    'One row per joint and sample of a physio session, over motion_frames. Plain inserts go into the session''s own sql stream.';
COMMENT ON COLUMN joint_motion_logs.id IS 'Reversible: see joint_motion_log_key().';
COMMENT ON COLUMN joint_motion_logs.angle IS 'Degrees, 0 = anatomical position.';
COMMENT ON COLUMN joint_motion_logs.repetition IS 'The number of the counted repetition the sample belongs to; null = none.';

CREATE FUNCTION insert_joint_motion_log() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    stream streams%ROWTYPE;
    joint_number int;
BEGIN
    IF NEW.id IS NOT NULL THEN
        RAISE EXCEPTION 'the id of a joint_motion_logs row follows from where it is stored'
            USING ERRCODE = 'generated_always';
    END IF;
    IF NEW.angle IS NULL OR NEW.angle = 'NaN' OR abs(NEW.angle) > 360 THEN
        RAISE EXCEPTION 'an angle lies between -360 and 360 degrees'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_frames_angles', TABLE = 'motion_frames';
    END IF;
    NEW.timestamp := coalesce(NEW.timestamp, clock_timestamp());
    -- The update of the mark also makes concurrent inserts into one session wait for each other.
    INSERT INTO streams AS s (log_id, kind, physio_session_id, joints, last_seq)
    VALUES (replace(NEW.session_id::text, '-', ''), 'sql', NEW.session_id, ARRAY[NEW.joint], 1)
    ON CONFLICT (physio_session_id) WHERE kind = 'sql' DO UPDATE
    SET last_seq = s.last_seq + 1,
        joints = CASE WHEN NEW.joint = ANY (s.joints) THEN s.joints ELSE s.joints || NEW.joint END
    RETURNING * INTO stream;
    joint_number := array_position(stream.joints, NEW.joint);
    INSERT INTO motion_frames (stream_id, seq, received_at, started_at, interval_us, offsets_us, angles)
    VALUES (stream.id, stream.last_seq, clock_timestamp(), NEW.timestamp, 0, '{}',
            array_fill('NaN'::real, ARRAY[joint_number - 1]) || NEW.angle);
    IF NEW.repetition IS NOT NULL THEN
        UPDATE motion_repetitions SET last_seq = stream.last_seq
        WHERE stream_id = stream.id AND joint = NEW.joint AND number = NEW.repetition
          AND last_seq = stream.last_seq - 1 AND source = 'stated';
        IF NOT FOUND THEN
            INSERT INTO motion_repetitions (stream_id, joint, number, first_seq, last_seq, source)
            VALUES (stream.id, NEW.joint, NEW.repetition, stream.last_seq, stream.last_seq, 'stated');
        END IF;
    END IF;
    NEW.id := joint_motion_log_id(stream.id, stream.last_seq, joint_number);
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION insert_joint_motion_log() IS
    'Stores a plain SQL insert as a frame of one sample. The angles of such a frame reach up to its joint, NaN before it.';
CREATE TRIGGER insert_joint_motion_log INSTEAD OF INSERT ON joint_motion_logs
    FOR EACH ROW EXECUTE FUNCTION insert_joint_motion_log();

CREATE TABLE alarms (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    device_id       bigint NOT NULL REFERENCES devices,
    alarm_id        text NOT NULL CHECK (length(alarm_id) BETWEEN 1 AND 64),
    kind            text NOT NULL CHECK (kind IN ('sos')),
    ambulance_id    bigint REFERENCES ambulances,
    stream_id       bigint REFERENCES streams,
    seq             bigint,
    raised_at       timestamptz NOT NULL,
    received_at     timestamptz NOT NULL,
    late            boolean NOT NULL DEFAULT false,
    latitude        double precision,
    longitude       double precision,
    acknowledged_at timestamptz,
    acknowledged_by uuid REFERENCES users,
    CONSTRAINT alarms_device_id_alarm_id_key UNIQUE (device_id, alarm_id)
);
CREATE INDEX alarms_ambulance_id_idx ON alarms (ambulance_id, raised_at);
CREATE INDEX alarms_raised_at_idx ON alarms (raised_at, id);
CREATE INDEX alarms_open_idx ON alarms (raised_at) WHERE acknowledged_at IS NULL;
COMMENT ON TABLE alarms IS 'Alarms that devices raised; each fires once, however often and late it arrives.';
COMMENT ON COLUMN alarms.kind IS 'sos: the crew pressed the button.';
COMMENT ON COLUMN alarms.raised_at IS 'fix_at of the sample that carried it.';
COMMENT ON COLUMN alarms.late IS 'It came in a sample older than the newest: from a backlog.';
COMMENT ON INDEX alarms_device_id_alarm_id_key IS 'An alarm fires once.';
COMMENT ON INDEX alarms_ambulance_id_idx IS 'The alarms of an ambulance by time.';
COMMENT ON INDEX alarms_raised_at_idx IS 'All alarms, to list them newest first.';
COMMENT ON INDEX alarms_open_idx IS 'Alarms that nobody has acknowledged yet.';


-- 8  Payments, messages, notifications -------------------------------------------------------------------------------

CREATE TABLE transactions (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id         uuid NOT NULL REFERENCES users,
    service_type    text NOT NULL CHECK (service_type IN ('appointment', 'ambulance', 'physio')),
    service_id      uuid NOT NULL,
    amount          numeric(12, 2) NOT NULL CONSTRAINT transactions_amount_positive CHECK (amount > 0 AND amount <> 'NaN'),
    currency        text NOT NULL DEFAULT 'INR' CHECK (currency ~ '^[A-Z]{3}$'),
    refunded_amount numeric(12, 2) NOT NULL DEFAULT 0,
    status          text NOT NULL DEFAULT 'created' CHECK (status IN (
                        'created', 'authorized', 'captured', 'partially_refunded', 'refunded', 'failed', 'void')),
    facility_id     uuid REFERENCES facilities,
    provider        text,
    provider_ref    text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT transactions_refund_within_amount CHECK (refunded_amount BETWEEN 0 AND amount),
    CONSTRAINT transactions_refund_agrees CHECK (CASE status
        WHEN 'partially_refunded' THEN refunded_amount > 0 AND refunded_amount < amount
        WHEN 'refunded' THEN refunded_amount = amount
        ELSE refunded_amount = 0 END),
    CONSTRAINT transactions_provider_ref_key UNIQUE (provider, provider_ref)
);
CREATE INDEX transactions_user_id_idx ON transactions (user_id, created_at);
CREATE INDEX transactions_service_idx ON transactions (service_type, service_id);
CREATE INDEX transactions_facility_id_idx ON transactions (facility_id, created_at);
COMMENT ON TABLE transactions IS 'Payments for services; the money itself is in ledger_entries.';
COMMENT ON COLUMN transactions.service_type IS 'appointment: appointments. ambulance: ambulance_requests. physio: physio_sessions.';
COMMENT ON COLUMN transactions.service_id IS 'The row of that table; it belongs to the payer.';
COMMENT ON COLUMN transactions.currency IS 'ISO 4217.';
COMMENT ON COLUMN transactions.status IS
    'created → authorized | failed | void; authorized → captured | failed | void; captured → partially_refunded | refunded; partially_refunded → refunded. refunded, failed and void are final.';
COMMENT ON COLUMN transactions.facility_id IS 'Who provides the service, for whom staff see it.';
COMMENT ON INDEX transactions_provider_ref_key IS 'A payment at the provider is one transaction here.';
COMMENT ON INDEX transactions_user_id_idx IS 'The payments of a user by time.';
COMMENT ON INDEX transactions_service_idx IS 'The payments for a service.';
COMMENT ON INDEX transactions_facility_id_idx IS 'The payments to a facility by time.';

CREATE TABLE ledger_entries (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    posting_id     uuid NOT NULL,
    transaction_id uuid NOT NULL REFERENCES transactions,
    account        text NOT NULL CHECK (account IN ('payer', 'provider', 'facility', 'fees')),
    amount         numeric(12, 2) NOT NULL CHECK (amount <> 0 AND amount <> 'NaN'),
    currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    posted_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ledger_entries_posting_id_idx ON ledger_entries (posting_id);
CREATE INDEX ledger_entries_transaction_id_idx ON ledger_entries (transaction_id);
COMMENT ON TABLE ledger_entries IS 'Append-only double-entry ledger under transactions; the entries of a posting sum to zero.';
COMMENT ON COLUMN ledger_entries.account IS 'payer | provider (money at the gateway) | facility | fees.';
COMMENT ON COLUMN ledger_entries.amount IS 'Signed: debits positive, credits negative.';
COMMENT ON INDEX ledger_entries_posting_id_idx IS 'The entries of a posting, to sum them.';
COMMENT ON INDEX ledger_entries_transaction_id_idx IS 'The entries of a transaction.';

CREATE FUNCTION check_posting() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_entries WHERE posting_id = NEW.posting_id GROUP BY currency HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'the entries of a posting sum to zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_balanced', TABLE = 'ledger_entries';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION check_posting() IS 'Refuses, at commit, a posting that does not balance in each currency.';
CREATE CONSTRAINT TRIGGER ledger_entries_balanced AFTER INSERT ON ledger_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_posting();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE payment_events (
    provider       text NOT NULL,
    event_id       text NOT NULL,
    transaction_id uuid REFERENCES transactions,
    received_at    timestamptz NOT NULL DEFAULT now(),
    body           jsonb NOT NULL,
    PRIMARY KEY (provider, event_id)
);
CREATE INDEX payment_events_transaction_id_idx ON payment_events (transaction_id);
COMMENT ON TABLE payment_events IS 'Webhooks of payment providers, each once, in whatever order they come.';
COMMENT ON INDEX payment_events_transaction_id_idx IS 'The webhooks of a transaction.';

CREATE TABLE messages (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sender_id    uuid NOT NULL REFERENCES users,
    receiver_id  uuid NOT NULL REFERENCES users,
    content      text NOT NULL CONSTRAINT messages_content_length CHECK (length(content) BETWEEN 1 AND 4000),
    sent_at      timestamptz NOT NULL DEFAULT now(),
    sequence     bigint GENERATED ALWAYS AS IDENTITY,
    client_id    text CHECK (length(client_id) BETWEEN 1 AND 64),
    delivered_at timestamptz,
    read_at      timestamptz,
    corrects     uuid REFERENCES messages,
    CONSTRAINT messages_two_people CHECK (sender_id <> receiver_id),
    CONSTRAINT messages_read_after_delivery CHECK (read_at IS NULL OR delivered_at IS NOT NULL),
    CONSTRAINT messages_client_id_key UNIQUE (sender_id, client_id)
);
CREATE UNIQUE INDEX messages_conversation_idx
    ON messages (least(sender_id, receiver_id), greatest(sender_id, receiver_id), sequence);
CREATE INDEX messages_unread_idx ON messages (receiver_id, sequence) WHERE read_at IS NULL;
CREATE INDEX messages_corrects_idx ON messages (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX messages_receiver_id_idx ON messages (receiver_id, sequence);
CREATE INDEX messages_sender_id_idx ON messages (sender_id, sequence);
COMMENT ON TABLE messages IS 'Direct messages between two users who have a care or facility relation.';
COMMENT ON COLUMN messages.sequence IS 'The order of the server within a conversation (with gaps).';
COMMENT ON COLUMN messages.client_id IS 'Drawn by the sender: a resent message is stored once.';
COMMENT ON COLUMN messages.delivered_at IS 'sent → delivered → read, forward only.';
COMMENT ON COLUMN messages.corrects IS 'The message that this one corrects; messages are never edited.';
COMMENT ON INDEX messages_client_id_key IS 'A resent message is stored once.';
COMMENT ON INDEX messages_conversation_idx IS 'A conversation in order.';
COMMENT ON INDEX messages_unread_idx IS 'What a user has not read.';
COMMENT ON INDEX messages_corrects_idx IS 'The corrections of a message.';
COMMENT ON INDEX messages_receiver_id_idx IS 'What a user was sent, in order.';
COMMENT ON INDEX messages_sender_id_idx IS 'What a user has sent, in order.';

CREATE TABLE notifications (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      uuid NOT NULL REFERENCES users,
    message      text NOT NULL,
    type         text NOT NULL CHECK (type <> ''),
    created_at   timestamptz NOT NULL DEFAULT now(),
    read         boolean NOT NULL DEFAULT false,
    sequence     bigint GENERATED ALWAYS AS IDENTITY,
    dedupe_key   text CONSTRAINT notifications_dedupe_key_key UNIQUE,
    expires_at   timestamptz,
    delivered_at timestamptz
);
CREATE INDEX notifications_user_id_idx ON notifications (user_id, sequence);
CREATE INDEX notifications_waiting_idx ON notifications (created_at) WHERE delivered_at IS NULL;
CREATE INDEX notifications_unread_idx ON notifications (user_id, sequence) WHERE NOT read;
COMMENT ON TABLE notifications IS 'Alerts and reminders, written in the transaction of their cause (an outbox), delivered after it.';
COMMENT ON COLUMN notifications.message IS 'No clinical text.';
COMMENT ON COLUMN notifications.type IS 'What it is about, for icons and preferences.';
COMMENT ON COLUMN notifications.expires_at IS 'After this it is not sent any more.';
COMMENT ON INDEX notifications_dedupe_key_key IS 'A cause notifies once.';
COMMENT ON INDEX notifications_user_id_idx IS 'The inbox of a user in order.';
COMMENT ON INDEX notifications_waiting_idx IS 'What is still to be delivered.';
COMMENT ON INDEX notifications_unread_idx IS 'What a user has not read.';


-- 9  Sign-in, audit, idempotency -------------------------------------------------------------------------------------

CREATE TABLE sessions (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id      uuid NOT NULL REFERENCES users,
    client       text NOT NULL CHECK (client IN ('web', 'app')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    end_reason   text,
    user_agent   text,
    network      inet
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id) WHERE ended_at IS NULL;
COMMENT ON TABLE sessions IS 'Who is signed in, and where. The tokens of a session are one family.';
COMMENT ON COLUMN sessions.client IS 'web: a cookie. app: bearer and refresh tokens.';
COMMENT ON COLUMN sessions.ended_at IS 'Null = live. Set once; open sockets of the session are closed.';
COMMENT ON COLUMN sessions.end_reason IS 'logout, password, role, disabled, revoked, reuse, …';
COMMENT ON INDEX sessions_user_id_idx IS 'The live sessions of a user.';

CREATE TABLE session_tokens (
    hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('cookie', 'access', 'refresh')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX session_tokens_session_id_idx ON session_tokens (session_id);
COMMENT ON TABLE session_tokens IS 'SHA-256 of the tokens of sessions; the tokens themselves are nowhere.';
COMMENT ON COLUMN session_tokens.kind IS 'cookie (web) | access (15 minutes) | refresh (30 days, used once).';
COMMENT ON COLUMN session_tokens.used_at IS 'When a refresh token was exchanged; a second use ends the session.';
COMMENT ON INDEX session_tokens_session_id_idx IS 'The tokens of a session.';

CREATE TABLE ws_tickets (
    hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
    purpose    text NOT NULL CHECK (purpose IN ('live', 'device')),
    session_id uuid REFERENCES sessions ON DELETE CASCADE,
    device_id  bigint REFERENCES devices ON DELETE CASCADE,
    origin     text NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT ws_tickets_bearer CHECK (CASE purpose
        WHEN 'live' THEN session_id IS NOT NULL AND device_id IS NULL
        ELSE device_id IS NOT NULL AND session_id IS NULL END)
);
CREATE INDEX ws_tickets_expires_at_idx ON ws_tickets (expires_at);
CREATE INDEX ws_tickets_session_id_idx ON ws_tickets (session_id);
CREATE INDEX ws_tickets_device_id_idx ON ws_tickets (device_id);
COMMENT ON TABLE ws_tickets IS 'Single-use tickets that open a browser''s WebSocket; deleted by their use.';
COMMENT ON COLUMN ws_tickets.purpose IS 'live: /ws/live. device: /ws/device from a browser used as a tablet.';
COMMENT ON COLUMN ws_tickets.origin IS 'The Origin it was given to and must come back from.';
COMMENT ON INDEX ws_tickets_expires_at_idx IS 'Tickets that were never used, to remove them.';
COMMENT ON INDEX ws_tickets_session_id_idx IS 'The tickets of a session.';
COMMENT ON INDEX ws_tickets_device_id_idx IS 'The tickets of a device.';

CREATE TABLE activation_links (
    hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    purpose    text NOT NULL CHECK (purpose IN ('activate', 'reset')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX activation_links_user_id_idx ON activation_links (user_id);
COMMENT ON TABLE activation_links IS 'One-use links to choose a password.';
COMMENT ON COLUMN activation_links.purpose IS 'activate: the first password. reset: a new one.';
COMMENT ON INDEX activation_links_user_id_idx IS 'The links of a user.';

CREATE TABLE totp_secrets (
    user_id      uuid PRIMARY KEY REFERENCES users,
    secret       bytea CHECK (length(secret) = 20),
    confirmed_at timestamptz,
    last_step    bigint NOT NULL DEFAULT 0,
    pending      bytea CHECK (length(pending) = 20),
    CONSTRAINT totp_secrets_confirmed CHECK ((secret IS NULL) = (confirmed_at IS NULL))
);
COMMENT ON TABLE totp_secrets IS 'The second factor of a user (RFC 6238): what the authenticator app has too.';
COMMENT ON COLUMN totp_secrets.secret IS '160 bits; null until a code has proved that the app has them.';
COMMENT ON COLUMN totp_secrets.last_step IS 'The newest time step whose code was taken: it and those before do not count any more.';
COMMENT ON COLUMN totp_secrets.pending IS 'A secret that waits for its first code, and then takes the place of the other.';

CREATE TABLE second_factor_codes (
    hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
    user_id    uuid NOT NULL REFERENCES users,
    kind       text NOT NULL CHECK (kind IN ('recovery', 'bypass')),
    issued_by  uuid REFERENCES users,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    used_at    timestamptz
);
CREATE INDEX second_factor_codes_user_id_idx ON second_factor_codes (user_id, kind);
COMMENT ON TABLE second_factor_codes IS 'Codes that stand in for the authenticator app, each once, by their SHA-256.';
COMMENT ON COLUMN second_factor_codes.kind IS 'recovery: one of ten, kept by the user. bypass: from a supervisor, for once.';
COMMENT ON COLUMN second_factor_codes.issued_by IS 'Who let the user in; null for recovery codes.';
COMMENT ON INDEX second_factor_codes_user_id_idx IS 'The codes of a user.';

CREATE TABLE workstations (
    hash       bytea NOT NULL CHECK (length(hash) = 32),
    user_id    uuid NOT NULL REFERENCES users,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (hash, user_id)
);
CREATE INDEX workstations_user_id_idx ON workstations (user_id);
CREATE INDEX workstations_expires_at_idx ON workstations (expires_at);
COMMENT ON TABLE workstations IS 'Who showed a second factor at which browser, and needs none there for the rest of the shift.';
COMMENT ON COLUMN workstations.hash IS 'SHA-256 of what the browser keeps in a cookie.';
COMMENT ON INDEX workstations_user_id_idx IS 'Where a user is trusted.';
COMMENT ON INDEX workstations_expires_at_idx IS 'Shifts that are over, to remove them.';
CREATE TABLE idempotency_keys (
    principal  text NOT NULL,
    key        text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    operation  text NOT NULL,
    body_hash  bytea NOT NULL,
    status     int,
    response   bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    PRIMARY KEY (principal, key)
);
CREATE INDEX idempotency_keys_expires_at_idx ON idempotency_keys (expires_at);
COMMENT ON TABLE idempotency_keys IS 'Answers already given: same key and body, same answer; same key, other body, refused.';
COMMENT ON COLUMN idempotency_keys.status IS 'The HTTP status answered; null = the first one is still at work.';
COMMENT ON INDEX idempotency_keys_expires_at_idx IS 'Old answers, to remove them.';

-- No foreign keys: the log outlives what it tells about.
CREATE TABLE audit_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'device', 'system', 'anonymous')),
    actor_id   text,
    session_id uuid,
    action     text NOT NULL CHECK (action <> ''),
    entity     text NOT NULL,
    entity_id  text,
    patient_id uuid,
    outcome    text NOT NULL DEFAULT 'allowed' CHECK (outcome IN ('allowed', 'denied')),
    reason     text,
    request_id text,
    network    inet,
    detail     jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_at_idx ON audit_log (at, id);
CREATE INDEX audit_log_patient_id_idx ON audit_log (patient_id, at, id) WHERE patient_id IS NOT NULL;
CREATE INDEX audit_log_actor_idx ON audit_log (actor_id, at, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_log_entity_idx ON audit_log (entity, entity_id, at, id);
COMMENT ON TABLE audit_log IS 'Who did what to what, reads of clinical data and denials among it. Append-only.';
COMMENT ON COLUMN audit_log.actor_kind IS 'user (users.id) | device (devices.id) | system (the hub, the command line) | anonymous.';
COMMENT ON COLUMN audit_log.outcome IS 'allowed | denied.';
COMMENT ON COLUMN audit_log.reason IS 'Why, where a person had to say so (break-glass, overbooking).';
COMMENT ON COLUMN audit_log.detail IS 'What changed; never a secret.';
COMMENT ON INDEX audit_log_at_idx IS 'The log by time, to page through it.';
COMMENT ON INDEX audit_log_patient_id_idx IS 'What happened to the data of a patient.';
COMMENT ON INDEX audit_log_actor_idx IS 'What an actor did.';
COMMENT ON INDEX audit_log_entity_idx IS 'What happened to a row.';

CREATE TABLE audit_unsealed (
    entry_id bigint PRIMARY KEY
);
COMMENT ON TABLE audit_unsealed IS 'Entries of audit_log that no seal covers yet: ids commit out of order, so a high-water mark would miss some.';

CREATE TABLE audit_seals (
    id        bigint PRIMARY KEY CHECK (id > 0),
    sealed_at timestamptz NOT NULL DEFAULT now(),
    entry_ids bigint[] NOT NULL CHECK (cardinality(entry_ids) > 0),
    previous  bytea NOT NULL CONSTRAINT audit_seals_previous_key UNIQUE CHECK (length(previous) = 32),
    hash      bytea NOT NULL CONSTRAINT audit_seals_hash_key UNIQUE CHECK (length(hash) = 32),
    digests   bytea NOT NULL,
    CONSTRAINT audit_seals_digests CHECK (length(digests) = 32 * cardinality(entry_ids))
);
COMMENT ON TABLE audit_seals IS 'A hash chain over committed entries of audit_log. Append-only.';
COMMENT ON COLUMN audit_seals.id IS 'Contiguous from 1.';
COMMENT ON COLUMN audit_seals.entry_ids IS 'The entries it covers, ascending.';
COMMENT ON COLUMN audit_seals.previous IS 'The hash of the seal before; 32 zero bytes in the first.';
COMMENT ON COLUMN audit_seals.hash IS 'SHA-256 over previous, the id, the time, the ids of the entries and their digests (docs/audit.md).';
COMMENT ON COLUMN audit_seals.digests IS 'SHA-256 of each covered entry, one after the other: they tell which one was changed.';
COMMENT ON INDEX audit_seals_previous_key IS 'The chain has one head and never forks.';
COMMENT ON INDEX audit_seals_hash_key IS 'A seal is found by its hash.';

CREATE FUNCTION await_seal() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    INSERT INTO audit_unsealed SELECT id FROM written;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION await_seal() IS 'Queues new audit entries for the sealer.';
CREATE TRIGGER await_seal AFTER INSERT ON audit_log
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION await_seal();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();


-- 10  Event channels -------------------------------------------------------------------------------------------------

CREATE TABLE event_channels (
    channel       text PRIMARY KEY CHECK (channel <> ''),
    epoch         uuid NOT NULL DEFAULT gen_random_uuid(),
    last_offset   bigint NOT NULL DEFAULT 0,
    oldest_offset bigint NOT NULL DEFAULT 0 CHECK (oldest_offset >= 0),
    CONSTRAINT event_channels_forward CHECK (oldest_offset <= last_offset)
) WITH (fillfactor = 50);
COMMENT ON TABLE event_channels IS 'Where each channel of events stands. Its row is locked by whoever appends, until that commits: offsets have no holes, and become visible in order.';
COMMENT ON COLUMN event_channels.channel IS
    'As viewers subscribe to it: alarms, dispatch, request:ID. inbox:ID is what the user with that id subscribes to as inbox.';
COMMENT ON COLUMN event_channels.epoch IS 'Names this numbering; a restore gives it another name, so that no position from before fits.';
COMMENT ON COLUMN event_channels.last_offset IS 'The number of the newest event; 0 = none yet.';
COMMENT ON COLUMN event_channels.oldest_offset IS 'The lowest position that can be continued: events up to it were removed.';

CREATE TABLE channel_events (
    channel  text NOT NULL REFERENCES event_channels,
    "offset" bigint NOT NULL CHECK ("offset" > 0),
    at       timestamptz NOT NULL,
    kind     text NOT NULL CHECK (kind <> ''),
    body     jsonb NOT NULL,
    PRIMARY KEY (channel, "offset")
);
COMMENT ON TABLE channel_events IS 'The events of each channel, kept for viewers that were away. Written by append_channel_events() alone.';
COMMENT ON COLUMN channel_events."offset" IS 'Contiguous within the channel, from 1.';
COMMENT ON COLUMN channel_events.at IS 'When it happened, on the clock of the hub; need not ascend with the offset.';
COMMENT ON COLUMN channel_events.kind IS
    'On alarms: raised, acknowledged. On an inbox: message, message_changed, notification, notification_changed, notification_removed. On dispatch: request, assignment, alert, message. On request:ID: request.';
COMMENT ON COLUMN channel_events.body IS 'Everything that a viewer needs to show it, without another read; times in microseconds since 1970, on an inbox as the API writes them.';

CREATE FUNCTION append_channel_events(channel text, at timestamptz[], kind text, body jsonb[]) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp
    AS $$
DECLARE
    head bigint;
BEGIN
    INSERT INTO event_channels AS c (channel, last_offset)
    VALUES (append_channel_events.channel, cardinality(append_channel_events.at))
    ON CONFLICT ON CONSTRAINT event_channels_pkey
        DO UPDATE SET last_offset = c.last_offset + cardinality(append_channel_events.at)
    RETURNING c.last_offset INTO head;
    INSERT INTO channel_events (channel, "offset", at, kind, body)
    SELECT append_channel_events.channel, head - cardinality(append_channel_events.at) + e.place, e.at,
           append_channel_events.kind, e.body
    FROM unnest(append_channel_events.at, append_channel_events.body) WITH ORDINALITY AS e (at, body, place);
    PERFORM pg_notify('arogya', 'event:' || append_channel_events.channel);
    RETURN head;
END
$$;
COMMENT ON FUNCTION append_channel_events(text, timestamptz[], text, jsonb[]) IS
    'Appends events in the transaction of their cause and returns the newest offset; the hubs hear of it after commit. It locks the channel until then, so let it be the last thing that a transaction does.';

CREATE FUNCTION append_channel_event(channel text, at timestamptz, kind text, body jsonb) RETURNS bigint
    LANGUAGE sql SET search_path = public, pg_temp
    RETURN append_channel_events(channel, ARRAY[at], kind, ARRAY[body]);
COMMENT ON FUNCTION append_channel_event(text, timestamptz, text, jsonb) IS 'The same for one event.';

CREATE FUNCTION alarm_event_body(alarm alarms) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', alarm.id,
        'ambulance_id', alarm.ambulance_id,
        'plate_number', (SELECT a.plate_number FROM ambulances AS a WHERE a.id = alarm.ambulance_id),
        'kind', alarm.kind,
        'raised_at', to_us(alarm.raised_at),
        'late', alarm.late,
        'latitude', alarm.latitude,
        'longitude', alarm.longitude,
        'acknowledged_at', to_us(alarm.acknowledged_at),
        'acknowledged_by', (SELECT u.name FROM users AS u WHERE u.id = alarm.acknowledged_by));
COMMENT ON FUNCTION alarm_event_body(alarms) IS 'What the channel alarms tells of an alarm.';

CREATE FUNCTION tell_raised() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM append_channel_events(
        'alarms', array_agg(n.received_at ORDER BY n.raised_at, n.id), 'raised',
        array_agg(alarm_event_body(n::alarms) ORDER BY n.raised_at, n.id))
    FROM written AS n
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_raised() IS 'Appends alarms that were really inserted to the channel alarms: all of a statement at once, and after its other locks.';

CREATE FUNCTION tell_acknowledged() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM append_channel_events(
        'alarms', array_agg(n.acknowledged_at ORDER BY n.raised_at, n.id), 'acknowledged',
        array_agg(alarm_event_body(n::alarms) ORDER BY n.raised_at, n.id))
    FROM written AS n
    JOIN former AS o ON o.id = n.id
    WHERE o.acknowledged_at IS NULL AND n.acknowledged_at IS NOT NULL
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_acknowledged() IS 'Appends to the channel alarms that somebody took care of some.';

CREATE TRIGGER tell_raised AFTER INSERT ON alarms
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_raised();
CREATE TRIGGER tell_acknowledged AFTER UPDATE ON alarms
    REFERENCING OLD TABLE AS former NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_acknowledged();

INSERT INTO event_channels (channel) VALUES ('alarms');

CREATE FUNCTION moment_text(moment timestamptz) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN replace(to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '') || 'Z';
COMMENT ON FUNCTION moment_text(timestamptz) IS 'A time as the API writes it (RFC 3339, UTC).';

CREATE FUNCTION message_event_body(message messages, viewer uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', message.id,
        'sender_id', message.sender_id,
        'receiver_id', message.receiver_id,
        'content', message.content,
        'sent_at', moment_text(message.sent_at),
        'sequence', message.sequence,
        'client_id', message.client_id,
        'corrects', message.corrects,
        'with_user_id', CASE WHEN message.sender_id = viewer THEN message.receiver_id ELSE message.sender_id END,
        'delivered_at', moment_text(message.delivered_at),
        'read_at', moment_text(message.read_at),
        'read', message.read_at IS NOT NULL);
COMMENT ON FUNCTION message_event_body(messages, uuid) IS 'A message as the API shows it to one of the two.';

CREATE FUNCTION notification_event_body(notification notifications) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', notification.id,
        'user_id', notification.user_id,
        'message', notification.message,
        'type', notification.type,
        'created_at', moment_text(notification.created_at),
        'read', notification.read,
        'sequence', notification.sequence,
        'expires_at', moment_text(notification.expires_at),
        'delivered_at', moment_text(notification.delivered_at));
COMMENT ON FUNCTION notification_event_body(notifications) IS 'A notification as the API shows it.';

CREATE FUNCTION tell_parties(written messages[], at timestamptz, kind text) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp
    AS $$
DECLARE
    party record;
BEGIN
    FOR party IN
        SELECT p.user_id,
               array_agg(coalesce(tell_parties.at, m.sent_at) ORDER BY m.sequence) AS at,
               array_agg(message_event_body(m, p.user_id) ORDER BY m.sequence) AS bodies
        FROM unnest(tell_parties.written) AS m
        CROSS JOIN LATERAL (VALUES (m.sender_id), (m.receiver_id)) AS p (user_id)
        GROUP BY p.user_id
        ORDER BY p.user_id
    LOOP
        PERFORM append_channel_events('inbox:' || party.user_id, party.at, tell_parties.kind, party.bodies);
    END LOOP;
END
$$;
COMMENT ON FUNCTION tell_parties(messages[], timestamptz, text) IS
    'Appends messages of one statement to the inboxes of both of their people, in the order of their ids: two that do so wait for each other in one direction. Who tells several people in one transaction does so in one statement.';

CREATE FUNCTION tell_messages() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM tell_parties(array_agg(n::messages), NULL, 'message') FROM written AS n HAVING count(*) > 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_messages() IS 'Appends new messages to the inboxes of both of their people.';

CREATE FUNCTION tell_changed_messages() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM tell_parties(array_agg(n::messages), clock_timestamp(), 'message_changed')
    FROM written AS n
    JOIN former AS o ON o.id = n.id
    WHERE (o.delivered_at, o.read_at) IS DISTINCT FROM (n.delivered_at, n.read_at)
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_changed_messages() IS 'Appends to the inboxes of both of their people that messages were delivered or read.';

CREATE FUNCTION tell_people(told notifications[], at timestamptz, kind text) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp
    AS $$
DECLARE
    person record;
BEGIN
    FOR person IN
        SELECT n.user_id,
               array_agg(coalesce(tell_people.at, n.created_at) ORDER BY n.sequence) AS at,
               array_agg(notification_event_body(n) ORDER BY n.sequence) AS bodies
        FROM unnest(tell_people.told) AS n
        GROUP BY n.user_id
        ORDER BY n.user_id
    LOOP
        PERFORM append_channel_events('inbox:' || person.user_id, person.at, tell_people.kind, person.bodies);
    END LOOP;
END
$$;
COMMENT ON FUNCTION tell_people(notifications[], timestamptz, text) IS 'The same for notifications, each to its one person.';

CREATE FUNCTION tell_notifications() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM tell_people(array_agg(n::notifications), NULL, 'notification') FROM written AS n HAVING count(*) > 0;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM tell_people(array_agg(o::notifications), clock_timestamp(), 'notification_removed')
        FROM former AS o
        HAVING count(*) > 0;
    ELSE
        PERFORM tell_people(array_agg(n::notifications), clock_timestamp(), 'notification_changed')
        FROM written AS n
        JOIN former AS o ON o.id = n.id
        WHERE o.read <> n.read
        HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_notifications() IS 'Appends notifications to the inboxes of their people: new ones, those that were read, and those that were removed.';

CREATE TRIGGER tell_messages AFTER INSERT ON messages
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_messages();
CREATE TRIGGER tell_changed_messages AFTER UPDATE ON messages
    REFERENCING OLD TABLE AS former NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_changed_messages();
CREATE TRIGGER tell_notifications AFTER INSERT ON notifications
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_notifications();
CREATE TRIGGER tell_changed_notifications AFTER UPDATE ON notifications
    REFERENCING OLD TABLE AS former NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_notifications();
CREATE TRIGGER tell_removed_notifications AFTER DELETE ON notifications
    REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION tell_notifications();

CREATE FUNCTION open_inboxes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    INSERT INTO event_channels (channel) SELECT 'inbox:' || n.id FROM written AS n ORDER BY n.id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION open_inboxes() IS 'Gives everybody an inbox, so that it has a position before anything is in it.';
CREATE TRIGGER open_inboxes AFTER INSERT ON users
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION open_inboxes();

-- What is told, at commit: whoever appends to a channel holds its row until then, and takes nothing after it.

CREATE FUNCTION place_body(place point) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN jsonb_build_object('latitude', place[1], 'longitude', place[0]);
COMMENT ON FUNCTION place_body(point) IS 'A place as the API writes it.';

CREATE FUNCTION unit_body(ambulance bigint) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN (SELECT jsonb_build_object('id', a.id, 'plate_number', a.plate_number) FROM ambulances a WHERE a.id = ambulance);
COMMENT ON FUNCTION unit_body(bigint) IS 'An ambulance as other things name it.';

CREATE FUNCTION dispatch_request_body(request ambulance_requests) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', request.id,
        'status', request.status,
        'priority', request.priority,
        'needs', request.needs,
        'requested_at', moment_text(request.requested_at),
        'scheduled_for', moment_text(request.scheduled_for),
        'patient', (SELECT jsonb_build_object('id', u.id, 'name', u.name) FROM users u WHERE u.id = request.patient_id),
        'caller', request.caller,
        'callback_number', request.callback_number,
        'complaint', request.complaint,
        'location_note', request.location_note,
        'notes', request.notes,
        'pickup_location', place_body(request.pickup_location),
        'destination', request.destination,
        'destination_facility',
            (SELECT jsonb_build_object('id', f.id, 'name', f.name) FROM facilities f WHERE f.id = request.destination_facility_id),
        'destination_location', place_body(coalesce(
            request.destination_location,
            (SELECT f.location FROM facilities f WHERE f.id = request.destination_facility_id))),
        'ambulance', unit_body(request.ambulance_id),
        'eta_at', moment_text(request.eta_at),
        'unserved_since', moment_text(request.unserved_since),
        'source', request.source,
        'is_verified', request.is_verified,
        'back_entered', request.back_entered,
        'cancel_reason', request.cancel_reason,
        'duplicate_of', request.duplicate_of,
        'closed_at', moment_text(request.closed_at),
        'version', request.version);
COMMENT ON FUNCTION dispatch_request_body(ambulance_requests) IS 'A request as dispatchers see it, in lists and on the channel dispatch.';

CREATE FUNCTION dispatch_assignment_body(assignment assignments) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', assignment.id,
        'request_id', assignment.request_id,
        'ambulance', unit_body(assignment.ambulance_id),
        'status', assignment.status,
        'offered_at', moment_text(assignment.offered_at),
        'offer_expires_at', moment_text(assignment.offer_expires_at),
        'delivered_at', moment_text(assignment.delivered_at),
        'seen_at', moment_text(assignment.seen_at),
        're_alerted_at', moment_text(assignment.re_alerted_at),
        'accepted_at', moment_text(assignment.accepted_at),
        'moved_at', moment_text(assignment.moved_at),
        'en_route_at', moment_text(assignment.en_route_at),
        'scene_noticed_at', moment_text(assignment.scene_noticed_at),
        'on_scene_at', moment_text(assignment.on_scene_at),
        'left_noticed_at', moment_text(assignment.left_noticed_at),
        'transporting_at', moment_text(assignment.transporting_at),
        'destination_noticed_at', moment_text(assignment.destination_noticed_at),
        'at_destination_at', moment_text(assignment.at_destination_at),
        'cleared_at', moment_text(assignment.cleared_at),
        'declined_at', moment_text(assignment.declined_at),
        'expired_at', moment_text(assignment.expired_at),
        'cancelled_at', moment_text(assignment.cancelled_at),
        'diverted_at', moment_text(assignment.diverted_at),
        'decline_reason', assignment.decline_reason,
        'cancel_reason', assignment.cancel_reason,
        'diverted_to', assignment.diverted_to,
        'no_transport', assignment.no_transport,
        'skipped', to_jsonb(assignment.skipped),
        'eta_at', moment_text(assignment.eta_at),
        'promised_at', moment_text(assignment.promised_at),
        'decision_id', assignment.decision_id,
        'version', assignment.version);
COMMENT ON FUNCTION dispatch_assignment_body(assignments) IS 'An assignment as dispatchers see it.';

CREATE FUNCTION dispatch_alert_body(alert dispatch_alerts) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', alert.id,
        'kind', alert.kind,
        'severity', alert.severity,
        'request_id', alert.request_id,
        'assignment_id', alert.assignment_id,
        'ambulance', unit_body(alert.ambulance_id),
        'raised_at', moment_text(alert.raised_at),
        'resolved_at', moment_text(alert.resolved_at),
        'acknowledged_at', moment_text(alert.acknowledged_at),
        'acknowledged_by', (SELECT u.name FROM users u WHERE u.id = alert.acknowledged_by),
        'facts', alert.facts);
COMMENT ON FUNCTION dispatch_alert_body(dispatch_alerts) IS 'An alert as dispatchers see it.';

CREATE FUNCTION crew_message_body(message crew_messages) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', message.id,
        'ambulance', unit_body(message.ambulance_id),
        'assignment_id', message.assignment_id,
        'sender', message.sender,
        'name', (SELECT u.name FROM users u WHERE u.id = message.user_id),
        'text', message.text,
        'sent_at', moment_text(message.sent_at),
        'received_at', moment_text(message.received_at),
        'delivered_at', moment_text(message.delivered_at),
        'read_at', moment_text(message.read_at));
COMMENT ON FUNCTION crew_message_body(crew_messages) IS 'A message between dispatchers and a crew.';

CREATE FUNCTION followed_request_body(request ambulance_requests) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', request.id,
        'status', request.status,
        'requested_at', moment_text(request.requested_at),
        'ambulance', unit_body(request.ambulance_id),
        'eta_at', moment_text(request.eta_at),
        'closed_at', moment_text(request.closed_at));
COMMENT ON FUNCTION followed_request_body(ambulance_requests) IS 'A request as who asked for it follows it.';

CREATE FUNCTION tell_dispatch() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'ambulance_requests' THEN
            PERFORM append_channel_event('dispatch', clock_timestamp(), 'request', dispatch_request_body(NEW));
            PERFORM append_channel_event('request:' || NEW.id, clock_timestamp(), 'request', followed_request_body(NEW));
        WHEN 'assignments' THEN
            PERFORM append_channel_event('dispatch', clock_timestamp(), 'assignment', dispatch_assignment_body(NEW));
        WHEN 'dispatch_alerts' THEN
            PERFORM append_channel_event('dispatch', clock_timestamp(), 'alert', dispatch_alert_body(NEW));
        WHEN 'crew_messages' THEN
            PERFORM append_channel_event('dispatch', clock_timestamp(), 'message', crew_message_body(NEW));
    END CASE;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_dispatch() IS 'Appends what changed to the channel dispatch, and of a request to its own channel; at commit, when all other locks are held.';

CREATE CONSTRAINT TRIGGER tell_dispatch AFTER INSERT OR UPDATE ON ambulance_requests
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_dispatch();
CREATE CONSTRAINT TRIGGER tell_dispatch AFTER INSERT OR UPDATE ON assignments
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_dispatch();
CREATE CONSTRAINT TRIGGER tell_dispatch AFTER INSERT OR UPDATE ON dispatch_alerts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_dispatch();
CREATE CONSTRAINT TRIGGER tell_dispatch AFTER INSERT OR UPDATE ON crew_messages
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_dispatch();
INSERT INTO event_channels (channel) VALUES ('dispatch');


-- 11  Access: care relations, broken glass ------------------------------------------------------------------------------

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


-- 12  Notifications to the hub, comments on keys, grants -------------------------------------------------------------

CREATE FUNCTION notify_hub() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('arogya', TG_ARGV[0] || ':' || (to_jsonb(coalesce(NEW, OLD)) ->> TG_ARGV[1]));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION notify_hub() IS 'Tells every hub, after commit, "kind:id" on the channel arogya. Arguments: the kind, the column with the id.';

CREATE TRIGGER notify_hub AFTER INSERT OR DELETE OR UPDATE OF plate_number, driver_name, status, capability ON ambulances
    FOR EACH ROW EXECUTE FUNCTION notify_hub('ambulance', 'id');
CREATE TRIGGER notify_hub AFTER INSERT OR UPDATE OF status, eta_at ON assignments
    FOR EACH ROW EXECUTE FUNCTION notify_hub('ambulance', 'ambulance_id');
CREATE TRIGGER notify_hub AFTER UPDATE OF priority ON ambulance_requests
    FOR EACH ROW WHEN (NEW.ambulance_id IS NOT NULL) EXECUTE FUNCTION notify_hub('ambulance', 'ambulance_id');
CREATE TRIGGER notify_hub AFTER UPDATE OF revoked_at, ambulance_id ON devices
    FOR EACH ROW EXECUTE FUNCTION notify_hub('device', 'id');
CREATE TRIGGER notify_hub AFTER UPDATE OR DELETE ON device_secrets
    FOR EACH ROW EXECUTE FUNCTION notify_hub('device', 'device_id');
CREATE TRIGGER notify_hub AFTER INSERT ON device_commands
    FOR EACH ROW EXECUTE FUNCTION notify_hub('command', 'device_id');
CREATE TRIGGER notify_hub AFTER UPDATE OF status, device_id ON physio_sessions
    FOR EACH ROW EXECUTE FUNCTION notify_hub('physio', 'id');
CREATE TRIGGER notify_hub AFTER INSERT OR UPDATE ON motion_targets
    FOR EACH ROW EXECUTE FUNCTION notify_hub('physio', 'session_id');
CREATE TRIGGER notify_hub AFTER UPDATE OF ended_at ON sessions
    FOR EACH ROW EXECUTE FUNCTION notify_hub('session', 'id');
CREATE TRIGGER notify_hub AFTER UPDATE OF disabled_at, role ON users
    FOR EACH ROW EXECUTE FUNCTION notify_hub('user', 'id');
CREATE TRIGGER notify_hub AFTER INSERT OR UPDATE OR DELETE ON staff
    FOR EACH ROW EXECUTE FUNCTION notify_hub('user', 'id');

DO $comments$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT i.indexrelid::regclass AS index, i.indrelid::regclass AS owner,
               (SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = i.indexrelid) AS key
        FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace AND obj_description(c.oid, 'pg_class') IS NULL
    LOOP
        EXECUTE format('COMMENT ON INDEX %s IS %L', found.index, format('The primary key of %s: %s.', found.owner, found.key));
    END LOOP;
END
$comments$;

-- arogya_reader: reads, and only reads. Secrets, even hashed, are not for it.
GRANT SELECT ON
    facilities, patients, doctors, staff, doctor_facilities, doctor_schedules, appointments, ambulances,
    ambulance_requests, assignments, assignment_events, workout_plans, plan_exercises, rehab_progress, physio_devices,
    physio_sessions, engagements, device_commands, streams, stream_skips, dead_letters, ambulance_positions,
    motion_frames, motion_repetitions, joint_motion_logs, alarms, transactions, ledger_entries, payment_events,
    messages, notifications, sessions, audit_log, audit_unsealed, audit_seals, event_channels, channel_events,
    break_glass, record_accesses, dispatch_decisions, crew_reports, crew_messages, dispatch_alerts, handover_notes, places,
    leases, exercise_targets, exercise_ticks, rehab_days, motion_targets, motion_counters, schema_migrations
    TO arogya_reader;
GRANT SELECT (id, name, email, phone, role, time_zone, phone_verified_at, disabled_at, created_at, pseudonymised_at)
    ON users TO arogya_reader;
GRANT SELECT (id, kind, name, ambulance_id, facility_id, created_at, revoked_at, claim_expires_at, last_seen_at, protocol)
    ON devices TO arogya_reader;
GRANT SELECT (device_id, created_at, expires_at, revoked_at) ON device_secrets TO arogya_reader;
GRANT SELECT (session_id, kind, created_at, expires_at, used_at) ON session_tokens TO arogya_reader;

-- arogya_ingest: appends what devices send, and moves the marks.
GRANT SELECT, INSERT, UPDATE ON streams TO arogya_ingest;
GRANT SELECT, INSERT ON stream_skips, dead_letters, ambulance_positions, motion_frames, alarms TO arogya_ingest;
GRANT SELECT, INSERT, UPDATE ON motion_counters TO arogya_ingest;
GRANT SELECT ON motion_targets TO arogya_ingest;
GRANT SELECT (id, kind, name, ambulance_id, facility_id, created_at, revoked_at, protocol) ON devices TO arogya_ingest;
GRANT SELECT ON physio_devices, physio_sessions, ambulances, device_commands, schema_migrations TO arogya_ingest;
GRANT SELECT (id, request_id, ambulance_id, status, eta_at) ON assignments TO arogya_ingest;
GRANT SELECT (id, priority) ON ambulance_requests TO arogya_ingest;
GRANT UPDATE (sent_at, acked_at, status, detail) ON device_commands TO arogya_ingest;
GRANT UPDATE (current_location, location_fix_at, location_speed, location_heading, location_accuracy)
    ON ambulances TO arogya_ingest;

-- arogya_app: what HTTP handlers and the command line write. Telemetry, marks and the past are not theirs to change.
GRANT SELECT, INSERT, UPDATE ON
    users, patients, doctors, facilities, appointments, ambulances, ambulance_requests, assignments, physio_devices,
    physio_sessions, rehab_progress, devices, device_secrets, device_commands, transactions, messages, sessions,
    activation_links
    TO arogya_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    staff, doctor_facilities, doctor_schedules, workout_plans, plan_exercises, notifications, motion_repetitions,
    session_tokens, ws_tickets, idempotency_keys
    TO arogya_app;
GRANT SELECT, INSERT ON assignment_events, ledger_entries, payment_events, audit_log, audit_seals, break_glass
    TO arogya_app;
GRANT SELECT, DELETE ON audit_unsealed TO arogya_app;
GRANT DELETE ON facilities, ambulances TO arogya_app;
GRANT USAGE ON SEQUENCE ambulances_id_seq TO arogya_app;
GRANT SELECT, INSERT ON joint_motion_logs TO arogya_app;
GRANT SELECT ON
    engagements, streams, stream_skips, dead_letters, ambulance_positions, motion_frames, alarms, schema_migrations
    TO arogya_app;
GRANT UPDATE (acknowledged_at, acknowledged_by) ON alarms TO arogya_app;
GRANT SELECT, INSERT ON dispatch_decisions, crew_reports, handover_notes TO arogya_app;
GRANT UPDATE (body) ON crew_reports TO arogya_app;  -- for pseudonymising
GRANT SELECT, INSERT, UPDATE ON crew_messages, dispatch_alerts, leases TO arogya_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON places TO arogya_app;
GRANT INSERT ON alarms TO arogya_app;
GRANT SELECT ON event_channels TO arogya_app;
-- A second factor, and what pseudonymising a person reaches.
GRANT SELECT, INSERT, UPDATE, DELETE ON totp_secrets, second_factor_codes, workstations TO arogya_app;
GRANT DELETE ON activation_links TO arogya_app;
GRANT SELECT, UPDATE (body) ON channel_events TO arogya_app;
-- What is counted as it happens is stored with its frames.
GRANT SELECT, INSERT ON motion_repetitions TO arogya_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON exercise_targets, exercise_ticks, rehab_days, motion_targets, motion_counters TO arogya_app;

RESET ROLE;
