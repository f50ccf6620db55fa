-- name: insert_entry
-- One more line of the audit log, in the transaction of what it tells about where there is one.
INSERT INTO audit_log (actor_kind, actor_id, session_id, action, entity, entity_id, patient_id, outcome,
                       request_id, network, reason, detail)
VALUES (:actor_kind, :actor_id, :session_id, :action, :entity, :entity_id, :patient_id, :outcome,
        :request_id, :network::inet, :reason, :detail);
