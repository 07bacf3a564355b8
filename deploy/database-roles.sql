-- The accounts of a deployment with a PostgreSQL of its own, each with no more rights than it needs. An administrator of the server
-- runs this once, connected to Dailies' database; it may be run again, and takes over a schema that another account has made:
--
--     createdb dailies
--     psql -d dailies -v ON_ERROR_STOP=1 -f database-roles.sql
--     psql -d dailies -c '\password dailies_worker'         and so on, or certificates, or `peer` in pg_hba.conf
--     dailies migrate                                       as dailies_migration: makes the schema and gives each account its rights
--
-- The rights stand in Sources/Migrations/Definitions/grants.sql, because they change with the schema.
DO $$
DECLARE
    account text;
    object  record;
BEGIN
    -- Who runs what:
    --   dailies_migration   `dailies migrate`, and backups: owns the schema
    --   dailies_worker      `dailies work`
    --   dailies_site        `dailies serve`
    --   dailies_operator    people: `dailies role`, `import`, `answers`, `jobs`, `queue`, `reviewer`, `status`, `doctor`, `reconcile`
    --   dailies_intake      the program that takes recordings in and calls dailies.submit_response
    --   dailies_monitor     whoever counts, such as KEDA
    FOREACH account IN ARRAY ARRAY['dailies_migration', 'dailies_worker', 'dailies_site', 'dailies_operator', 'dailies_intake', 'dailies_monitor']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = account) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', account);
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), account);
    END LOOP;

    -- A worker has to see when transactions of other accounts began: a job that such a one is still inserting is not to be passed over. And
    -- `dailies doctor` tells people whose transactions are in the way.
    IF NOT pg_has_role('dailies_worker', 'pg_read_all_stats', 'MEMBER') THEN
        GRANT pg_read_all_stats TO dailies_worker;
    END IF;
    IF NOT pg_has_role('dailies_operator', 'pg_read_all_stats', 'MEMBER') THEN
        GRANT pg_read_all_stats TO dailies_operator;
    END IF;

    -- People want to know since when another session holds a lock that is in their way, and by which statement.
    IF NOT pg_has_role('dailies_operator', 'pg_read_all_stats', 'MEMBER') THEN
        GRANT pg_read_all_stats TO dailies_operator;
    END IF;

    EXECUTE format('GRANT CREATE ON DATABASE %I TO dailies_migration', current_database());
    CREATE SCHEMA IF NOT EXISTS dailies AUTHORIZATION dailies_migration;
    ALTER SCHEMA dailies OWNER TO dailies_migration;
    GRANT USAGE ON SCHEMA dailies TO dailies_worker, dailies_site, dailies_operator, dailies_intake, dailies_monitor;

    FOR object IN
        SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name
        FROM pg_class c
        WHERE c.relnamespace = 'dailies'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
          AND c.relowner <> 'dailies_migration'::regrole
          -- A sequence that belongs to a column goes with its table.
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
        UNION ALL
        SELECT 'ROUTINE', p.oid::regprocedure::text FROM pg_proc p
        WHERE p.pronamespace = 'dailies'::regnamespace AND p.proowner <> 'dailies_migration'::regrole
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO dailies_migration', object.kind, object.name);
    END LOOP;
END $$;
