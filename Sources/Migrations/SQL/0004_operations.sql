-- What ops people do to the queue by hand: pause it, stop a job, put an ended one back.
--
-- None of it costs the workers anything while nobody does it: the two tables here are empty then, and the jobs table has
-- no column, index or trigger for them.

-- Pauses are rows, so they outlast every process. Nothing that runs is stopped; nothing new is claimed.
CREATE TABLE dailies.queue_pauses (
    kind      text UNIQUE NULLS NOT DISTINCT CHECK (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
    why       text CHECK (length(why) BETWEEN 1 AND 500),
    paused_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE dailies.queue_pauses IS 'Kinds of jobs that are not claimed at present; NULL stands for all.';

-- Those of `kinds` that may be claimed now.
CREATE FUNCTION dailies.unpaused_kinds(kinds text[]) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT wanted FROM unnest(kinds) AS wanted
        WHERE NOT EXISTS (SELECT FROM dailies.queue_pauses p WHERE p.kind IS NULL OR p.kind = wanted));
$$;

-- What was done to a job by hand, as a line of its timeline: it has no worker and no beginning.
CREATE FUNCTION dailies.hand_entry(attempt integer, outcome text, why text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('attempt', attempt, 'worker', NULL, 'from', NULL, 'to', now(), 'outcome', outcome, 'error', why);
$$;

-- Wishes to stop a running job. A wish is about the job, not about an attempt: whichever worker has it heeds the wish, and
-- when the attempt is given back or rescued meanwhile, the job ends instead of running again. No foreign key, because that
-- would cost every completion a look here.
CREATE TABLE dailies.job_stops (
    job_id       bigint PRIMARY KEY,
    how          text NOT NULL CHECK (how IN ('cancelled', 'discarded')),
    why          text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now()
);

-- Ends those of the jobs that nobody runs. A claim that is under way is waited for; then the job runs, and stays.
CREATE FUNCTION dailies.end_waiting_jobs(ids bigint[], how text, why text) RETURNS SETOF bigint LANGUAGE sql AS $$
    WITH ended AS (
        DELETE FROM dailies.jobs WHERE id = ANY (ids) AND state IN ('available', 'scheduled') RETURNING jobs.*
    )
    INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, timeline)
    SELECT ended.id, ended.kind, ended.payload, ended.priority, ended.fair_key, how, ended.attempt, ended.failures, ended.crashes,
           ended.created_at, ended.timeline || dailies.hand_entry(ended.attempt, how, why)
    FROM ended
    RETURNING id;
$$;

-- Stops jobs by hand, as `cancelled` or `discarded`. For each says what became of it:
--   ended     nobody ran it; it is in the history now
--   asked     it runs; its worker was told
--   over      it had ended before
--   unknown   there is no such job
CREATE FUNCTION dailies.stop_jobs(ids bigint[], how text, why text) RETURNS TABLE (job_id bigint, became text) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    ended bigint[];
    asked bigint[];
BEGIN
    -- In one order, so that two people who stop the same jobs wait for each other and do not deadlock.
    PERFORM FROM dailies.jobs j WHERE j.id = ANY (ids) ORDER BY j.id FOR UPDATE;
    ended := ARRAY(SELECT dailies.end_waiting_jobs(ids, how, why));
    WITH stops AS (
        INSERT INTO dailies.job_stops AS s (job_id, how, why)
        SELECT j.id, how, why FROM dailies.jobs j WHERE j.id = ANY (ids) AND j.state = 'running'
        ON CONFLICT ON CONSTRAINT job_stops_pkey DO UPDATE SET how = excluded.how, why = excluded.why
        RETURNING s.job_id
    )
    SELECT array_agg(stops.job_id) INTO asked FROM stops;
    IF asked IS NOT NULL THEN
        PERFORM pg_notify('dailies_stops', '');
    END IF;
    RETURN QUERY
    SELECT wanted, CASE
        WHEN wanted = ANY (ended) THEN 'ended'
        WHEN wanted = ANY (asked) THEN 'asked'
        WHEN EXISTS (SELECT FROM dailies.job_history h WHERE h.id = wanted) THEN 'over'
        ELSE 'unknown' END
    FROM (SELECT DISTINCT unnest(ids) AS wanted) AS each_id ORDER BY wanted;
END $$;

-- Every worker asks this each second, and when it is told of stops. Returns which of its own jobs it has to stop. Also ends
-- jobs that came back from their worker before it could heed the wish, and forgets wishes about jobs that have ended.
CREATE FUNCTION dailies.heed_stops(worker uuid) RETURNS TABLE (job_id bigint, how text, why text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    stop dailies.job_stops;
BEGIN
    IF NOT EXISTS (SELECT FROM dailies.job_stops) THEN
        RETURN;
    END IF;
    FOR stop IN SELECT * FROM dailies.job_stops ORDER BY job_id FOR UPDATE SKIP LOCKED LOOP
        PERFORM dailies.end_waiting_jobs(ARRAY[stop.job_id], stop.how, stop.why);
        DELETE FROM dailies.job_stops s
        WHERE s.job_id = stop.job_id AND NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.id = stop.job_id);
    END LOOP;
    RETURN QUERY
    SELECT s.job_id, s.how, s.why FROM dailies.job_stops s
    JOIN dailies.jobs j ON j.id = s.job_id WHERE j.state = 'running' AND j.worker_id = worker;
END $$;

-- Puts discarded and cancelled jobs back, under the same id, with their timeline and with new budgets of failures and
-- crashes. `attempt` goes on from where it was, so the fence holds against every claim of the earlier life. The earlier
-- ending stays in the history. A completed job is never put back: its effects are there. Returns the jobs that are back.
CREATE FUNCTION dailies.retry_jobs(ids bigint[], why text) RETURNS TABLE (job_id bigint, kind text, payload jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    -- One at a time: of two people who retry one job, the second has to see what became of it since.
    PERFORM pg_advisory_xact_lock(hashtext('dailies.retry_jobs'));
    DELETE FROM dailies.job_stops s
    WHERE s.job_id = ANY (ids) AND NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.id = s.job_id);
    RETURN QUERY
    INSERT INTO dailies.jobs (id, kind, payload, priority, fair_key, attempt, created_at, timeline) OVERRIDING SYSTEM VALUE
    SELECT last.id, last.kind, last.payload, greatest(0, least(15, last.priority)), last.fair_key, last.attempt, last.created_at,
           last.timeline || dailies.hand_entry(last.attempt, 'put_back', why)
    FROM (
        SELECT DISTINCT ON (h.id) h.* FROM dailies.job_history h WHERE h.id = ANY (ids)
        ORDER BY h.id, h.attempt DESC, h.ended_at DESC
    ) AS last
    WHERE last.outcome IN ('discarded', 'cancelled') AND NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.id = last.id)
    RETURNING jobs.id, jobs.kind, jobs.payload;
