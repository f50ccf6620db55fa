#!/bin/sh
# Run once, by the image of PostgreSQL, on an empty volume: the database, and the user that owns it.
set -eu
password=$(cat /run/secrets/hub_password)
psql --set=ON_ERROR_STOP=1 --set=password="$password" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE hub LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE arogya OWNER hub ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
SQL
