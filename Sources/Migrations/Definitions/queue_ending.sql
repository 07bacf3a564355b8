-- How an attempt ends, and with it perhaps the job. Each function that a worker calls for its claim names the worker, the job and the attempt.
-- When that worker does not hold the job by that attempt, it raises DJ001, and the caller's transaction is undone with everything that it
-- wrote. The attempt alone is not enough: a claim commits without waiting for the disk, and after a crash its number is given again. A
-- worker's id is stored before it claims anything, and never comes twice.
--
-- THE ORDER OF LOCKS. Whoever locks several rows locks them in this order, so that no two wait for each other (40P01):
--
--   1. locks           the row that says "one at a time"
--   2. workers
--   3. job_stops       by job
--   4. jobs            by id
--   5. claims
--   6. interviews      by id; then what hangs on one: responses, review_records, current_answers, renditions
--   7. fair_turns      by fair key, then lane: so jobs are inserted in the order of their fair keys, and results that may insert jobs are
--                      written in the order that `complete_jobs` returns
--   8. claim_floors    never waited for, except by the first claim of a lane and kind
--
-- Claiming and maintenance (rescue, stop requests, forgotten claims, sweeps, leaving) wait for no job, claim or worker at all: what another
-- session has locked is left to the next turn. So one stuck transaction stops nobody's maintenance, and maintenance may go through these
-- tables several times in one transaction. LockOrderTests runs each function against each other one.

-- One entry of a job's timeline, for the attempt that ends now.
CREATE OR REPLACE FUNCTION dailies.timeline_entry(job dailies.jobs, outcome text, error text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'attempt', job.attempt, 'worker', (SELECT name FROM dailies.workers WHERE id = job.worker_id),
        'from', job.claimed_at, 'to', now(), 'outcome', outcome, 'error', error);
$$;

