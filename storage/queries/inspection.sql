-- name: server
-- What kind of server this is, and how its clock and settings stand.
SELECT current_setting('server_version_num')::int AS version_number,
       current_setting('server_version') AS version,
       extract(epoch FROM clock_timestamp())::float8 AS clock,
       current_setting('fsync') = 'on' AS fsync,
       current_setting('full_page_writes') = 'on' AS full_page_writes,
       current_setting('max_connections')::int AS max_connections,
       pg_database_size(current_database()) AS size_bytes;

-- name: roles
-- The roles that the hub takes on, those that exist, and whether this user may take them on.
SELECT wanted.name,
       r.oid IS NOT NULL AS found,
       r.oid IS NOT NULL AND pg_has_role(
           current_user,
           r.oid,
           CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END
       ) AS usable
  FROM unnest(ARRAY['arogya_owner', 'arogya_ingest', 'arogya_reader', 'arogya_app']) AS wanted (name)
  LEFT JOIN pg_roles r ON r.rolname = wanted.name
 ORDER BY wanted.name;

-- name: partitions
-- For each partitioned table the last day that rows can be stored for; null when there is none.
SELECT parent.name,
       max(to_date(right(child.relname, 8), 'YYYYMMDD')) FILTER (WHERE child.relname ~ '_[0-9]{8}$') AS last_day
  FROM unnest(ARRAY['ambulance_positions', 'motion_frames']) AS parent (name)
  LEFT JOIN pg_inherits i ON i.inhparent = to_regclass('public.' || parent.name)
  LEFT JOIN pg_class child ON child.oid = i.inhrelid
 GROUP BY parent.name
 ORDER BY parent.name;

-- name: occupied
-- Whether the database holds tables that a restore would replace.
SELECT EXISTS (
    SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
) AS occupied;

-- name: ensure_roles
-- Makes the roles that a backup's owners and grants refer to; a cluster that has them is left alone.
DO $roles$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['arogya_owner', 'arogya_ingest', 'arogya_reader', 'arogya_app'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
        END IF;
    END LOOP;
END
$roles$;

-- name: empty
-- Removes everything of the hub's from the database, in front of a restore and in its transaction.
DROP OWNED BY arogya_owner;

-- name: give_place
-- Lets arogya_owner take what is restored and handed to it: only superusers hand on without.
GRANT USAGE, CREATE ON SCHEMA public TO arogya_owner;

-- name: renew_epochs
-- Gives every channel of events another name after a restore, in its transaction: offsets that viewers remember may be
-- given to other events now. A backup from before there were channels has none.
DO $epochs$
BEGIN
    IF to_regclass('public.event_channels') IS NOT NULL THEN
        PERFORM set_config('role', 'arogya_owner', true);
        UPDATE public.event_channels SET epoch = gen_random_uuid();
    END IF;
END
$epochs$;
