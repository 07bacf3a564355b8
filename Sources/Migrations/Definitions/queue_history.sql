-- Every attempt of an ended job, the last one included.
CREATE OR REPLACE FUNCTION dailies.whole_timeline(job dailies.job_history) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN job.claimed_at IS NULL THEN job.timeline
                ELSE dailies.append_entry(job.timeline, jsonb_build_object(
                    'attempt', job.attempt, 'worker', job.worker, 'from', job.claimed_at, 'to', job.ended_at, 'outcome', job.outcome,
                    'error', job.error)) END;
$$;

-- Whether the next day has no partition: nobody has made any for a week, or the clock went forward.
CREATE OR REPLACE FUNCTION dailies.lacks_job_history() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT to_regclass('dailies.job_history_' || to_char((now() AT TIME ZONE 'UTC')::date + 1, 'YYYYMMDD')) IS NULL;
$$;

-- Makes the partitions of the coming days. Any worker may call it at any time, and one at a time does the work. It gives up when another
-- session reads the history, because every completion would wait behind it; the next call tries again, a week ahead of need.
-- As the owner (SECURITY DEFINER), because only a table's owner makes and drops its partitions. Whatever the caller asks for and however
-- its session writes dates, there are at most two weeks ahead, and a day is a day.
CREATE OR REPLACE FUNCTION dailies.prepare_job_history(days_ahead integer DEFAULT 7) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET DateStyle = 'ISO, YMD' SET TimeZone = 'UTC' AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    day   date;
    made  integer := 0;
    name  text;
BEGIN
    IF days_ahead IS NULL OR days_ahead NOT BETWEEN 0 AND 14 THEN
        RAISE EXCEPTION 'the history is prepared for 0 to 14 days ahead, not for %', days_ahead USING ERRCODE = '22023';
    END IF;
    PERFORM FROM dailies.locks l WHERE l.name = 'history' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    PERFORM set_config('lock_timeout', '200ms', true);
    FOR day IN SELECT today + n FROM generate_series(0, days_ahead) AS n LOOP
        name := 'job_history_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('dailies.' || name) IS NOT NULL;
        -- A day that already has rows in the default partition stays there.
        CONTINUE WHEN EXISTS (
            SELECT FROM dailies.job_history_default
            WHERE ended_at >= day::timestamp AT TIME ZONE 'UTC' AND ended_at < (day + 1)::timestamp AT TIME ZONE 'UTC');
        EXECUTE format('CREATE TABLE dailies.%I PARTITION OF dailies.job_history FOR VALUES FROM (%L) TO (%L)',
                       name, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
        made := made + 1;
    END LOOP;
    IF made > 0 THEN
        -- Once a day, and by one worker: running jobs whose worker is gone and which no row of `claims` names. Rescue does not find them.
        UPDATE dailies.jobs j SET state = 'available', worker_id = NULL, claimed_at = NULL, waits_since = now(),
            timeline = dailies.append_entry(timeline, dailies.timeline_entry(j, 'rescued', 'its worker is not there any more'))
        WHERE j.id = ANY (ARRAY(
            SELECT lost.id FROM dailies.jobs lost
            WHERE lost.state = 'running' AND NOT EXISTS (SELECT FROM dailies.workers w WHERE w.id = lost.worker_id)
            ORDER BY lost.id FOR UPDATE SKIP LOCKED));
    END IF;
    RETURN made;
EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
END $$;

-- Drops the days that ended longer ago than `keep`, with the same lock and the same patience: the oldest ones first and ten at most, because
-- each costs locks, of which a server has few thousand. Returns how many; after ten, call it again. Whoever calls it, the last day stays.
-- Intervals are compared as moments: '1 month -30 days' counts as none in February.
CREATE OR REPLACE FUNCTION dailies.drop_job_history(keep interval) RETURNS integer LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET DateStyle = 'ISO, YMD' SET TimeZone = 'UTC' AS $$
DECLARE
    name    text;
    dropped integer := 0;
BEGIN
    IF keep IS NULL OR now() - keep > now() - interval '1 day' THEN
        RAISE EXCEPTION 'the history of at least one day is kept, not of %', keep USING ERRCODE = '22023';
    END IF;
    PERFORM FROM dailies.locks l WHERE l.name = 'history' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    PERFORM set_config('lock_timeout', '200ms', true);
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'dailies.job_history'::regclass AND c.relname ~ '^job_history_[0-9]{8}$'
          AND (to_date(right(c.relname, 8), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC' <= now() - keep
        ORDER BY c.relname LIMIT 10
    LOOP
        EXECUTE format('DROP TABLE dailies.%I', name);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM dailies.job_history_default WHERE ended_at <= now() - keep;
    RETURN dropped;
EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
END $$;

-- A new database has its first days at once.
SELECT dailies.prepare_job_history();
