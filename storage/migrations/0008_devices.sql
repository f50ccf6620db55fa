-- When a device was last connected, for those who look after them; ids for ambulances that come in lists.

SET ROLE arogya_owner;

ALTER TABLE devices ADD COLUMN last_seen_at timestamptz;
COMMENT ON COLUMN devices.last_seen_at IS 'When it was last connected, to the minute; null = never.';

GRANT SELECT (last_seen_at) ON devices TO arogya_reader;
GRANT USAGE ON SEQUENCE ambulances_id_seq TO arogya_app;

RESET ROLE;
