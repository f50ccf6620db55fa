-- What the records API needs of the tables: indexes to search and to page by.

SET ROLE arogya_owner;

RESET ROLE;
