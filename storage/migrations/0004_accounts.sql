-- What accounts need beyond a password: a second factor, and e-mail that may be missing.

SET ROLE arogya_owner;

RESET ROLE;
