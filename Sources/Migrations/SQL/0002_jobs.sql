-- The queue. It knows nothing of interviews: a job has a kind and a payload.
--
-- Life of a job:
--   insert ──► available ──claim──► running ──complete─► history: completed
--                  ▲                  │ ├───── discard──► history: discarded
--                  │                  │ └───── cancel ──► history: cancelled
--                  ├──── release, rescue ┤
--                  └─(due)─ scheduled ◄──┴ retry, snooze
--
-- Fence: claiming raises `attempt`, which never falls. Every later statement of that claim names job and attempt; when no
-- running job matches, the function raises DJ001 and the caller's transaction, with all it wrote, is undone.

CREATE TABLE dailies.workers (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    version    text NOT NULL,
    slots      integer NOT NULL CHECK (slots > 0),
    lease      interval NOT NULL DEFAULT interval '5 seconds' CHECK (lease > interval '0'),
    started_at timestamptz NOT NULL DEFAULT now(),
    beaten_at  timestamptz NOT NULL DEFAULT now()
    -- Room on each page keeps the beats of a small table HOT: no index ever sees them.
) WITH (fillfactor = 50);
COMMENT ON TABLE dailies.workers IS 'The living: one row a worker. A row whose last beat is older than its lease may be deleted by anyone, with its jobs rescued.';

CREATE TABLE dailies.jobs (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
    payload      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(payload) = 'object'),
    priority     smallint NOT NULL DEFAULT 0,
    fair_key     bigint NOT NULL DEFAULT 0,
    state        text NOT NULL DEFAULT 'available' CHECK (state IN ('available', 'running', 'scheduled')),
    due_at       timestamptz NOT NULL DEFAULT now(),
    attempt      integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    failures     integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    crashes      integer NOT NULL DEFAULT 0 CHECK (crashes >= 0),
    max_attempts integer NOT NULL DEFAULT 5 CHECK (max_attempts > 0),
    worker_id    uuid,
    claimed_at   timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    timeline     jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(timeline) = 'array'),
    CHECK ((state = 'running') = (worker_id IS NOT NULL)),
    CHECK ((state = 'running') = (claimed_at IS NOT NULL)),
    CHECK (state <> 'running' OR attempt > 0)
) WITH (fillfactor = 70);
COMMENT ON TABLE dailies.jobs IS 'Live jobs only: available, running, scheduled. Ended ones move to job_history in the transaction that ends them.';
COMMENT ON COLUMN dailies.jobs.priority IS 'Lower first: 0 for a fresh answer, 10 for a bulk import.';
COMMENT ON COLUMN dailies.jobs.fair_key IS 'Whose turn it is: jobs of one key wait for each other, keys do not (the interview).';
COMMENT ON COLUMN dailies.jobs.attempt IS 'The fence: raised by every claim, never lowered, whatever the attempt is counted as.';
COMMENT ON COLUMN dailies.jobs.failures IS 'Attempts that failed by a fault of ours; discarded at max_attempts.';
COMMENT ON COLUMN dailies.jobs.crashes IS 'Attempts whose inspector died.';
COMMENT ON COLUMN dailies.jobs.timeline IS 'One object for each ended attempt: attempt, worker, from, to, outcome, error.';

CREATE INDEX jobs_available ON dailies.jobs (priority, id) WHERE state = 'available';
CREATE INDEX jobs_scheduled ON dailies.jobs (due_at) WHERE state = 'scheduled';
CREATE INDEX jobs_running ON dailies.jobs (worker_id) WHERE state = 'running';

CREATE TABLE dailies.job_history (
    id         bigint NOT NULL,
    kind       text NOT NULL,
    payload    jsonb NOT NULL,
    priority   smallint NOT NULL,
    fair_key   bigint NOT NULL,
    outcome    text NOT NULL CHECK (outcome IN ('completed', 'discarded', 'cancelled')),
    attempt    integer NOT NULL,
    failures   integer NOT NULL,
    crashes    integer NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at   timestamptz NOT NULL DEFAULT now(),
    timeline   jsonb NOT NULL,
    PRIMARY KEY (id, ended_at)
) PARTITION BY RANGE (ended_at);
COMMENT ON TABLE dailies.job_history IS 'Ended jobs, one partition a day (UTC), so that forgetting is DROP TABLE.';

