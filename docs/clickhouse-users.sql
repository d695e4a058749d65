-- The users of config/cluster/clickhouse/users.xml as SQL, for servers whose users are kept in SQL. Use one or the other.
--
--   clickhouse-client --user admin --password --queries-file docs/clickhouse-users.sql
--
-- Fill in the SHA-256 of each password first (printf %s "$password" | sha256sum); the server never needs the password.
-- On a cluster put ON CLUSTER name behind every name that is created, or keep users replicated
-- (user_directories, replicated), and run it once.

CREATE SETTINGS PROFILE IF NOT EXISTS smart_store_writer SETTINGS
    async_insert = 0 MAX 0,
    distributed_foreground_insert = 1,
    max_memory_usage = 4000000000 MAX 4000000000,
    max_execution_time = 60 MAX 60;

CREATE SETTINGS PROFILE IF NOT EXISTS smart_store_reader SETTINGS
    readonly = 2,
    max_memory_usage = 2000000000 MAX 2000000000,
    max_execution_time = 30 MAX 30;

CREATE SETTINGS PROFILE IF NOT EXISTS smart_store_migrator SETTINGS
    max_memory_usage = 4000000000;

CREATE USER IF NOT EXISTS smart_store_writer IDENTIFIED WITH sha256_hash BY 'FILL_IN' SETTINGS PROFILE 'smart_store_writer';
CREATE USER IF NOT EXISTS smart_store_reader IDENTIFIED WITH sha256_hash BY 'FILL_IN' SETTINGS PROFILE 'smart_store_reader';
CREATE USER IF NOT EXISTS smart_store_migrator IDENTIFIED WITH sha256_hash BY 'FILL_IN' SETTINGS PROFILE 'smart_store_migrator';

CREATE QUOTA IF NOT EXISTS smart_store_reader
    FOR INTERVAL 1 minute MAX queries = 600, execution_time = 120
    TO smart_store_reader;

GRANT SELECT ON smart_store.* TO smart_store_writer;
GRANT INSERT ON smart_store.events TO smart_store_writer;
GRANT INSERT ON smart_store.events_local TO smart_store_writer;

GRANT SELECT ON smart_store.* TO smart_store_reader;

-- The views are made by the migrator and work with its rights: it must stay for as long as they are there.
GRANT SELECT, INSERT, ALTER TABLE, ALTER VIEW, CREATE DATABASE, CREATE TABLE, CREATE VIEW ON smart_store.* TO smart_store_migrator;
GRANT CLUSTER ON *.* TO smart_store_migrator;
GRANT READ, WRITE ON REMOTE TO smart_store_migrator;
GRANT TABLE ENGINE ON * TO smart_store_migrator;
