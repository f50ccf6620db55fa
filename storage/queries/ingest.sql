-- name: advance_marks
-- Move the marks of the runs whose fence and predecessor still hold, and say which those are.
-- The rows are locked in id order first, so that two writers never wait for each other in a circle; a row that another
-- transaction has just changed is judged by its new version. Each join meets an index or is done once: joining the
-- arrays with the locked rows themselves was quadratic, 1.4 s for 3,700 runs.
WITH locked AS MATERIALIZED (
    SELECT s.id, r.last_seq
    FROM unnest(:ids::bigint[], :fences::bigint[], :firsts::bigint[], :lasts::bigint[])
        AS r (id, fence, first_seq, last_seq)
    JOIN streams AS s ON s.id = r.id AND s.fence = r.fence AND s.last_seq = r.first_seq - 1
    ORDER BY s.id
    FOR UPDATE OF s
)
UPDATE streams AS s
SET last_seq = locked.last_seq
FROM locked
WHERE s.id = locked.id
RETURNING s.id, s.fence;

-- name: read_marks
-- The fence and mark of each stream as committed now.
SELECT id, fence, last_seq FROM streams WHERE id = ANY (:ids::bigint[]);

-- name: insert_dead_letters
-- Keep what can never be stored, with the reason.
INSERT INTO dead_letters (stream_id, seq, received_at, code, detail, body)
SELECT * FROM unnest(:stream_ids::bigint[], :seqs::bigint[], :received_at::timestamptz[], :codes::text[],
                     :details::text[], :bodies::bytea[])
ON CONFLICT (stream_id, seq) DO NOTHING;

-- name: insert_skips
-- Record the holes that a device declared.
INSERT INTO stream_skips (stream_id, first_seq, last_seq, reason, received_at)
SELECT * FROM unnest(:stream_ids::bigint[], :firsts::bigint[], :lasts::bigint[], :reasons::text[],
                     :received_at::timestamptz[])
ON CONFLICT (stream_id, first_seq) DO NOTHING;

-- name: insert_alarms
-- Record each alarm once, however often its fix was sent. An ambulance that was removed meanwhile is left out: nothing
-- may hold up the batch.
INSERT INTO alarms (device_id, alarm_id, kind, ambulance_id, stream_id, seq, raised_at, received_at, late,
                    latitude, longitude)
SELECT given.device_id, given.alarm_id, given.kind, a.id, given.stream_id, given.seq, given.raised_at,
       given.received_at, given.late, given.latitude, given.longitude
FROM unnest(:device_ids::bigint[], :alarm_ids::text[], :kinds::text[], :ambulance_ids::bigint[],
            :stream_ids::bigint[], :seqs::bigint[], :raised_at::timestamptz[], :received_at::timestamptz[],
            :lates::boolean[], :latitudes::float8[], :longitudes::float8[])
    AS given (device_id, alarm_id, kind, ambulance_id, stream_id, seq, raised_at, received_at, late,
              latitude, longitude)
LEFT JOIN ambulances AS a ON a.id = given.ambulance_id
ORDER BY given.raised_at, given.stream_id, given.seq -- as they are told; the first of two equal ones is kept
ON CONFLICT (device_id, alarm_id) DO NOTHING;

-- name: insert_repetitions
-- Record what was counted in the frames of this batch; whoever counted it before, after the same samples, was right too.
INSERT INTO motion_repetitions (stream_id, joint, number, first_seq, last_seq, started_at, peak_at, ended_at, peak_angle,
                                range_deg, hold_s, out_s, back_s, smoothness, valid)
SELECT stream_id, joint, number, first_seq, last_seq,
       'epoch'::timestamptz + started_at * interval '1 us', 'epoch'::timestamptz + peak_at * interval '1 us',
       'epoch'::timestamptz + ended_at * interval '1 us',
       peak_angle, range_deg, hold_s, out_s, back_s, smoothness, valid
FROM unnest(:stream_id::bigint[], :joint::text[], :number::int[], :first_seq::bigint[], :last_seq::bigint[],
            :started_at::bigint[], :peak_at::bigint[], :ended_at::bigint[], :peak_angle::real[], :range_deg::real[],
            :hold_s::real[], :out_s::real[], :back_s::real[], :smoothness::real[], :valid::boolean[])
    AS counted (stream_id, joint, number, first_seq, last_seq, started_at, peak_at, ended_at,
                peak_angle, range_deg, hold_s, out_s, back_s, smoothness, valid)
ON CONFLICT DO NOTHING;

-- name: keep_counters
-- Remember how the counters of some streams stand, for whoever goes on with them.
INSERT INTO motion_counters AS c (stream_id, live_seq, live_state)
SELECT * FROM unnest(:stream_ids::bigint[], :live_seqs::bigint[], :live_states::bytea[])
ON CONFLICT (stream_id) DO UPDATE SET live_seq = EXCLUDED.live_seq, live_state = EXCLUDED.live_state;

-- name: confirm_durability
-- Write something, so that this COMMIT waits for a synchronous standby where there is one.
SELECT pg_logical_emit_message(true, 'arogya', '');

-- name: leave_role
-- Be the login user again until the transaction ends: a group role may not end what its members began.
SET LOCAL ROLE NONE;

-- name: end_backend
-- End a backend of ours whose answer was lost, so that its locks and its transaction are gone.
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :pid::integer AND usename = session_user;
