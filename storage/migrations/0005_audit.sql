-- Who read what, as a patient and an administrator see it.

SET ROLE arogya_owner;

RESET ROLE;
