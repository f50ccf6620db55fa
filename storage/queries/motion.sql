-- name: list_streams
-- The logs of a physio session that hold angles, with their joints in the order of the angles.
SELECT id, kind, joints
  FROM streams
 WHERE physio_session_id = :session_id AND kind IN ('motion', 'sql')
 ORDER BY id;

-- name: find_start
-- When the first sample of a physio session was taken.
SELECT min(frame.started_at) AS started_at
  FROM streams stream
  JOIN motion_frames frame ON frame.stream_id = stream.id
 WHERE stream.physio_session_id = :session_id AND stream.kind IN ('motion', 'sql');

-- name: read_frames
-- The next frames of a log up to a sample: as many as begin within so many angles. One row comes back, a value for each
-- column: its numbers in binary form, one after the other. The elements of an array follow a head of 20 bytes, each
-- behind its length in 4. With :since or :until, those frames that may reach into that time: of several joints, a frame
-- is taken to last as long as if all its angles were of one.
SELECT count(*) AS rows,
       string_agg(int8send(seq), '' ORDER BY seq) AS seq,
       string_agg(timestamptz_send(received_at), '' ORDER BY seq) AS received_at,
       string_agg(timestamptz_send(started_at), '' ORDER BY seq) AS started_at,
       string_agg(int4send(interval_us), '' ORDER BY seq) AS interval_us,
       string_agg(int4send(cardinality(offsets_us)), '' ORDER BY seq) AS offsets,
       string_agg(int4send(length), '' ORDER BY seq) AS values,
       string_agg(substring(array_send(offsets_us) FROM 21), '' ORDER BY seq) AS offset_us,
       string_agg(substring(array_send(angles) FROM 21), '' ORDER BY seq) AS angle
  FROM (SELECT frame.*, sum(length) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING) - length AS before
          FROM (SELECT seq, received_at, started_at, interval_us, offsets_us, angles, cardinality(angles) AS length
                  FROM motion_frames
                 WHERE stream_id = :stream_id AND seq > :after_seq
                   AND (:last_seq::bigint IS NULL OR seq <= :last_seq)
                   AND (:until::timestamptz IS NULL OR started_at <= :until)
                   AND (:since::timestamptz IS NULL
                        OR started_at >= :since
                        OR started_at + interval '1 microsecond' * GREATEST(interval_us::bigint * cardinality(angles),
                                                                            offsets_us[cardinality(offsets_us)])
                           >= :since)
                 ORDER BY seq
                 LIMIT :rows_max) AS frame) AS page
 WHERE before < :values_max;

-- name: list_repetitions
-- Which readings of some logs make up which repetition.
SELECT stream_id, joint, number, first_seq, last_seq
  FROM motion_repetitions
 WHERE stream_id = ANY (:stream_ids::bigint[])
 ORDER BY stream_id, joint, first_seq;