-- A timeline with one entry more. The first 3 and the last 20 are kept. Those between become one entry, whose outcome is `left_out` and
-- whose `count` says how many they were: a job that waits for a month is put back thousands of times, and its row is written each time.
CREATE OR REPLACE FUNCTION dailies.append_entry(timeline jsonb, entry jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_array_length(timeline) < 23 THEN timeline || entry ELSE (
        SELECT jsonb_agg(e.value ORDER BY e.n) FILTER (WHERE e.n <= 3)
            || jsonb_build_object(
                'attempt', (array_agg(e.value -> 'attempt' ORDER BY e.n DESC) FILTER (WHERE e.is_between))[1], 'worker', NULL,
                'from', (array_agg(coalesce(e.value ->> 'from', e.value ->> 'to') ORDER BY e.n) FILTER (WHERE e.is_between))[1],
                'to', (array_agg(e.value ->> 'to' ORDER BY e.n DESC) FILTER (WHERE e.is_between))[1],
                'outcome', 'left_out', 'error', NULL,
                'count', sum(coalesce((e.value ->> 'count')::bigint, 1)) FILTER (WHERE e.is_between))
            || coalesce(jsonb_agg(e.value ORDER BY e.n) FILTER (WHERE e.n > jsonb_array_length(timeline) - 19), '[]')
            || entry
        FROM (
            SELECT x.value, x.n, x.n > 3 AND x.n <= jsonb_array_length(timeline) - 19 AS is_between
            FROM jsonb_array_elements(timeline) WITH ORDINALITY AS x (value, n)
        ) AS e) END;
$$;

CREATE OR REPLACE FUNCTION dailies.raise_stale_claim(job bigint, attempt integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'attempt % of job % is no longer held', attempt, job
        USING ERRCODE = 'DJ001', HINT = 'Another worker has it, or it has ended; drop this attempt''s results.';
END $$;

-- Ends a claim: `how` is completed, discarded or cancelled. Call it in the transaction that writes the results.
CREATE OR REPLACE FUNCTION dailies.end_job(worker uuid, job bigint, claim_attempt integer, how text, why text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH ended AS (
        DELETE FROM dailies.jobs WHERE id = job AND attempt = claim_attempt AND worker_id = worker AND state = 'running' RETURNING jobs.*
    )
    INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, timeline,
                                     worker, worker_id, claimed_at, error)
    SELECT ended.id, ended.kind, ended.payload, ended.priority, ended.fair_key, how, ended.attempt, ended.failures, ended.crashes,
           ended.created_at, ended.timeline, (SELECT w.name FROM dailies.workers w WHERE w.id = ended.worker_id), ended.worker_id,
           ended.claimed_at, why
    FROM ended;
    IF NOT FOUND THEN
        PERFORM dailies.raise_stale_claim(job, claim_attempt);
    END IF;
END $$;

-- Completes many claims of one worker at once, or none: when an attempt no longer holds its job, it raises DJ001 and names the first such
-- job. Returns the jobs in the order in which their results have to be written: by fair key, then id. A result may insert a job of the same
-- fair key, which locks that key's turn.
CREATE OR REPLACE FUNCTION dailies.complete_jobs(worker uuid, jobs bigint[], attempts integer[]) RETURNS bigint[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    -- What was claimed, and what was really running, both in the order of the jobs' ids.
    claimed_jobs     bigint[];
    claimed_attempts integer[];
    running_jobs     bigint[];
    running_attempts integer[];
    by_fair_key      bigint[];
    stale_job        bigint;
    stale_attempt    integer;
BEGIN
    -- By primary key alone, and compared afterwards: in a join with the arrays the planner would count the running jobs, find none
    -- in its statistics, and compare each with each.
    WITH ended AS (
        DELETE FROM dailies.jobs j WHERE j.id = ANY (complete_jobs.jobs) RETURNING j.*
    ), kept AS (
        INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at,
                                         timeline, worker, worker_id, claimed_at)
        SELECT ended.id, ended.kind, ended.payload, ended.priority, ended.fair_key, 'completed', ended.attempt, ended.failures,
               ended.crashes, ended.created_at, ended.timeline, w.name, ended.worker_id, ended.claimed_at
        FROM ended LEFT JOIN dailies.workers w ON w.id = ended.worker_id
    )
    SELECT array_agg(id ORDER BY id) FILTER (WHERE state = 'running' AND worker_id = worker),
           array_agg(attempt ORDER BY id) FILTER (WHERE state = 'running' AND worker_id = worker), array_agg(id ORDER BY fair_key, id)
    INTO running_jobs, running_attempts, by_fair_key FROM ended;

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
    RETURN coalesce(by_fair_key, '{}');
END $$;

-- Gives a claim back for later. `how` says what the attempt counts as:
--   retried   a fault of ours, counts against max_attempts
--   crashed   the inspector died, counts against the crash budget
--   snoozed   the infrastructure was at fault, counts as nothing
--   released  the worker shuts down, counts as nothing, available at once
CREATE OR REPLACE FUNCTION dailies.put_back_job(
    worker uuid, job bigint, claim_attempt integer, how text, delay interval, why text DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
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
        waits_since = now() + greatest(delay, interval '0'),
        failures = failures + (how = 'retried')::integer,
        crashes = crashes + (how = 'crashed')::integer,
        worker_id = NULL, claimed_at = NULL,
        timeline = dailies.append_entry(timeline, dailies.timeline_entry(jobs, how, why))
    WHERE id = job AND attempt = claim_attempt AND worker_id = worker AND state = 'running'
    RETURNING * INTO back;
    IF NOT FOUND THEN
        PERFORM dailies.raise_stale_claim(job, claim_attempt);
    END IF;
    IF delay <= interval '0' THEN
        PERFORM dailies.lower_floor(back.lane, back.kind, back.due_at, back.id);
        PERFORM dailies.wake_workers('dailies_jobs');
    END IF;
END $$;

-- The release before calls these, which do not name the worker: the claim counts as that of the worker that has the job.
CREATE OR REPLACE FUNCTION dailies.end_job(job bigint, claim_attempt integer, how text, why text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    SELECT dailies.end_job((SELECT j.worker_id FROM dailies.jobs j WHERE j.id = job), job, claim_attempt, how, why);
$$;

CREATE OR REPLACE FUNCTION dailies.put_back_job(job bigint, claim_attempt integer, how text, delay interval, why text DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
    SELECT dailies.put_back_job((SELECT j.worker_id FROM dailies.jobs j WHERE j.id = job), job, claim_attempt, how, delay, why);
$$;

CREATE OR REPLACE FUNCTION dailies.complete_jobs(jobs bigint[], attempts integer[]) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
    PERFORM dailies.complete_jobs(
        (SELECT j.worker_id FROM dailies.jobs j WHERE j.id = ANY (complete_jobs.jobs) AND j.state = 'running' LIMIT 1), jobs, attempts);
END $$;

-- Makes running jobs of a worker available again, with their old turn, except those that another session has locked. Returns how many.
CREATE OR REPLACE FUNCTION dailies.free_jobs(worker uuid, jobs bigint[], how text, why text, claimed_before timestamptz DEFAULT 'infinity')
RETURNS bigint LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    freed_count bigint;
BEGIN
    WITH freed AS (
        UPDATE dailies.jobs j
        SET state = 'available', worker_id = NULL, claimed_at = NULL, waits_since = now(),
            timeline = dailies.append_entry(timeline, dailies.timeline_entry(j, how, why))
        WHERE j.id = ANY (ARRAY(
            SELECT held.id FROM dailies.jobs held
            WHERE held.id = ANY (jobs) AND state = 'running' AND worker_id = worker AND claimed_at < claimed_before
            ORDER BY held.id FOR UPDATE SKIP LOCKED))
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

-- Deletes those of a worker's claims of which no job runs any more.
CREATE OR REPLACE FUNCTION dailies.drop_ended_claims(worker uuid, claimed_before timestamptz DEFAULT 'infinity') RETURNS void LANGUAGE sql
SET enable_seqscan = off AS $$
    DELETE FROM dailies.claims WHERE id = ANY (ARRAY(
        SELECT c.id FROM dailies.claims c
        WHERE c.worker_id = worker AND c.claimed_at < claimed_before AND NOT EXISTS (
            SELECT FROM dailies.jobs j WHERE j.id = ANY (c.job_ids) AND j.state = 'running' AND j.worker_id = worker)
        FOR UPDATE SKIP LOCKED));
$$;

-- Frees the jobs of a worker that is dead or leaves, and deletes its claims and its row. Where another session has one of its jobs locked
-- (a person who stops it, or the worker's own last transaction), that job stays with its claim, and the worker's row with them: rescue tries
-- again. Returns how many jobs are free. Call it with the worker's row locked.
CREATE OR REPLACE FUNCTION dailies.dismiss_worker(worker uuid, how text, why text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    freed bigint;
BEGIN
    freed := dailies.free_jobs(worker, dailies.claimed_jobs(worker), how, why);
    PERFORM dailies.drop_ended_claims(worker);
    DELETE FROM dailies.workers WHERE id = worker AND NOT EXISTS (SELECT FROM dailies.claims c WHERE c.worker_id = worker);
    RETURN freed;
END $$;

-- Deletes workers whose lease is over, and makes their jobs available again. Any worker calls it; a worker that another caller has locked
-- is left to that caller. Jobs of a worker whose row somebody has deleted are made available too.
CREATE OR REPLACE FUNCTION dailies.rescue_jobs() RETURNS TABLE (worker_name text, jobs_rescued bigint) LANGUAGE plpgsql AS $$
DECLARE
    dead record;
BEGIN
    FOR dead IN
        SELECT id, name FROM dailies.workers WHERE beaten_at < now() - lease FOR UPDATE SKIP LOCKED
    LOOP
        worker_name := dead.name;
        jobs_rescued := dailies.dismiss_worker(dead.id, 'rescued', 'the worker stopped beating');
        -- What is left of it is locked, as it was at the last call.
        CONTINUE WHEN jobs_rescued = 0 AND EXISTS (SELECT FROM dailies.workers WHERE id = dead.id);
        RETURN NEXT;
    END LOOP;
    -- In one turn of ten, because an old snapshot can keep many dead rows in `claims`.
    IF random() < 0.1 THEN
        FOR dead IN
            SELECT DISTINCT c.worker_id AS id FROM dailies.claims c
            WHERE c.claimed_at < now() - interval '5 seconds' AND NOT EXISTS (SELECT FROM dailies.workers w WHERE w.id = c.worker_id)
        LOOP
            worker_name := 'deleted (' || dead.id || ')';
            jobs_rescued := dailies.free_jobs(dead.id, dailies.claimed_jobs(dead.id), 'rescued', 'its worker is not there any more');
            PERFORM dailies.drop_ended_claims(dead.id);
            CONTINUE WHEN jobs_rescued = 0;
            RETURN NEXT;
        END LOOP;
    END IF;
END $$;

-- For claims older than the lease: deletes those of which no job runs any more, and releases jobs that the worker says it does not hold,
-- because the answer to its claim was lost on the way. Younger claims are left alone, since their answer may still be under way.
CREATE OR REPLACE FUNCTION dailies.release_unheld_jobs(worker uuid, held bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    lease_began timestamptz := now() - (SELECT lease FROM dailies.workers WHERE workers.id = worker);
    unheld      bigint[];
BEGIN
    PERFORM dailies.drop_ended_claims(worker, lease_began);
    unheld := ARRAY(
        SELECT unnest(c.job_ids) FROM dailies.claims c WHERE c.worker_id = worker AND c.claimed_at < lease_began
        EXCEPT SELECT unnest(held) ORDER BY 1);
    IF cardinality(unheld) = 0 THEN
        RETURN 0;
    END IF;
    RETURN dailies.free_jobs(worker, unheld, 'released', 'the claim never reached its worker', lease_began);
END $$;

-- A worker that shuts down in order releases its jobs and goes. When others have its row locked, they see to its jobs.
CREATE OR REPLACE FUNCTION dailies.leave_worker(worker uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM dailies.workers WHERE id = worker FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
        PERFORM dailies.dismiss_worker(worker, 'released', 'the worker shut down');
    END IF;
END $$;
