-- Physiotherapy: repetitions counted as they happen, what is to be reached since when, and progress with plans by day.

SET ROLE arogya_owner;

ALTER TABLE plan_exercises
    ADD COLUMN sets int NOT NULL DEFAULT 1 CHECK (sets BETWEEN 1 AND 100),
    ADD COLUMN hold_s real NOT NULL DEFAULT 0 CHECK (hold_s BETWEEN 0 AND 600),
    ADD COLUMN instructions text,
    ADD COLUMN media_url text CONSTRAINT plan_exercises_media_url_secure CHECK (media_url ~ '^https://[^[:space:]]+$'),
    ADD COLUMN last_day date,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT plan_exercises_more_lengths CHECK (
        length(instructions) <= 10000 AND length(media_url) <= 2000);
ALTER TABLE rehab_progress
    ADD COLUMN self_reported_reps int NOT NULL DEFAULT 0 CHECK (self_reported_reps >= 0),
    ADD COLUMN counted_to date;
ALTER TABLE physio_sessions
    ADD COLUMN exercise_id uuid REFERENCES plan_exercises ON DELETE SET NULL,
    ADD COLUMN target_reps int CHECK (target_reps BETWEEN 1 AND 10000),
    ADD COLUMN pain_before smallint CHECK (pain_before BETWEEN 0 AND 10),
    ADD COLUMN pain_after smallint CHECK (pain_after BETWEEN 0 AND 10),
    ADD COLUMN ended_by text CHECK (ended_by IN ('person', 'device', 'idle')),
    ADD COLUMN counted_at timestamptz;
UPDATE physio_sessions SET pain_after = pain WHERE pain IS NOT NULL;
ALTER TABLE motion_frames ADD COLUMN flags smallint NOT NULL DEFAULT 0;
ALTER TABLE motion_repetitions ADD COLUMN smoothness real;

COMMENT ON COLUMN plan_exercises.target_reps IS 'Of the whole day, over all sets.';
COMMENT ON COLUMN plan_exercises.hold_s IS 'How long each repetition is to be held at the target, seconds.';
COMMENT ON COLUMN plan_exercises.media_url IS 'A picture or a video that shows it.';
COMMENT ON COLUMN plan_exercises.last_day IS 'From the day after it the exercise is not due any more; null = as long as the plan.';

CREATE TABLE exercise_targets (
    exercise_id  uuid NOT NULL REFERENCES plan_exercises ON DELETE CASCADE,
    from_day     date NOT NULL,
    target_reps  int NOT NULL,
    target_angle real,
    day_of_week  smallint NOT NULL,
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

COMMENT ON COLUMN rehab_progress.self_reported_reps IS 'Of the completed ones, those that the patient ticked off: without a peak.';
COMMENT ON COLUMN rehab_progress.counted_to IS 'The local day of the patient on which it was worked out: what is due grows with the days.';

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
    PRIMARY KEY (plan_id, day)
);
COMMENT ON TABLE rehab_days IS 'The projection by day: rehab_progress is their sum, the compliance calendar shows them.';
COMMENT ON COLUMN rehab_days.day IS 'The local day of the patient on which the sessions started.';
COMMENT ON COLUMN rehab_days.due_reps IS 'Σ target_reps of the exercises of that weekday.';
COMMENT ON COLUMN rehab_days.done_reps IS 'Σ of the valid repetitions of each due exercise, at most its target.';

CREATE INDEX physio_sessions_exercise_id_idx ON physio_sessions (exercise_id) WHERE exercise_id IS NOT NULL;
CREATE INDEX physio_sessions_in_progress_idx ON physio_sessions (started_at) WHERE status = 'in_progress';
CREATE INDEX physio_sessions_ended_at_idx ON physio_sessions (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX physio_sessions_uncounted_idx ON physio_sessions (ended_at) WHERE ended_at IS NOT NULL AND counted_at IS NULL;
CREATE INDEX physio_sessions_scheduled_idx ON physio_sessions (scheduled_at) WHERE status = 'scheduled';
COMMENT ON COLUMN physio_sessions.pain IS 'Superseded by pain_before and pain_after; kept for hubs of the version before.';
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
COMMENT ON COLUMN device_commands.kind IS
    'reporting: body {interval_s}. offer, recall: of the assignment. message: free text for the crew. session_start, session_target, session_stop: of a physio session. Their bodies are in docs/protocol.md.';
COMMENT ON COLUMN motion_frames.flags IS 'A bit each; 1: an angle moves faster than 1,500 degrees/s.';
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

CREATE OR REPLACE FUNCTION follow_plan() RETURNS trigger
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

CREATE OR REPLACE FUNCTION time_session() RETURNS trigger
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

CREATE TRIGGER notify_hub AFTER UPDATE OF status, device_id ON physio_sessions
    FOR EACH ROW EXECUTE FUNCTION notify_hub('physio', 'id');
CREATE TRIGGER notify_hub AFTER INSERT OR UPDATE ON motion_targets
    FOR EACH ROW EXECUTE FUNCTION notify_hub('physio', 'session_id');

GRANT SELECT ON exercise_targets, exercise_ticks, rehab_days, motion_targets, motion_counters TO arogya_reader;
GRANT SELECT, INSERT ON motion_repetitions TO arogya_ingest;
GRANT SELECT, INSERT, UPDATE ON motion_counters TO arogya_ingest;
GRANT SELECT ON motion_targets TO arogya_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON exercise_targets, exercise_ticks, rehab_days, motion_targets, motion_counters TO arogya_app;
COMMENT ON INDEX exercise_targets_pkey IS 'The primary key of exercise_targets: exercise_id, from_day.';
COMMENT ON INDEX exercise_ticks_pkey IS 'The primary key of exercise_ticks: id.';
COMMENT ON INDEX rehab_days_pkey IS 'The primary key of rehab_days: plan_id, day.';
COMMENT ON INDEX motion_targets_pkey IS 'The primary key of motion_targets: session_id, joint, set_at.';
COMMENT ON INDEX motion_counters_pkey IS 'The primary key of motion_counters: stream_id.';

INSERT INTO motion_targets (session_id, joint, set_at, rest_angle, target_angle)
SELECT id, joint, '-infinity', rest_angle, target_angle FROM physio_sessions WHERE joint IS NOT NULL;

RESET ROLE;
