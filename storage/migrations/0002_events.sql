-- Event channels: what happened, numbered without holes, and appended by the transaction that made it happen.

SET ROLE arogya_owner;

CREATE FUNCTION to_us(moment timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (extract(epoch FROM moment) * 1000000)::bigint;
COMMENT ON FUNCTION to_us(timestamptz) IS 'Microseconds since 1970, as times are written on the wire.';

CREATE INDEX alarms_raised_at_idx ON alarms (raised_at, id);
COMMENT ON INDEX alarms_raised_at_idx IS 'All alarms, to list them newest first.';

CREATE TABLE event_channels (
    channel       text PRIMARY KEY CHECK (channel <> ''),
    epoch         uuid NOT NULL DEFAULT gen_random_uuid(),
    last_offset   bigint NOT NULL DEFAULT 0,
    oldest_offset bigint NOT NULL DEFAULT 0 CHECK (oldest_offset >= 0),
    CONSTRAINT event_channels_forward CHECK (oldest_offset <= last_offset)
) WITH (fillfactor = 50);
COMMENT ON TABLE event_channels IS 'Where each channel of events stands. Its row is locked by whoever appends, until that commits: offsets have no holes, and become visible in order.';
COMMENT ON COLUMN event_channels.channel IS 'As viewers subscribe to it: alarms.';
COMMENT ON COLUMN event_channels.epoch IS 'Names this numbering; a restore gives it another name, so that no position from before fits.';
COMMENT ON COLUMN event_channels.last_offset IS 'The number of the newest event; 0 = none yet.';
COMMENT ON COLUMN event_channels.oldest_offset IS 'The lowest position that can be continued: events up to it were removed.';
COMMENT ON INDEX event_channels_pkey IS 'The primary key of event_channels: channel.';

CREATE TABLE channel_events (
    channel  text NOT NULL REFERENCES event_channels,
    "offset" bigint NOT NULL CHECK ("offset" > 0),
    at       timestamptz NOT NULL,
    kind     text NOT NULL CHECK (kind <> ''),
    body     jsonb NOT NULL,
    PRIMARY KEY (channel, "offset")
);
COMMENT ON TABLE channel_events IS 'The events of each channel, kept for viewers that were away. Written by append_channel_event() alone.';
COMMENT ON COLUMN channel_events."offset" IS 'Contiguous within the channel, from 1.';
COMMENT ON COLUMN channel_events.at IS 'When it happened, on the clock of the hub; need not ascend with the offset.';
COMMENT ON COLUMN channel_events.kind IS 'On alarms: raised, acknowledged.';
COMMENT ON COLUMN channel_events.body IS 'Everything that a viewer needs to show it, without another read; times in microseconds since 1970.';
COMMENT ON INDEX channel_events_pkey IS 'The primary key of channel_events: channel, offset.';

CREATE FUNCTION append_channel_event(channel text, at timestamptz, kind text, body jsonb) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp
    AS $$
DECLARE
    next_offset bigint;
BEGIN
    INSERT INTO event_channels AS c (channel, last_offset) VALUES (append_channel_event.channel, 1)
    ON CONFLICT ON CONSTRAINT event_channels_pkey DO UPDATE SET last_offset = c.last_offset + 1
    RETURNING c.last_offset INTO next_offset;
    INSERT INTO channel_events (channel, "offset", at, kind, body)
    VALUES (append_channel_event.channel, next_offset, append_channel_event.at, append_channel_event.kind,
            append_channel_event.body);
    PERFORM pg_notify('arogya', 'event:' || append_channel_event.channel);
    RETURN next_offset;
END
$$;
COMMENT ON FUNCTION append_channel_event(text, timestamptz, text, jsonb) IS
    'Appends an event in the transaction of its cause and returns its offset; the hubs hear of it after commit. It locks the channel, so call it last, best from a deferred trigger: then nobody waits for more than a commit, and no two in a circle.';

CREATE FUNCTION tell_alarm() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM append_channel_event(
        'alarms', coalesce(NEW.acknowledged_at, NEW.received_at), TG_ARGV[0],
        jsonb_build_object(
            'id', NEW.id,
            'ambulance_id', NEW.ambulance_id,
            'plate_number', (SELECT plate_number FROM ambulances WHERE id = NEW.ambulance_id),
            'kind', NEW.kind,
            'raised_at', to_us(NEW.raised_at),
            'late', NEW.late,
            'latitude', NEW.latitude,
            'longitude', NEW.longitude,
            'acknowledged_at', to_us(NEW.acknowledged_at),
            'acknowledged_by', (SELECT name FROM users WHERE id = NEW.acknowledged_by)));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_alarm() IS 'Appends what became of an alarm to the channel alarms. Argument: the kind of event.';

CREATE CONSTRAINT TRIGGER tell_raised AFTER INSERT ON alarms
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tell_alarm('raised');
CREATE CONSTRAINT TRIGGER tell_acknowledged AFTER UPDATE OF acknowledged_at ON alarms
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.acknowledged_at IS NULL AND NEW.acknowledged_at IS NOT NULL) EXECUTE FUNCTION tell_alarm('acknowledged');

INSERT INTO event_channels (channel) VALUES ('alarms');

GRANT SELECT ON event_channels, channel_events TO arogya_reader;

RESET ROLE;
