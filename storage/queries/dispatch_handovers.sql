-- name: write
-- One shift tells the next one something.
INSERT INTO handover_notes AS n (written_by, written_at, note) VALUES (:user_id, :now, :note)
RETURNING n.id, n.written_at, n.written_by, (SELECT u.name FROM users u WHERE u.id = n.written_by) AS name, n.note;

-- name: newest
-- The newest notes.
SELECT n.id, n.written_at, n.written_by, u.name, n.note
  FROM handover_notes n
  JOIN users u ON u.id = n.written_by
 ORDER BY n.written_at DESC, n.id DESC
 LIMIT :rows_max;
