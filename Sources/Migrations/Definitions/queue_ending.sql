-- How an attempt ends, and with it perhaps the job. Each function that a worker calls for its claim names job and attempt. When that attempt
-- no longer holds the job, it raises DJ001, and the caller's transaction is undone with everything that it wrote.

-- One entry of a job's timeline, for the attempt that ends now.
CREATE OR REPLACE FUNCTION dailies.timeline_entry(job dailies.jobs, outcome text, error text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'attempt', job.attempt, 'worker', (SELECT name FROM dailies.workers WHERE id = job.worker_id),
        'from', job.claimed_at, 'to', now(), 'outcome', outcome, 'error', error);
$$;

CREATE OR REPLACE FUNCTION dailies.raise_stale_claim(job bigint, attempt integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'attempt % of job % is no longer held', attempt, job
        USING ERRCODE = 'DJ001', HINT = 'Another worker has it, or it has ended; drop this attempt''s results.';
END $$;

-- Ends a claim: `how` is completed, discarded or cancelled. Call it in the transaction that writes the results.
CREATE OR REPLACE FUNCTION dailies.end_job(job bigint, claim_attempt integer, how text, why text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH ended AS (
        DELETE FROM dailies.jobs WHERE id = job AND attempt = claim_attempt AND state = 'running' RETURNING jobs.*
    )
    INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, timeline,
                                     worker, claimed_at, error)
    SELECT ended.id, ended.kind, ended.payload, ended.priority, ended.fair_key, how, ended.attempt, ended.failures, ended.crashes,
           ended.created_at, ended.timeline, (SELECT w.name FROM dailies.workers w WHERE w.id = ended.worker_id), ended.claimed_at, why
    FROM ended;
    IF NOT FOUND THEN
        PERFORM dailies.raise_stale_claim(job, claim_attempt);
    END IF;
END $$;

-- Completes many claims at once, or none: when an attempt no longer holds its job, it raises DJ001 and names the first such job.
CREATE OR REPLACE FUNCTION dailies.complete_jobs(jobs bigint[], attempts integer[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    -- What was claimed, and what was really running, both in the order of the jobs' ids.
    claimed_jobs     bigint[];
    claimed_attempts integer[];
    running_jobs     bigint[];
    running_attempts integer[];
    stale_job        bigint;
    stale_attempt    integer;
BEGIN
    -- By primary key alone, and compared afterwards: in a join with the arrays the planner would count the running jobs, find none
    -- in its statistics, and compare each with each.
    WITH ended AS (
        DELETE FROM dailies.jobs j WHERE j.id = ANY (complete_jobs.jobs) RETURNING j.*
    ), kept AS (
        INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at,
                                         timeline, worker, claimed_at)
        SELECT ended.id, ended.kind, ended.payload, ended.priority, ended.fair_key, 'completed', ended.attempt, ended.failures,
               ended.crashes, ended.created_at, ended.timeline, w.name, ended.claimed_at
        FROM ended LEFT JOIN dailies.workers w ON w.id = ended.worker_id
    )
    SELECT array_agg(id ORDER BY id) FILTER (WHERE state = 'running'), array_agg(attempt ORDER BY id) FILTER (WHERE state = 'running')
    INTO running_jobs, running_attempts FROM ended;

    SELECT array_agg(c.id ORDER BY c.id), array_agg(c.attempt ORDER BY c.id) INTO claimed_jobs, claimed_attempts
    FROM unnest(complete_jobs.jobs, complete_jobs.attempts) AS c (id, attempt);
    -- What was not running has been deleted too; the error below undoes that.
    IF running_jobs IS DISTINCT FROM claimed_jobs OR running_attempts IS DISTINCT FROM claimed_attempts THEN
        SELECT c.id, c.attempt INTO stale_job, stale_attempt
        FROM unnest(claimed_jobs, claimed_attempts) AS c (id, attempt)
        WHERE running_attempts[array_position(running_jobs, c.id)] IS DISTINCT FROM c.attempt
        ORDER BY c.id LIMIT 1;
        PERFORM dailies.raise_stale_claim(stale_job, stale_attempt);
    END IF;
END $$;

-- Gives a claim back for later. `how` says what the attempt counts as:
--   retried   a fault of ours, counts against max_attempts
--   crashed   the inspector died, counts against the crash budget
--   snoozed   the infrastructure was at fault, counts as nothing
--   released  the worker shuts down, counts as nothing, available at once
CREATE OR REPLACE FUNCTION dailies.put_back_job(job bigint, claim_attempt integer, how text, delay interval, why text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    back dailies.jobs;
BEGIN
    IF how NOT IN ('retried', 'crashed', 'snoozed', 'released') THEN
        RAISE EXCEPTION 'a job is retried, crashed, snoozed or released, not %', how USING ERRCODE = '22023';
    END IF;
    UPDATE dailies.jobs
    SET state = CASE WHEN delay > interval '0' THEN 'scheduled' ELSE 'available' END,
        lane = CASE WHEN delay > interval '0' THEN 1000 ELSE priority END,
        due_at = CASE WHEN delay > interval '0' THEN now() + delay ELSE due_at END,
        failures = failures + (how = 'retried')::integer,
        crashes = crashes + (how = 'crashed')::integer,
        worker_id = NULL, claimed_at = NULL,
        timeline = timeline || dailies.timeline_entry(jobs, how, why)
    WHERE id = job AND attempt = claim_attempt AND state = 'running'
    RETURNING * INTO back;
    IF NOT FOUND THEN
        PERFORM dailies.raise_stale_claim(job, claim_attempt);
    END IF;
    IF delay <= interval '0' THEN
        PERFORM dailies.lower_floor(back.lane, back.kind, back.due_at, back.id);
        PERFORM dailies.wake_workers('dailies_jobs');
    END IF;
END $$;

-- Makes running jobs of a worker available again, with their old turn. Returns how many.
CREATE OR REPLACE FUNCTION dailies.free_jobs(worker uuid, jobs bigint[], how text, why text, claimed_before timestamptz DEFAULT 'infinity')
RETURNS bigint LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    freed_count bigint;
BEGIN
    WITH freed AS (
        UPDATE dailies.jobs j
        SET state = 'available', worker_id = NULL, claimed_at = NULL, timeline = timeline || dailies.timeline_entry(j, how, why)
        WHERE j.id = ANY (jobs) AND state = 'running' AND worker_id = worker AND claimed_at < claimed_before
        RETURNING j.*
    ), firsts AS (
        SELECT DISTINCT ON (lane, kind) lane, kind, due_at, id FROM freed ORDER BY lane, kind, due_at, id
    ), lowered AS MATERIALIZED (
        SELECT dailies.lower_floor(lane, kind, due_at, id) FROM firsts
    )
    SELECT count(*) INTO freed_count FROM freed, (SELECT count(*) FROM lowered) AS every_one;
    IF freed_count > 0 THEN
        PERFORM dailies.wake_workers('dailies_jobs');
    END IF;
    RETURN freed_count;
END $$;

-- Deletes workers whose lease is over, and makes their jobs available again. Any worker calls it; a worker that another caller has locked
-- is left to that caller.
CREATE OR REPLACE FUNCTION dailies.rescue_jobs() RETURNS TABLE (worker_name text, jobs_rescued bigint) LANGUAGE plpgsql AS $$
DECLARE
    dead record;
BEGIN
    FOR dead IN
        SELECT id, name FROM dailies.workers WHERE beaten_at < now() - lease FOR UPDATE SKIP LOCKED
    LOOP
        worker_name := dead.name;
        jobs_rescued := dailies.free_jobs(dead.id, dailies.claimed_jobs(dead.id), 'rescued', 'the worker stopped beating');
        DELETE FROM dailies.claims WHERE worker_id = dead.id;
        DELETE FROM dailies.workers WHERE id = dead.id;
        RETURN NEXT;
    END LOOP;
END $$;

-- For claims older than the lease: deletes those of which no job runs any more, and releases jobs that the worker says it does not hold,
-- because the answer to its claim was lost on the way. Younger claims are left alone, since their answer may still be under way.
CREATE OR REPLACE FUNCTION dailies.release_unheld_jobs(worker uuid, held bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    lease_began timestamptz := now() - (SELECT lease FROM dailies.workers WHERE workers.id = worker);
    unheld      bigint[];
BEGIN
    DELETE FROM dailies.claims c
    WHERE c.worker_id = worker AND c.claimed_at < lease_began AND NOT EXISTS (
        SELECT FROM dailies.jobs j WHERE j.id = ANY (c.job_ids) AND j.state = 'running' AND j.worker_id = worker);
    unheld := ARRAY(
        SELECT unnest(c.job_ids) FROM dailies.claims c WHERE c.worker_id = worker AND c.claimed_at < lease_began
        EXCEPT SELECT unnest(held) ORDER BY 1);
    IF cardinality(unheld) = 0 THEN
        RETURN 0;
    END IF;
    RETURN dailies.free_jobs(worker, unheld, 'released', 'the claim never reached its worker', lease_began);
END $$;

-- A worker that shuts down in order releases its jobs and goes.
CREATE OR REPLACE FUNCTION dailies.leave_worker(worker uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dailies.free_jobs(worker, dailies.claimed_jobs(worker), 'released', 'the worker shut down');
    DELETE FROM dailies.claims WHERE worker_id = worker;
    DELETE FROM dailies.workers WHERE id = worker;
END $$;
