-- name: find
-- Places of the gazetteer, and facilities, that are called so or nearly so: the likest first; a place far from where
-- one is asked for counts for less (a tenth for 6 km, a third for 700 km).
SELECT found.name, found.kind, found.address, found.location[1] AS latitude, found.location[0] AS longitude
  FROM (SELECT p.name, p.kind, p.address, p.location, p.name || ' ' || coalesce(p.address, '') AS said
          FROM places p
         WHERE p.name || ' ' || coalesce(p.address, '') ILIKE :pattern::text
            OR :words::text <% (p.name || ' ' || coalesce(p.address, ''))
        UNION ALL
        SELECT f.name, 'facility', f.address, f.location, f.name || ' ' || coalesce(f.address, '')
          FROM facilities f
         WHERE f.location IS NOT NULL
           AND (f.name || ' ' || coalesce(f.address, '') ILIKE :pattern
                OR :words <% (f.name || ' ' || coalesce(f.address, '')))) AS found
 ORDER BY word_similarity(:words, found.said)
          + CASE WHEN found.name ILIKE :words || '%' THEN 0.2 ELSE 0 END
          + similarity(:words, found.name) / 5
          - coalesce(ln(1 + 111.2 * sqrt(
                (found.location[1] - :latitude::float8) ^ 2
                + ((found.location[0] - :longitude::float8) * cos(radians(:latitude))) ^ 2)) / 20, 0) DESC,
          found.name, found.kind
 LIMIT :rows_max;
