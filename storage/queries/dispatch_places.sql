-- name: find
-- Places of the gazetteer, and facilities, that are called so or nearly so: the likest first; a place far from where
-- one is asked for counts for less (a tenth for 6 km, a third for 700 km). Of very many that match, those are compared
-- that are nearest or have the shortest names, and what is only nearly called so is looked for where nothing else fills
-- the list: comparing is what takes the time.
WITH so_called AS MATERIALIZED (
    SELECT p.id FROM places p
     WHERE p.name || ' ' || coalesce(p.address, '') ILIKE :pattern::text
     ORDER BY p.location <-> point(:longitude::float8, :latitude::float8), length(p.name)
     LIMIT 300
), nearly AS MATERIALIZED (
    SELECT p.id FROM places p
     WHERE (SELECT count(*) FROM so_called) < :rows_max::int
       AND (p.name || ' ' || coalesce(p.address, '')) %> :words::text
     ORDER BY p.location <-> point(:longitude, :latitude), length(p.name)
     LIMIT 300
), found AS (
    SELECT p.name, p.kind, p.address, p.location, p.name || ' ' || coalesce(p.address, '') AS said
      FROM places p
     WHERE p.id IN (SELECT id FROM so_called UNION SELECT id FROM nearly)
    UNION ALL
    SELECT f.name, 'facility', f.address, f.location, f.name || ' ' || coalesce(f.address, '')
      FROM facilities f
     WHERE f.location IS NOT NULL
       AND (f.name || ' ' || coalesce(f.address, '') ILIKE :pattern
            OR (f.name || ' ' || coalesce(f.address, '')) %> :words)
)
SELECT found.name, found.kind, found.address, found.location[1] AS latitude, found.location[0] AS longitude
  FROM found
 ORDER BY word_similarity(:words, found.said)
          + CASE WHEN found.name ILIKE :words || '%' THEN 0.2 ELSE 0 END
          + similarity(:words, found.name) / 5
          - coalesce(ln(1 + 111.2 * sqrt(
                (found.location[1] - :latitude) ^ 2
                + ((found.location[0] - :longitude) * cos(radians(:latitude))) ^ 2)) / 20, 0) DESC,
          found.name, found.kind
 LIMIT :rows_max;
