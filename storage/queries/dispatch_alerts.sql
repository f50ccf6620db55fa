-- name: raise_alerts
-- Raises alerts, each once while it lasts; one whose severity changes has to be acknowledged anew.
INSERT INTO dispatch_alerts AS l (kind, severity, request_id, assignment_id, ambulance_id, raised_at, facts)
SELECT n.kind, n.severity, n.request_id, n.assignment_id, n.ambulance_id, :at::timestamptz, n.facts
  FROM unnest(:kinds::text[], :severities::text[], :request_ids::uuid[], :assignment_ids::uuid[],
              :ambulance_ids::bigint[], :facts::jsonb[])
       AS n (kind, severity, request_id, assignment_id, ambulance_id, facts)
    ON CONFLICT (kind, coalesce(request_id, '00000000-0000-0000-0000-000000000000'),
                 coalesce(assignment_id, '00000000-0000-0000-0000-000000000000'), coalesce(ambulance_id, 0))
       WHERE resolved_at IS NULL
       DO UPDATE SET severity = excluded.severity, facts = excluded.facts,
                     acknowledged_at = NULL, acknowledged_by = NULL
       WHERE l.severity <> excluded.severity
RETURNING l.id;

-- name: resolve_alerts
-- Notes that something is no longer so.
UPDATE dispatch_alerts SET resolved_at = greatest(:at, raised_at) WHERE id = ANY (:ids::uuid[]) AND resolved_at IS NULL;

-- name: open_alerts
-- What is still so, of these kinds.
SELECT id, kind, severity, request_id, assignment_id, ambulance_id, raised_at
  FROM dispatch_alerts
 WHERE resolved_at IS NULL AND kind = ANY (:kinds::text[]);

-- name: hold_requests
-- Keeps requests and with them their assignments as they are until the transaction ends. Whoever moves a call locks it
-- first, and then takes alerts off the board: in this order both can wait for each other without a circle.
SELECT id FROM ambulance_requests WHERE id = ANY (:ids::uuid[]) ORDER BY id FOR KEY SHARE;

-- name: still_live
-- Of these assignments, those that are still at the stage that they were seen at.
SELECT a.id
  FROM unnest(:ids::uuid[], :stages::text[]) AS n (id, stage)
  JOIN assignments a ON a.id = n.id AND a.status = n.stage;
