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
COMMENT ON TABLE channel_events IS 'The events of each channel, kept for viewers that were away. Written by append_channel_events() alone.';
COMMENT ON COLUMN channel_events."offset" IS 'Contiguous within the channel, from 1.';
COMMENT ON COLUMN channel_events.at IS 'When it happened, on the clock of the hub; need not ascend with the offset.';
COMMENT ON COLUMN channel_events.kind IS 'On alarms: raised, acknowledged.';
COMMENT ON COLUMN channel_events.body IS 'Everything that a viewer needs to show it, without another read; times in microseconds since 1970.';
COMMENT ON INDEX channel_events_pkey IS 'The primary key of channel_events: channel, offset.';

CREATE FUNCTION append_channel_events(channel text, at timestamptz[], kind text, body jsonb[]) RETURNS bigint
    LANGUAGE plpgsql SET search_path = public, pg_temp
    AS $$
DECLARE
    head bigint;
BEGIN
    INSERT INTO event_channels AS c (channel, last_offset)
    VALUES (append_channel_events.channel, cardinality(append_channel_events.at))
    ON CONFLICT ON CONSTRAINT event_channels_pkey
        DO UPDATE SET last_offset = c.last_offset + cardinality(append_channel_events.at)
    RETURNING c.last_offset INTO head;
    INSERT INTO channel_events (channel, "offset", at, kind, body)
    SELECT append_channel_events.channel, head - cardinality(append_channel_events.at) + e.place, e.at,
           append_channel_events.kind, e.body
    FROM unnest(append_channel_events.at, append_channel_events.body) WITH ORDINALITY AS e (at, body, place);
    PERFORM pg_notify('arogya', 'event:' || append_channel_events.channel);
    RETURN head;
END
$$;
COMMENT ON FUNCTION append_channel_events(text, timestamptz[], text, jsonb[]) IS
    'Appends events in the transaction of their cause and returns the newest offset; the hubs hear of it after commit. It locks the channel until then, so let it be the last thing that a transaction does.';

CREATE FUNCTION append_channel_event(channel text, at timestamptz, kind text, body jsonb) RETURNS bigint
    LANGUAGE sql SET search_path = public, pg_temp
    RETURN append_channel_events(channel, ARRAY[at], kind, ARRAY[body]);
COMMENT ON FUNCTION append_channel_event(text, timestamptz, text, jsonb) IS 'The same for one event.';

CREATE FUNCTION alarm_event_body(alarm alarms) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', alarm.id,
        'ambulance_id', alarm.ambulance_id,
        'plate_number', (SELECT a.plate_number FROM ambulances AS a WHERE a.id = alarm.ambulance_id),
        'kind', alarm.kind,
        'raised_at', to_us(alarm.raised_at),
        'late', alarm.late,
        'latitude', alarm.latitude,
        'longitude', alarm.longitude,
        'acknowledged_at', to_us(alarm.acknowledged_at),
        'acknowledged_by', (SELECT u.name FROM users AS u WHERE u.id = alarm.acknowledged_by));
COMMENT ON FUNCTION alarm_event_body(alarms) IS 'What the channel alarms tells of an alarm.';

CREATE FUNCTION tell_raised() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM append_channel_events(
        'alarms', array_agg(n.received_at ORDER BY n.raised_at, n.id), 'raised',
        array_agg(alarm_event_body(n::alarms) ORDER BY n.raised_at, n.id))
    FROM written AS n
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_raised() IS 'Appends alarms that were really inserted to the channel alarms: all of a statement at once, and after its other locks.';

CREATE FUNCTION tell_acknowledged() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM append_channel_events(
        'alarms', array_agg(n.acknowledged_at ORDER BY n.raised_at, n.id), 'acknowledged',
        array_agg(alarm_event_body(n::alarms) ORDER BY n.raised_at, n.id))
    FROM written AS n
    JOIN former AS o ON o.id = n.id
    WHERE o.acknowledged_at IS NULL AND n.acknowledged_at IS NOT NULL
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_acknowledged() IS 'Appends to the channel alarms that somebody took care of some.';

CREATE TRIGGER tell_raised AFTER INSERT ON alarms
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_raised();
CREATE TRIGGER tell_acknowledged AFTER UPDATE ON alarms
    REFERENCING OLD TABLE AS former NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_acknowledged();

INSERT INTO event_channels (channel) VALUES ('alarms');

GRANT SELECT ON event_channels, channel_events TO arogya_reader;

RESET ROLE;
