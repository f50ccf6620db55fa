-- name: take_turn
-- Waits until no other hub creates partitions; the lock ends with the transaction.
SELECT pg_advisory_xact_lock(hashtext('arogya'), hashtext('partitions.ensure'))

-- name: missing
-- The statements that create the daily partitions (UTC) that are missing from :first up to and including :last.
-- CREATE … LIKE and ATTACH instead of PARTITION OF, which would wait behind every reader of the whole table.
SELECT format(
           'CREATE TABLE public.%1$I (LIKE public.%2$I INCLUDING ALL);'
           'COMMENT ON TABLE public.%1$I IS %5$L;'
           'ALTER TABLE public.%2$I ATTACH PARTITION public.%1$I FOR VALUES FROM (%3$L) TO (%4$L)',
           part.name, parent.name,
           day || ' 00:00:00+00', day + 1 || ' 00:00:00+00',
           format('The rows of %s received on %s (UTC).', parent.name, day)
       ) AS statement
FROM unnest(ARRAY['ambulance_positions', 'motion_frames']) AS parent (name)
CROSS JOIN (SELECT :first::date + n AS day FROM generate_series(0, :last::date - :first::date) AS n) AS days
CROSS JOIN LATERAL (SELECT parent.name || to_char(day, '"_"YYYYMMDD') AS name) AS part
WHERE to_regclass('public.' || part.name) IS NULL
ORDER BY day, parent.name

-- name: retirable
-- The statements that remove the partitions of :table whose days all lie before :before, oldest first: a detach each
-- (or the end of one that was interrupted), then the drop. Partitions that were detached and not dropped come too.
SELECT part.name,
       part.day,
       CASE WHEN i.inhrelid IS NULL THEN NULL
            WHEN i.inhdetachpending THEN format('ALTER TABLE public.%I DETACH PARTITION public.%I FINALIZE', :table, part.name)
            ELSE format('ALTER TABLE public.%I DETACH PARTITION public.%I CONCURRENTLY', :table, part.name)
       END AS detach,
       format('DROP TABLE IF EXISTS public.%I', part.name) AS remove
FROM (
    SELECT c.oid, c.relname AS name, to_date(right(c.relname, 8), 'YYYYMMDD') AS day
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname ~ ('^' || :table || '_[0-9]{8}$')
) AS part
LEFT JOIN pg_inherits AS i ON i.inhrelid = part.oid
WHERE part.day < :before::date
ORDER BY i.inhdetachpending IS NOT TRUE, part.day
