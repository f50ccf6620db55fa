-- Messages and notifications on each person's own channel of events.

SET ROLE arogya_owner;

COMMENT ON COLUMN event_channels.channel IS 'As viewers subscribe to it: alarms. inbox:ID is what the user with that id subscribes to as inbox.';
COMMENT ON COLUMN channel_events.kind IS 'On alarms: raised, acknowledged. On an inbox: message, message_changed, notification, notification_changed, notification_removed.';
COMMENT ON COLUMN channel_events.body IS 'Everything that a viewer needs to show it, without another read; times in microseconds since 1970, on an inbox as the API writes them.';

CREATE INDEX notifications_unread_idx ON notifications (user_id, sequence) WHERE NOT read;
COMMENT ON INDEX notifications_unread_idx IS 'What a user has not read.';

CREATE FUNCTION moment_text(moment timestamptz) RETURNS text
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN replace(to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '') || 'Z';
COMMENT ON FUNCTION moment_text(timestamptz) IS 'A time as the API writes it (RFC 3339, UTC).';

CREATE FUNCTION message_event_body(message messages, viewer uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', message.id,
        'sender_id', message.sender_id,
        'receiver_id', message.receiver_id,
        'content', message.content,
        'sent_at', moment_text(message.sent_at),
        'sequence', message.sequence,
        'client_id', message.client_id,
        'corrects', message.corrects,
        'with_user_id', CASE WHEN message.sender_id = viewer THEN message.receiver_id ELSE message.sender_id END,
        'delivered_at', moment_text(message.delivered_at),
        'read_at', moment_text(message.read_at),
        'read', message.read_at IS NOT NULL);
COMMENT ON FUNCTION message_event_body(messages, uuid) IS 'A message as the API shows it to one of the two.';

CREATE FUNCTION notification_event_body(notification notifications) RETURNS jsonb
    LANGUAGE sql STABLE
    RETURN jsonb_build_object(
        'id', notification.id,
        'user_id', notification.user_id,
        'message', notification.message,
        'type', notification.type,
        'created_at', moment_text(notification.created_at),
        'read', notification.read,
        'sequence', notification.sequence,
        'expires_at', moment_text(notification.expires_at),
        'delivered_at', moment_text(notification.delivered_at));
COMMENT ON FUNCTION notification_event_body(notifications) IS 'A notification as the API shows it.';

CREATE FUNCTION tell_parties(written messages[], at timestamptz, kind text) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp
    AS $$
DECLARE
    party record;
BEGIN
    FOR party IN
        SELECT p.user_id,
               array_agg(coalesce(tell_parties.at, m.sent_at) ORDER BY m.sequence) AS at,
               array_agg(message_event_body(m, p.user_id) ORDER BY m.sequence) AS bodies
        FROM unnest(tell_parties.written) AS m
        CROSS JOIN LATERAL (VALUES (m.sender_id), (m.receiver_id)) AS p (user_id)
        GROUP BY p.user_id
        ORDER BY p.user_id
    LOOP
        PERFORM append_channel_events('inbox:' || party.user_id, party.at, tell_parties.kind, party.bodies);
    END LOOP;
END
$$;
COMMENT ON FUNCTION tell_parties(messages[], timestamptz, text) IS
    'Appends messages of one statement to the inboxes of both of their people, in the order of their ids: two that do so wait for each other in one direction. Who tells several people in one transaction does so in one statement.';

CREATE FUNCTION tell_messages() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM tell_parties(array_agg(n::messages), NULL, 'message') FROM written AS n HAVING count(*) > 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_messages() IS 'Appends new messages to the inboxes of both of their people.';

CREATE FUNCTION tell_changed_messages() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM tell_parties(array_agg(n::messages), clock_timestamp(), 'message_changed')
    FROM written AS n
    JOIN former AS o ON o.id = n.id
    WHERE (o.delivered_at, o.read_at) IS DISTINCT FROM (n.delivered_at, n.read_at)
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_changed_messages() IS 'Appends to the inboxes of both of their people that messages were delivered or read.';

CREATE FUNCTION tell_people(told notifications[], at timestamptz, kind text) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp
    AS $$
DECLARE
    person record;
BEGIN
    FOR person IN
        SELECT n.user_id,
               array_agg(coalesce(tell_people.at, n.created_at) ORDER BY n.sequence) AS at,
               array_agg(notification_event_body(n) ORDER BY n.sequence) AS bodies
        FROM unnest(tell_people.told) AS n
        GROUP BY n.user_id
        ORDER BY n.user_id
    LOOP
        PERFORM append_channel_events('inbox:' || person.user_id, person.at, tell_people.kind, person.bodies);
    END LOOP;
END
$$;
COMMENT ON FUNCTION tell_people(notifications[], timestamptz, text) IS 'The same for notifications, each to its one person.';

CREATE FUNCTION tell_notifications() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM tell_people(array_agg(n::notifications), NULL, 'notification') FROM written AS n HAVING count(*) > 0;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM tell_people(array_agg(o::notifications), clock_timestamp(), 'notification_removed')
        FROM former AS o
        HAVING count(*) > 0;
    ELSE
        PERFORM tell_people(array_agg(n::notifications), clock_timestamp(), 'notification_changed')
        FROM written AS n
        JOIN former AS o ON o.id = n.id
        WHERE o.read <> n.read
        HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tell_notifications() IS 'Appends notifications to the inboxes of their people: new ones, those that were read, and those that were removed.';

CREATE TRIGGER tell_messages AFTER INSERT ON messages
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_messages();
CREATE TRIGGER tell_changed_messages AFTER UPDATE ON messages
    REFERENCING OLD TABLE AS former NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_changed_messages();
CREATE TRIGGER tell_notifications AFTER INSERT ON notifications
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_notifications();
CREATE TRIGGER tell_changed_notifications AFTER UPDATE ON notifications
    REFERENCING OLD TABLE AS former NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION tell_notifications();
CREATE TRIGGER tell_removed_notifications AFTER DELETE ON notifications
    REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION tell_notifications();

CREATE FUNCTION open_inboxes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    INSERT INTO event_channels (channel) SELECT 'inbox:' || n.id FROM written AS n ORDER BY n.id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION open_inboxes() IS 'Gives everybody an inbox, so that it has a position before anything is in it.';
CREATE TRIGGER open_inboxes AFTER INSERT ON users
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION open_inboxes();
INSERT INTO event_channels (channel) SELECT 'inbox:' || id FROM users;

RESET ROLE;
