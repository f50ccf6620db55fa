"""The sizes and ranges of protocol version 1: constants of the contract, the same for every hub and every device."""

from __future__ import annotations

SUBPROTOCOL_JSON = "hub.v1"
SUBPROTOCOL_MSGPACK = "hub.v1.msgpack"
TICKET_PREFIX = "ticket."

MESSAGE_BYTES_MAX = 256 * 1024  # one device message, either encoding
VIEWER_MESSAGE_BYTES_MAX = 8 * 1024  # one message from a viewer
FIXES_PER_FRAME_MAX = 500
SAMPLES_PER_FRAME_MAX = 2_000  # instants of a motion frame
JOINTS_MAX = 32  # of a motion stream
INTERVAL_US_MAX = 10_000_000  # between two samples of a motion frame
OFFSET_US_MAX = 2**31 - 1  # of a motion frame's last sample
REPETITION_MAX = 1_000_000
STREAMS_PER_HELLO_MAX = 8  # and held by a connection
TEXT_CHARS_MAX = 256  # any string that the protocol carries
AGENT_CHARS_MAX = 100
DETAIL_CHARS_MAX = 200
COMMAND_TEXT_CHARS_MAX = 2_000  # a string in the body of a command
REPORT_ID_CHARS_MAX = 64
REPORT_TEXT_CHARS_MAX = 1_000  # of a message
REASON_CHARS_MAX = 500  # of a decline, and of a destination
REPORTS_UNANSWERED_MAX = 64  # reports of one connection on the way; one more ends it with 4003
ALARM_ID_CHARS_MAX = 64
CHANNEL_CHARS_MAX = 64
FILTER_IDS_MAX = 200
FILTER_CELLS_MAX = 1_024  # combinations of a filter's statuses, ids and tiles
STRIKES_MAX = 3  # malformed messages until the connection is closed with 4501

SEQ_MAX = 2**53 - 1  # what a JavaScript number holds exactly
TIME_US_MIN = -2_208_988_800_000_000  # 1900-01-01T00:00:00Z
TIME_US_MAX = 253_402_300_799_999_999  # 9999-12-31T23:59:59.999999Z

LATITUDE_MAX = 90.0  # degrees, WGS 84
LONGITUDE_MAX = 180.0  # degrees, WGS 84
SPEED_MAX = 1_000.0  # m/s
HEADING_MAX = 360.0  # degrees clockwise from true north
ACCURACY_MAX = 1_000_000.0  # metres, radius of one standard deviation
ALTITUDE_MIN = -1_000.0  # metres above the WGS 84 ellipsoid
ALTITUDE_MAX = 100_000.0  # metres
ANGLE_MAX = 360.0  # degrees from the anatomical position, either way
ANGLE_SPEED_MAX = 1_500.0  # degrees/s; faster is stored and flagged (the fastest real one seen was 542)
