-- Roles of a PostgreSQL warehouse; safe to run again. `culture-kpis warehouse grants` runs it, so does psql.
-- Run it as the owner of the tables. Then let people and programs in: GRANT kpi_reader TO alice;
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['kpi_reader', 'kpi_steward', 'kpi_writer'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
END
$$;

-- Analysts: everything in marts, nothing else.
GRANT USAGE ON SCHEMA marts TO kpi_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA marts TO kpi_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA marts GRANT SELECT ON TABLES TO kpi_reader;

-- Data stewards: tickets, promises and recognitions at event grain as well.
GRANT kpi_reader TO kpi_steward;
GRANT USAGE ON SCHEMA restricted TO kpi_steward;
GRANT SELECT ON ALL TABLES IN SCHEMA restricted TO kpi_steward;
ALTER DEFAULT PRIVILEGES IN SCHEMA restricted GRANT SELECT ON TABLES TO kpi_steward;

-- The nightly run: rows, but no tables.
GRANT kpi_steward TO kpi_writer;
GRANT INSERT, DELETE ON ALL TABLES IN SCHEMA marts, restricted TO kpi_writer;
ALTER DEFAULT PRIVILEGES IN SCHEMA marts, restricted GRANT INSERT, DELETE ON TABLES TO kpi_writer;
