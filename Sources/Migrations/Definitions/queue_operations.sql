-- What people do to jobs by hand.

-- A timeline's entry for what was done by hand: it has no worker and no beginning.
CREATE OR REPLACE FUNCTION dailies.manual_entry(attempt integer, outcome text, why text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('attempt', attempt, 'worker', NULL, 'from', NULL, 'to', now(), 'outcome', outcome, 'error', why);
$$;

-- Ends those of the jobs that no worker runs. It waits for a claim that is under way; that job then runs, and stays.
CREATE OR REPLACE FUNCTION dailies.end_waiting_jobs(ids bigint[], how text, why text) RETURNS SETOF bigint LANGUAGE sql AS $$
    WITH ended AS (
        DELETE FROM dailies.jobs WHERE id = ANY (ids) AND state IN ('available', 'scheduled') RETURNING jobs.*
    )
    INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, timeline)
    SELECT ended.id, ended.kind, ended.payload, ended.priority, ended.fair_key, how, ended.attempt, ended.failures, ended.crashes,
           ended.created_at, dailies.append_entry(ended.timeline, dailies.manual_entry(ended.attempt, how, why))
    FROM ended
    RETURNING id;
$$;

-- Stops jobs by hand, as `cancelled` or `discarded`. For each says what became of it:
--   ended     nobody ran it; it is in the history now
--   asked     it runs; its worker was told
--   over      it had ended before
--   unknown   there is no such job
CREATE OR REPLACE FUNCTION dailies.stop_jobs(ids bigint[], how text, why text) RETURNS TABLE (job_id bigint, became text) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    ended     bigint[];
    asked     bigint[];
    requested bigint[];
BEGIN
    -- The requests first and then the jobs, both by id: the order in which `obey_stop_requests` locks them, and two people who stop the same
    -- jobs. So there is a request for each job at first; those for jobs that end here are deleted again.
    WITH stops AS (
        INSERT INTO dailies.job_stops AS s (job_id, how, why)
        SELECT j.id, how, why FROM dailies.jobs j WHERE j.id = ANY (ids) ORDER BY j.id
        ON CONFLICT ON CONSTRAINT job_stops_pkey DO UPDATE SET how = excluded.how, why = excluded.why
        RETURNING s.job_id
    )
    SELECT array_agg(stops.job_id) INTO requested FROM stops;
    PERFORM FROM dailies.jobs j WHERE j.id = ANY (requested) ORDER BY j.id FOR UPDATE;
    ended := ARRAY(SELECT dailies.end_waiting_jobs(requested, how, why));
    DELETE FROM dailies.job_stops s
    WHERE s.job_id = ANY (requested) AND NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.id = s.job_id);
    asked := ARRAY(SELECT s.job_id FROM dailies.job_stops s WHERE s.job_id = ANY (requested));
    IF cardinality(asked) > 0 THEN
        PERFORM dailies.wake_workers('dailies_stops');
    END IF;
    RETURN QUERY
    SELECT wanted, CASE
        WHEN wanted = ANY (ended) THEN 'ended'
        WHEN wanted = ANY (asked) THEN 'asked'
        WHEN EXISTS (SELECT FROM dailies.job_history h WHERE h.id = wanted) THEN 'over'
        ELSE 'unknown' END
    FROM (SELECT DISTINCT unnest(ids) AS wanted) AS each_id ORDER BY wanted;
END $$;

