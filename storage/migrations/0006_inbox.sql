-- Messages and notifications on each person's own channel of events.

SET ROLE arogya_owner;

RESET ROLE;
