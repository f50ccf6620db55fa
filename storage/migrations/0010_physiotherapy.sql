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
    ADD COLUMN counted_to date,
    ADD COLUMN time_zone text;
ALTER TABLE physio_sessions
    ADD COLUMN exercise_id uuid REFERENCES plan_exercises ON DELETE SET NULL,
    ADD COLUMN target_reps int CHECK (target_reps BETWEEN 1 AND 10000),
    ADD COLUMN pain_before smallint CHECK (pain_before BETWEEN 0 AND 10),
    ADD COLUMN pain_after smallint CHECK (pain_after BETWEEN 0 AND 10),
    ADD COLUMN ended_by text CHECK (ended_by IN ('person', 'device', 'idle')),
    ADD COLUMN counted_at timestamptz;
UPDATE physio_sessions SET pain_after = pain WHERE pain IS NOT NULL;
ALTER TABLE motion_frames ADD COLUMN flags smallint NOT NULL DEFAULT 0;
-- An exclusion constraint cost half a millisecond a repetition. The counter begins each one behind the one before.
ALTER TABLE motion_repetitions
    ADD COLUMN smoothness real,
    DROP CONSTRAINT motion_repetitions_apart;
COMMENT ON TABLE motion_repetitions IS 'Which samples make up which repetition; those of a joint never overlap, so the view shows a reading once. A recount rewrites these rows, never telemetry. Kept for ever.';

COMMENT ON COLUMN plan_exercises.target_reps IS 'Of the whole day, over all sets.';
COMMENT ON COLUMN plan_exercises.hold_s IS 'How long each repetition is to be held at the target, seconds.';
COMMENT ON COLUMN plan_exercises.media_url IS 'A picture or a video that shows it.';
COMMENT ON COLUMN plan_exercises.last_day IS 'From the day after it the exercise is not due any more; null = as long as the plan.';

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

COMMENT ON COLUMN rehab_progress.self_reported_reps IS 'Of the completed ones, those that the patient ticked off: without a peak.';
COMMENT ON COLUMN rehab_progress.counted_to IS 'The local day of the patient on which it was worked out: what is due grows with the days.';
COMMENT ON COLUMN rehab_progress.time_zone IS 'In which its days begin, as zone_of_plan() said when it was worked out.';

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

INSERT INTO exercise_targets (exercise_id, from_day, target_reps, target_angle, day_of_week)
SELECT id, '-infinity', target_reps, target_angle, day_of_week FROM plan_exercises;
INSERT INTO rehab_progress (plan_id) SELECT id FROM workout_plans ON CONFLICT ON CONSTRAINT rehab_progress_plan_id_key DO NOTHING;
INSERT INTO motion_targets (session_id, joint, set_at, rest_angle, target_angle)
SELECT id, joint, '-infinity', rest_angle, target_angle FROM physio_sessions WHERE joint IS NOT NULL;

RESET ROLE;
