-- name: read
-- Where a channel stands, and its events with offsets in (after, until], the newest of them if they are more than so
-- many. One row without an event where there is none, no row without the channel. One statement is one snapshot: what
-- the head counts is there to be read.
SELECT c.epoch, c.last_offset, c.oldest_offset, e."offset", to_us(e.at) AS at, e.kind, e.body
  FROM event_channels c
  LEFT JOIN channel_events e
    ON e.channel = c.channel
   AND e."offset" > greatest(:after::bigint, least(:until::bigint, c.last_offset) - :rows_max::bigint)
   AND e."offset" <= :until
 WHERE c.channel = :channel
 ORDER BY e."offset";

-- name: position
-- The name of a channel's numbering, and its newest offset.
SELECT epoch, last_offset FROM event_channels WHERE channel = :channel;