-- Catches what no day's partition takes, so that no completion ever fails for want of one.
CREATE TABLE dailies.job_history_default PARTITION OF dailies.job_history DEFAULT;

-- Makes the partitions of the coming days. Any worker may call it at any time; one at a time does the work.
CREATE FUNCTION dailies.prepare_job_history(days_ahead integer DEFAULT 7) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    day   date;
    made  integer := 0;
    name  text;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('dailies.job_history')) THEN
        RETURN 0;
    END IF;
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
    RETURN made;
END $$;
SELECT dailies.prepare_job_history();

-- One notification a statement, however many rows it inserts. It wakes one fetch; polling runs beside it.
CREATE FUNCTION dailies.announce_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('dailies_jobs', '');
    RETURN NULL;
END $$;
CREATE TRIGGER jobs_are_announced AFTER INSERT ON dailies.jobs
    FOR EACH STATEMENT EXECUTE FUNCTION dailies.announce_jobs();

-- The worker beats. False: its row is gone, others have its jobs, it must stop everything.
CREATE FUNCTION dailies.beat_worker(worker uuid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    -- A lost beat costs nothing but the beat: no need to wait for the disk.
    SET LOCAL synchronous_commit = off;
    UPDATE dailies.workers SET beaten_at = clock_timestamp() WHERE id = worker;
    RETURN FOUND;
END $$;

-- Takes up to `batch` jobs for a worker. Raises DJ002 when the worker's lease is over.
CREATE FUNCTION dailies.claim_jobs(worker uuid, kinds text[], batch integer)
RETURNS TABLE (id bigint, kind text, payload jsonb, attempt integer, failures integer, crashes integer, max_attempts integer,
               created_at timestamptz, claimed_at timestamptz)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    -- A lost claim is claimed again: it need not wait for the disk. Completions do.
    SET LOCAL synchronous_commit = off;

    -- Shared with other claims and with beats, but not with a rescue: either this worker is alive until this transaction
    -- ends, or the rescue came first and there is nothing to claim for.
    PERFORM FROM dailies.workers WHERE workers.id = worker AND beaten_at >= now() - lease FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lease of worker % is over', worker
            USING ERRCODE = 'DJ002', HINT = 'Stop its work and register it anew.';
    END IF;

    UPDATE dailies.jobs SET state = 'available'
    WHERE jobs.id = ANY (ARRAY(
        SELECT jobs.id FROM dailies.jobs WHERE state = 'scheduled' AND due_at <= now()
        ORDER BY due_at LIMIT 1000 FOR UPDATE SKIP LOCKED));

    RETURN QUERY
    UPDATE dailies.jobs
    SET state = 'running', attempt = jobs.attempt + 1, worker_id = worker, claimed_at = now()
    -- An array, evaluated once: as a join the planner may run the locking part again for each row.
    WHERE jobs.id = ANY (ARRAY(
        SELECT jobs.id FROM dailies.jobs WHERE state = 'available' AND jobs.kind = ANY (kinds)
        ORDER BY priority, id LIMIT batch FOR UPDATE SKIP LOCKED))
    RETURNING jobs.id, jobs.kind, jobs.payload, jobs.attempt, jobs.failures, jobs.crashes, jobs.max_attempts,
              jobs.created_at, jobs.claimed_at;
END $$;

-- One line of a job's timeline.
CREATE FUNCTION dailies.timeline_entry(job dailies.jobs, outcome text, error text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'attempt', job.attempt, 'worker', (SELECT name FROM dailies.workers WHERE id = job.worker_id),
        'from', job.claimed_at, 'to', now(), 'outcome', outcome, 'error', error);
$$;

CREATE FUNCTION dailies.raise_stale_claim(job bigint, attempt integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'attempt % of job % is no longer held', attempt, job
        USING ERRCODE = 'DJ001', HINT = 'Another worker has it, or it has ended; drop this attempt''s results.';
END $$;

-- Ends a claim: `completed`, `discarded` or `cancelled`. Call it in the transaction that writes the results.
CREATE FUNCTION dailies.end_job(job bigint, claim_attempt integer, how text, why text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH ended AS (
        DELETE FROM dailies.jobs WHERE id = job AND attempt = claim_attempt AND state = 'running' RETURNING jobs.*
    )
    INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, timeline)
    SELECT ended.id, ended.kind, ended.payload, ended.priority, ended.fair_key, how, ended.attempt,
           ended.failures, ended.crashes, ended.created_at, ended.timeline || dailies.timeline_entry(ended, how, why)
    FROM ended;
    IF NOT FOUND THEN
        PERFORM dailies.raise_stale_claim(job, claim_attempt);
    END IF;
END $$;

-- Gives a claim back for later. `how` says what the attempt counts as:
--   retried   a fault of ours, counts against max_attempts
--   crashed   the inspector died, counts against the crash budget
--   snoozed   the infrastructure was at fault, counts as nothing
--   released  the worker shuts down, counts as nothing, available at once
CREATE FUNCTION dailies.put_back_job(job bigint, claim_attempt integer, how text, delay interval, why text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF how NOT IN ('retried', 'crashed', 'snoozed', 'released') THEN
        RAISE EXCEPTION 'a job is retried, crashed, snoozed or released, not %', how USING ERRCODE = '22023';
    END IF;
    UPDATE dailies.jobs
    SET state = CASE WHEN delay > interval '0' THEN 'scheduled' ELSE 'available' END,
        due_at = now() + delay,
        failures = failures + (how = 'retried')::integer,
        crashes = crashes + (how = 'crashed')::integer,
        worker_id = NULL, claimed_at = NULL,
        timeline = timeline || dailies.timeline_entry(jobs, how, why)
    WHERE id = job AND attempt = claim_attempt AND state = 'running';
    IF NOT FOUND THEN
        PERFORM dailies.raise_stale_claim(job, claim_attempt);
    END IF;
    IF delay <= interval '0' THEN
        PERFORM pg_notify('dailies_jobs', '');
    END IF;
END $$;

-- Buries workers whose lease is over and makes their jobs available again. Any worker calls it; rows locked by another
-- caller are that caller's to finish.
CREATE FUNCTION dailies.rescue_jobs() RETURNS TABLE (worker_name text, jobs_rescued bigint) LANGUAGE plpgsql AS $$
DECLARE
    dead record;
    rescued bigint;
BEGIN
    FOR dead IN
        SELECT id, name FROM dailies.workers WHERE beaten_at < now() - lease FOR UPDATE SKIP LOCKED
    LOOP
        UPDATE dailies.jobs
        SET state = 'available', due_at = now(), worker_id = NULL, claimed_at = NULL,
            timeline = timeline || dailies.timeline_entry(jobs, 'rescued', 'the worker stopped beating')
        WHERE state = 'running' AND worker_id = dead.id;
        GET DIAGNOSTICS rescued = ROW_COUNT;
        DELETE FROM dailies.workers WHERE id = dead.id;
        IF rescued > 0 THEN
            PERFORM pg_notify('dailies_jobs', '');
        END IF;
        worker_name := dead.name;
        jobs_rescued := rescued;
        RETURN NEXT;
    END LOOP;
END $$;

-- Gives back what a living worker is said to hold and does not: the answer to its claim was lost on the way. Only claims that
-- are older than the lease, so that an answer still under way is not mistaken for a lost one; and if it is, the fence holds.
CREATE FUNCTION dailies.release_unheld_jobs(worker uuid, held bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    released bigint;
BEGIN
    UPDATE dailies.jobs
    SET state = 'available', due_at = now(), worker_id = NULL, claimed_at = NULL,
        timeline = timeline || dailies.timeline_entry(jobs, 'released', 'the claim never reached its worker')
    WHERE state = 'running' AND worker_id = worker AND id <> ALL (held)
      AND claimed_at < now() - (SELECT lease FROM dailies.workers WHERE workers.id = worker);
    GET DIAGNOSTICS released = ROW_COUNT;
    IF released > 0 THEN
        PERFORM pg_notify('dailies_jobs', '');
    END IF;
    RETURN released;
END $$;

-- A worker that shuts down in order leaves nothing running behind.
CREATE FUNCTION dailies.leave_worker(worker uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dailies.jobs
    SET state = 'available', due_at = now(), worker_id = NULL, claimed_at = NULL,
        timeline = timeline || dailies.timeline_entry(jobs, 'released', 'the worker shut down')
    WHERE state = 'running' AND worker_id = worker;
    IF FOUND THEN
        PERFORM pg_notify('dailies_jobs', '');
    END IF;
    DELETE FROM dailies.workers WHERE id = worker;
END $$;
