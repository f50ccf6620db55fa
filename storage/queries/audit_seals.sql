-- name: anything_waits
-- Whether an entry waits for a seal.
SELECT EXISTS (SELECT FROM audit_unsealed) AS waits;

-- name: head
-- The newest seal.
SELECT id, to_us(sealed_at), entry_ids, digests, previous, hash FROM audit_seals ORDER BY id DESC LIMIT 1;

-- name: waiting
-- The oldest entries that wait for a seal, as they are sealed.
SELECT a.id, to_us(a.at), a.actor_kind, a.actor_id, a.session_id::text, a.action, a.entity, a.entity_id,
       a.patient_id::text, a.outcome, a.reason, a.request_id, a.network::text, a.detail::text
  FROM audit_unsealed u
  JOIN audit_log a ON a.id = u.entry_id
 ORDER BY u.entry_id
 LIMIT :rows_max::integer;

-- name: append
-- A seal, and its entries wait no more: one statement, so both or neither.
WITH sealed AS (
    DELETE FROM audit_unsealed WHERE entry_id = ANY(:entry_ids::bigint[])
)
INSERT INTO audit_seals (id, sealed_at, entry_ids, digests, previous, hash)
VALUES (:id, timestamptz 'epoch' + :sealed_at::bigint * interval '1 microsecond', :entry_ids, :digests, :previous, :hash);

-- name: seals
-- Some seals of the chain, in order.
SELECT id, to_us(sealed_at), entry_ids, digests, previous, hash
  FROM audit_seals
 WHERE id > :after AND id <= :until
 ORDER BY id
 LIMIT :rows_max::integer;

-- name: lines
-- Entries by their ids, as they are sealed.
SELECT id, to_us(at), actor_kind, actor_id, session_id::text, action, entity, entity_id, patient_id::text, outcome,
       reason, request_id, network::text, detail::text
  FROM audit_log
 WHERE id = ANY(:entry_ids::bigint[]);

-- name: strays
-- Entries that neither have a seal nor wait for one: somebody got around the triggers, or removed the end of the chain.
-- Compared as sets: PostgreSQL would look through all seals for each entry if it was asked with NOT EXISTS.
SELECT id FROM audit_log
EXCEPT
SELECT entry_id FROM audit_unsealed
EXCEPT
SELECT entry_id FROM audit_seals CROSS JOIN unnest(entry_ids) AS covered (entry_id)
 ORDER BY 1
 LIMIT :rows_max::integer;

-- name: overdue
-- Entries that have waited for a seal for longer than so many seconds, or that wait and are gone from the log.
SELECT u.entry_id, a.id IS NULL AS is_gone
  FROM audit_unsealed u
  LEFT JOIN audit_log a ON a.id = u.entry_id
 WHERE a.id IS NULL OR a.at < clock_timestamp() - :late_s::double precision * interval '1 second'
 ORDER BY u.entry_id
 LIMIT :rows_max::integer;