-- Returns which of its running jobs a worker has to stop. Every worker asks each second, and when it is notified. It also ends jobs that
-- were put back before their worker obeyed, and deletes requests about jobs that have ended. It waits for nobody: a job that another session
-- has locked is looked at the next time.
CREATE OR REPLACE FUNCTION dailies.obey_stop_requests(worker uuid) RETURNS TABLE (job_id bigint, how text, why text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    stop dailies.job_stops;
BEGIN
    IF NOT EXISTS (SELECT FROM dailies.job_stops) THEN
        RETURN;
    END IF;
    FOR stop IN SELECT * FROM dailies.job_stops ORDER BY job_id FOR UPDATE SKIP LOCKED LOOP
        PERFORM FROM dailies.jobs j WHERE j.id = stop.job_id AND j.state IN ('available', 'scheduled') FOR UPDATE SKIP LOCKED;
        IF FOUND THEN
            PERFORM dailies.end_waiting_jobs(ARRAY[stop.job_id], stop.how, stop.why);
        END IF;
        DELETE FROM dailies.job_stops s
        WHERE s.job_id = stop.job_id AND NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.id = stop.job_id);
    END LOOP;
    RETURN QUERY
    SELECT s.job_id, s.how, s.why FROM dailies.job_stops s
    JOIN dailies.jobs j ON j.id = s.job_id WHERE j.state = 'running' AND j.worker_id = worker;
END $$;

-- The response that a job is about; NULL when its payload names none. The only place that reads it: a cast would fail the whole statement for
-- one such job.
CREATE OR REPLACE FUNCTION dailies.response_id(payload jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(payload -> 'response_id') = 'number' THEN
        CASE WHEN (payload -> 'response_id')::numeric BETWEEN -9223372036854775808 AND 9223372036854775807
                  AND (payload -> 'response_id')::numeric % 1 = 0
             THEN (payload -> 'response_id')::numeric::bigint END END;
$$;

-- Whether somebody can work on a job with this payload. The constraints of the table say nearly the same; the history has jobs from before them.
CREATE OR REPLACE FUNCTION dailies.is_sound_payload(kind text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT pg_column_size(payload) <= 65536
       AND (kind NOT IN ('inspect_response', 'render_response') OR dailies.response_id(payload) IS NOT NULL);
$$;

-- Puts discarded and cancelled jobs back, under the same id, with their timeline and with new budgets of failures and crashes. `attempt` goes
-- on from where it was, so the fence holds against every claim of the earlier life. The earlier ending stays in the history. A completed
-- job is never put back, because its effects are there, and neither is one whose payload nobody can work on. Returns the jobs that are back. For jobs that have to do with answers call
-- `retry_work`, which also takes back what their earlier ending wrote.
CREATE OR REPLACE FUNCTION dailies.retry_jobs(ids bigint[], why text) RETURNS TABLE (job_id bigint, kind text, payload jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    -- One caller at a time: when two people retry one job, the second has to see what the first did.
    PERFORM FROM dailies.locks WHERE name = 'retry' FOR UPDATE;
    DELETE FROM dailies.job_stops s WHERE s.job_id = ANY (ARRAY(
        SELECT o.job_id FROM dailies.job_stops o
        WHERE o.job_id = ANY (ids) AND NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.id = o.job_id)
        ORDER BY o.job_id FOR UPDATE));
    RETURN QUERY
    INSERT INTO dailies.jobs (id, kind, payload, priority, fair_key, attempt, created_at, waits_since, timeline) OVERRIDING SYSTEM VALUE
    SELECT last.id, last.kind, last.payload, greatest(0, least(15, last.priority)), last.fair_key, last.attempt,
           CASE WHEN isfinite(last.created_at) THEN last.created_at ELSE now() END, now(),
           dailies.append_entry(last.story, dailies.manual_entry(last.attempt, 'put_back', why))
    FROM (
        SELECT DISTINCT ON (h.id) h.*, dailies.whole_timeline(h) AS story FROM dailies.job_history h WHERE h.id = ANY (ids)
        ORDER BY h.id, h.attempt DESC, h.ended_at DESC
    ) AS last
    WHERE last.outcome IN ('discarded', 'cancelled') AND dailies.is_sound_payload(last.kind, last.payload)
      AND NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.id = last.id)
    ORDER BY last.fair_key, last.id
    RETURNING jobs.id, jobs.kind, jobs.payload;
END $$;