END $$;

-- When the inspection of a response is put back, its answer is being processed again, and says so. The review record that
-- said "unusable" is taken back whole and kept here; the outbox tells other programs.
CREATE TABLE dailies.withdrawn_reviews (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    response_id  bigint NOT NULL REFERENCES dailies.responses ON DELETE CASCADE,
    report       jsonb NOT NULL,
    recorded_at  timestamptz NOT NULL,
    withdrawn_at timestamptz NOT NULL DEFAULT now(),
    why          text NOT NULL
);
CREATE INDEX withdrawn_reviews_by_response ON dailies.withdrawn_reviews (response_id);
COMMENT ON TABLE dailies.withdrawn_reviews IS 'Review records that were taken back because the recording was looked into again.';

ALTER TABLE dailies.outbox DROP CONSTRAINT outbox_topic_check;
ALTER TABLE dailies.outbox ADD CONSTRAINT outbox_topic_check
    CHECK (topic IN ('response.reviewable', 'response.unusable', 'response.reopened'));

-- Takes back a record that only says that an inspector died or ran out of time; whether there was one. What is known of
-- the recording itself is never taken back.
CREATE FUNCTION dailies.reopen_response(response bigint, why text) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
    WITH withdrawn AS (
        DELETE FROM dailies.review_records r
        WHERE r.response_id = response AND r.outcome = 'unusable' AND r.reason IN ('inspector_died', 'timed_out')
        RETURNING r.response_id, r.report, r.created_at
    )
    INSERT INTO dailies.withdrawn_reviews (response_id, report, recorded_at, why)
    SELECT w.response_id, w.report, w.created_at, why FROM withdrawn w;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO dailies.outbox (topic, payload) VALUES ('response.reopened', jsonb_build_object('response_id', response));
    RETURN true;
END $$;

-- The claim of before under another name, behind a look at the pauses, which is an empty table nearly always. Workers of the
-- release before call it by the same name, so they respect pauses too.
ALTER FUNCTION dailies.claim_jobs(uuid, text[], integer) RENAME TO claim_unpaused_jobs;
CREATE FUNCTION dailies.claim_jobs(worker uuid, kinds text[], batch integer)
RETURNS TABLE (id bigint, kind text, payload jsonb, attempt integer, failures integer, crashes integer, max_attempts integer,
               created_at timestamptz, claimed_at timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM dailies.queue_pauses) THEN
        kinds := dailies.unpaused_kinds(kinds);
        -- However many wait: nobody searches them for nothing.
        IF cardinality(kinds) = 0 THEN
            RETURN;
        END IF;
    END IF;
    RETURN QUERY SELECT * FROM dailies.claim_unpaused_jobs(worker, kinds, batch);
END $$;
