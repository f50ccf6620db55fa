-- name: insert_decision
-- Keeps why a unit was chosen.
INSERT INTO dispatch_decisions (request_id, ambulance_id, at, kind, travel, duration_ms, inputs, candidates, words,
                                decided_by, reason)
VALUES (:request_id, :ambulance_id, :at, :kind, :travel, :duration_ms, :inputs, :candidates, :words,
        :decided_by, :reason)
RETURNING id;

-- name: find_decision
-- One decision with all that it was made from.
SELECT id, request_id, ambulance_id, at, kind, travel, duration_ms, inputs, candidates, words, decided_by, reason
  FROM dispatch_decisions
 WHERE id = :id;

-- name: newest_advice
-- The advice that was given last where free units should wait.
SELECT id, request_id, ambulance_id, at, kind, travel, duration_ms, inputs, candidates, words, decided_by, reason
  FROM dispatch_decisions
 WHERE kind = 'relocate' AND at > :after
 ORDER BY at DESC
 LIMIT 1;

-- name: newest_suggestion
-- What was suggested for a call last, not long ago.
SELECT id, request_id, ambulance_id, at, kind, travel, duration_ms, inputs, candidates, words, decided_by, reason
  FROM dispatch_decisions
 WHERE request_id = :request_id AND kind = 'suggest' AND at > :after
 ORDER BY at DESC, id
 LIMIT 1;
