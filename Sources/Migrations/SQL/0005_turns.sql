-- Whose turn it is, at a cost that does not grow.
--
-- Three things make a queue on PostgreSQL slow as it grows: an index that every claim rewrites, dead entries in front of the
-- living ones, which stay for as long as anybody holds an old snapshot, and plans that change with the statistics. So
--
--   * a claim changes no indexed value: it is a heap-only update. Which jobs a worker has stands in `claims`, one row a claim;
--   * a claim starts where the first living job is and not where the dead are: `claim_floors`;
--   * every statement of a claim's life goes by primary key, from arrays.
--
-- The order is: lane (the priority; scheduled jobs have one of their own), then `due_at`, then id. `due_at` is the moment at
-- which a job's turn comes. For a job that has no fair key it is the moment at which it was inserted, so they come in the order
-- of arrival. Jobs of one fair key get turns a minute apart, so a flood of one interview lines up behind itself, and whoever
-- comes later with less finds turns before it. New turns are never in the past: what waits is overtaken by ever fewer.
--
-- Locks every table of the queue and writes the live jobs anew: about a minute for ten million.

LOCK TABLE dailies.workers, dailies.jobs, dailies.job_history IN ACCESS EXCLUSIVE MODE;

DROP INDEX dailies.jobs_available, dailies.jobs_scheduled, dailies.jobs_running;
-- Half of each page is left for the one update that a claim is.
ALTER TABLE dailies.jobs SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE dailies.jobs
    -- Compared byte by byte, because every step down the index compares it.
    ALTER COLUMN kind TYPE text COLLATE "C",
    -- A regular expression costs more than the rest of the row; a worker claims the kinds that it knows, letter by letter.
    DROP CONSTRAINT jobs_kind_check,
    ADD CONSTRAINT jobs_kind_check CHECK (octet_length(kind) BETWEEN 1 AND 63 AND ascii(kind) BETWEEN ascii('a') AND ascii('z')),
    ADD COLUMN lane smallint NOT NULL DEFAULT 0;
UPDATE dailies.jobs
SET lane = CASE WHEN state = 'scheduled' THEN 1000 ELSE priority END,
    due_at = CASE WHEN state = 'scheduled' THEN due_at ELSE created_at END;
-- Far above any priority: jobs that wait for their time are not walked over by those who look for work. Not a generated column:
-- that would cost each insert a tenth more, and the constraint guards the same truth.
ALTER TABLE dailies.jobs ADD CONSTRAINT jobs_lane_check CHECK (lane = CASE WHEN state = 'scheduled' THEN 1000 ELSE priority END);
CREATE INDEX jobs_in_turn ON dailies.jobs (lane, kind, due_at, id);
COMMENT ON COLUMN dailies.jobs.lane IS 'The priority, or 1000 for a scheduled job. The only thing that an index sees of the state.';
COMMENT ON COLUMN dailies.jobs.due_at IS 'When its turn comes. For an available job that is a place in line, which may be ahead of the clock; a scheduled one is not claimed before.';
COMMENT ON COLUMN dailies.jobs.fair_key IS 'Whose job it is (the interview): jobs of one key get turns a minute apart. 0: nobody''s.';

-- Which jobs a worker took in one go. Rescue reads it, so that nobody has to search the jobs for those that run. A row goes
-- when none of its jobs is that worker's any more: the worker says so, or else it is seen once the row is older than the lease.
CREATE TABLE dailies.claims (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    worker_id  uuid NOT NULL,
    job_ids    bigint[] NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now()
);
-- Short-lived: not worth compressing.
ALTER TABLE dailies.claims ALTER COLUMN job_ids SET STORAGE EXTERNAL;
CREATE INDEX claims_by_worker ON dailies.claims (worker_id);
INSERT INTO dailies.claims (worker_id, job_ids, claimed_at)
SELECT worker_id, array_agg(id), min(claimed_at) FROM dailies.jobs WHERE state = 'running' GROUP BY worker_id;

-- Where to start looking. At or after (due_at, id) are all available jobs of that lane and kind, but for the few that came late:
-- inserted by a transaction that began long before it wrote, or let go of by somebody who had locked them. `sweep_floors` finds those.
CREATE TABLE dailies.claim_floors (
    lane        smallint NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    due_at      timestamptz NOT NULL DEFAULT '-infinity',
    id          bigint NOT NULL DEFAULT 0,
    moved_at    timestamptz NOT NULL DEFAULT now(),
    -- A sweep that had to walk over many dead entries is not repeated at once.
    sweep_after timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (lane, kind)
) WITH (fillfactor = 50);

-- The latest turn that a fair key was given.
CREATE TABLE dailies.fair_turns (
    fair_key bigint NOT NULL,
    lane     smallint NOT NULL,
    due_at   timestamptz NOT NULL,
    PRIMARY KEY (fair_key, lane)
) WITH (fillfactor = 80);
CREATE INDEX fair_turns_by_time ON dailies.fair_turns (due_at);

-- Lanes other than 0 that ever had a job, so that a claim looks into those and no others.
CREATE TABLE dailies.lanes (lane smallint PRIMARY KEY);
INSERT INTO dailies.lanes SELECT 0 UNION SELECT priority FROM dailies.jobs;

-- Whoever inserts wakes workers, but only when somebody wants jobs. A transaction that notifies holds a lock of the whole server's
-- until it is on disk, so producers that all notify commit one after the other: 64 of them at a fifteenth of their speed. A worker
-- that found nothing arms a flag and looks once more; of the next inserts exactly one takes the flag and notifies; the others do
-- neither.
--
-- The flag is a sequence, because that is the one thing in PostgreSQL which all sessions see at once, outside their transactions,
-- which WHEN can read without a call (an empty trigger in PL/pgSQL costs 7 % of a small insert, a second trigger that is not even
-- called 4 %), and of which one session takes each number. It is armed with the time in milliseconds, times 1000, as the next
-- number; whoever gets that has taken it.
--
-- A wake-up can be missed: by one whose commit comes just behind the announced one (workers look again after some milliseconds), or
-- while a transaction that took the flag takes long to commit. The next poll finds those jobs, and arms the flag again.
-- Armed from the beginning.
CREATE SEQUENCE dailies.jobs_wanted AS bigint START 1000 CYCLE;
-- WHEN is read as whoever inserts; the functions write as the owner.
GRANT SELECT ON SEQUENCE dailies.jobs_wanted TO PUBLIC;
DROP TRIGGER jobs_are_announced ON dailies.jobs;
DROP FUNCTION dailies.announce_jobs();
CREATE FUNCTION dailies.announce_jobs() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF nextval('dailies.jobs_wanted') % 1000 = 0 THEN
        PERFORM pg_notify('dailies_jobs', '');
    END IF;
END $$;

-- Arms the flag, and says whether it did: not when it is armed, and not twice within four milliseconds, however many workers find
-- nothing. They look again after five.
CREATE FUNCTION dailies.want_jobs() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    flag   bigint := pg_sequence_last_value('dailies.jobs_wanted');
    millis bigint := extract(epoch FROM clock_timestamp()) * 1000;
BEGIN
    -- A clock that was set back is no reason to wait for it.
    IF flag IS NULL OR abs(millis - flag / 1000) < 4 THEN
        RETURN false;
    END IF;
    PERFORM setval('dailies.jobs_wanted', millis * 1000, false);
    RETURN true;
END $$;

CREATE FUNCTION dailies.take_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.lane := CASE WHEN NEW.state = 'scheduled' THEN 1000 ELSE NEW.priority END;
    IF NOT EXISTS (SELECT FROM dailies.lanes WHERE lane = NEW.priority) THEN
        INSERT INTO dailies.lanes VALUES (NEW.priority) ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.fair_key <> 0 AND NEW.state = 'available' THEN
        INSERT INTO dailies.fair_turns AS f (fair_key, lane, due_at) VALUES (NEW.fair_key, NEW.priority, NEW.due_at)
        ON CONFLICT (fair_key, lane) DO UPDATE SET due_at = greatest(f.due_at + interval '1 minute', excluded.due_at)
        RETURNING f.due_at INTO NEW.due_at;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.state = 'available' AND pg_sequence_last_value('dailies.jobs_wanted') IS NULL THEN
        PERFORM dailies.announce_jobs();
    END IF;
    RETURN NEW;
END $$;
-- Available jobs of nobody in the first lane, the quickest way in, do not even call it when nobody waits for them.
CREATE TRIGGER jobs_take_turns BEFORE INSERT ON dailies.jobs
    FOR EACH ROW WHEN (NEW.fair_key <> 0 OR NEW.priority <> 0 OR NEW.state <> 'available'
                       OR pg_sequence_last_value('dailies.jobs_wanted'::regclass) IS NULL)
    EXECUTE FUNCTION dailies.take_turn();
CREATE TRIGGER jobs_change_lanes BEFORE UPDATE OF priority ON dailies.jobs
    FOR EACH ROW EXECUTE FUNCTION dailies.take_turn();

-- A job is back in its lane, perhaps before where claims start to look. Nobody ever waits for a floor: where it is locked, the sweep
-- finds the job.
CREATE FUNCTION dailies.lower_floor(the_lane smallint, the_kind text, the_due_at timestamptz, the_id bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE dailies.claim_floors f SET due_at = the_due_at, id = the_id, moved_at = clock_timestamp()
    WHERE (f.lane, f.kind) IN (
        SELECT l.lane, l.kind FROM dailies.claim_floors l
        WHERE l.lane = the_lane AND l.kind = the_kind AND (l.due_at, l.id) > (the_due_at, the_id) FOR UPDATE SKIP LOCKED);
$$;

-- Lets claims start later: at the first available job, but not after the last second, nor after the beginning of a transaction that
-- writes: what it has inserted it has yet to commit. (Transactions of other roles are seen only by members of pg_read_all_stats.)
CREATE FUNCTION dailies.raise_floor(the_lane smallint, the_kind text) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
DECLARE
    floor     dailies.claim_floors;
    latest    timestamptz := least(
        clock_timestamp() - interval '1 second',
        (SELECT min(a.xact_start) FROM pg_stat_activity a WHERE a.backend_xid IS NOT NULL AND a.pid <> pg_backend_pid()));
    first_due timestamptz;
    first_id  bigint;
BEGIN
    INSERT INTO dailies.claim_floors (lane, kind) VALUES (the_lane, the_kind) ON CONFLICT DO NOTHING;
    -- Whoever else is at it does it as well.
    SELECT * INTO floor FROM dailies.claim_floors f WHERE f.lane = the_lane AND f.kind = the_kind FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT j.due_at, j.id INTO first_due, first_id FROM dailies.jobs j
    WHERE j.lane = the_lane AND j.kind = the_kind AND (j.due_at, j.id) >= (floor.due_at, floor.id) AND j.state = 'available'
    ORDER BY j.due_at, j.id LIMIT 1;
    IF NOT FOUND OR first_due > latest THEN
        first_due := latest;
        first_id := 0;
    END IF;
    UPDATE dailies.claim_floors f SET due_at = first_due, id = first_id, moved_at = clock_timestamp()
    WHERE f.lane = the_lane AND f.kind = the_kind;
END $$;

-- Finds jobs before the floors, and lowers the floors to them. Every worker calls it; one at a time does it, and where it has
-- many dead entries to walk over, for at most a twentieth of the time.
CREATE FUNCTION dailies.sweep_floors() RETURNS integer LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
DECLARE
    floor   dailies.claim_floors;
    first   dailies.jobs;
    started timestamptz;
    lowered integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('dailies.sweep_floors')) THEN
        RETURN 0;
    END IF;
    FOR floor IN SELECT * FROM dailies.claim_floors WHERE sweep_after <= clock_timestamp() LOOP
        started := clock_timestamp();
        SELECT * INTO first FROM dailies.jobs j
        WHERE j.lane = floor.lane AND j.kind = floor.kind AND (j.due_at, j.id) < (floor.due_at, floor.id) AND j.state = 'available'
        ORDER BY j.due_at, j.id LIMIT 1;
        IF FOUND THEN
            PERFORM dailies.lower_floor(first.lane, first.kind, first.due_at, first.id);
            lowered := lowered + 1;
        END IF;
        IF clock_timestamp() - started > interval '20 milliseconds' THEN
            UPDATE dailies.claim_floors f SET sweep_after = clock_timestamp() + 20 * (clock_timestamp() - started)
            WHERE f.lane = floor.lane AND f.kind = floor.kind;
        END IF;
    END LOOP;
    RETURN lowered;
END $$;

-- Counts claims, so that every eighth goes by age. A sequence, because it is no row that claims would wait for.
CREATE SEQUENCE dailies.claim_count AS bigint CYCLE;

-- Takes up to `batch` jobs for a worker; where there are none and it asks for more, workers are told of the next. Raises DJ002
-- when the worker's lease is over.
--
-- Lane by lane, the lowest number first. Every eighth claim goes the other way where something has waited for ten minutes: the lane
-- whose first job has waited longest comes first. So fresh answers overtake a bulk import however large it is, and an eighth of
-- the work goes into it all the same: nothing waits for ever.
DROP FUNCTION dailies.claim_jobs(uuid, text[], integer);
DROP FUNCTION dailies.claim_unpaused_jobs(uuid, text[], integer);
CREATE FUNCTION dailies.claim_jobs(worker uuid, kinds text[], batch integer, asks_for_more boolean DEFAULT true)
RETURNS TABLE (id bigint, kind text, payload jsonb, attempt integer, failures integer, crashes integer, max_attempts integer,
               created_at timestamptz, claimed_at timestamptz, claim_id bigint)
LANGUAGE plpgsql
-- Planned once a session, and by index whatever the statistics say: they know an empty table when a flood begins.
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    goes_by_age boolean := nextval('dailies.claim_count') % 8 = 0;
    the_lane    smallint;
    the_kind    text;
    fresh       bigint[];
    taken       integer := 0;
    the_claim   bigint;
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

    IF EXISTS (SELECT FROM dailies.queue_pauses) THEN
        kinds := dailies.unpaused_kinds(kinds);
    END IF;

    -- Those whose time has come join the line where it is now.
    IF EXISTS (SELECT FROM dailies.jobs WHERE lane = 1000 AND jobs.kind = ANY (kinds) AND due_at <= now()) THEN
        UPDATE dailies.jobs SET state = 'available', lane = priority, due_at = now()
        WHERE jobs.id = ANY (ARRAY(
            SELECT jobs.id FROM dailies.jobs WHERE lane = 1000 AND jobs.kind = ANY (kinds) AND due_at <= now()
            ORDER BY due_at LIMIT 1000 FOR UPDATE SKIP LOCKED));
    END IF;

    LOOP
        fresh := '{}';
        FOR the_lane IN
            SELECT l.lane FROM dailies.lanes l
            LEFT JOIN LATERAL (
                SELECT min(f.due_at) AS due_at FROM dailies.claim_floors f
                WHERE goes_by_age AND f.lane = l.lane AND f.kind = ANY (kinds) AND f.due_at < now() - interval '10 minutes'
            ) AS oldest ON true
            ORDER BY oldest.due_at NULLS LAST, l.lane
        LOOP
            -- Each kind from its floor on, then all together in turn. With one kind in a lane, which is the rule, nothing is locked that
            -- is not taken.
            fresh := fresh || ARRAY(
                SELECT ready.id FROM unnest(kinds) AS wanted (kind),
                LATERAL (
                    SELECT jobs.id, due_at FROM dailies.jobs
                    WHERE lane = the_lane AND jobs.kind = wanted.kind AND state = 'available'
                      AND (due_at, jobs.id) >= (
                          coalesce((SELECT f.due_at FROM dailies.claim_floors f WHERE f.lane = the_lane AND f.kind = wanted.kind), '-infinity'),
                          coalesce((SELECT f.id FROM dailies.claim_floors f WHERE f.lane = the_lane AND f.kind = wanted.kind), 0))
                    ORDER BY due_at, jobs.id LIMIT batch - taken - cardinality(fresh) FOR UPDATE SKIP LOCKED
                ) AS ready
                ORDER BY ready.due_at, ready.id LIMIT batch - taken - cardinality(fresh));
            EXIT WHEN taken + cardinality(fresh) >= batch;
        END LOOP;

        IF cardinality(fresh) > 0 THEN
            taken := taken + cardinality(fresh);
            INSERT INTO dailies.claims (worker_id, job_ids) VALUES (worker, fresh) RETURNING claims.id INTO the_claim;
            RETURN QUERY
            UPDATE dailies.jobs
            SET state = 'running', attempt = jobs.attempt + 1, worker_id = worker, claimed_at = now()
            WHERE jobs.id = ANY (fresh)
            RETURNING jobs.id, jobs.kind, jobs.payload, jobs.attempt, jobs.failures, jobs.crashes, jobs.max_attempts,
                      jobs.created_at, jobs.claimed_at, the_claim;
        END IF;
        -- Who finds some looks again by itself: in a flood nobody needs to be told. Whoever commits before the flag is armed is
        -- seen by the second look, whoever inserts after it notifies.
        EXIT WHEN taken > 0 OR NOT asks_for_more OR cardinality(kinds) = 0 OR NOT dailies.want_jobs();
    END LOOP;

    -- Four times a second while there is work, every twenty seconds while there is none.
    FOR the_lane, the_kind IN
        SELECT l.lane, wanted.kind FROM dailies.lanes l CROSS JOIN unnest(kinds) AS wanted (kind)
        LEFT JOIN dailies.claim_floors f ON f.lane = l.lane AND f.kind = wanted.kind
        WHERE f.moved_at IS NULL
           OR f.moved_at < now() - CASE WHEN taken > 0 THEN interval '0.25 seconds' ELSE interval '20 seconds' END
    LOOP
        PERFORM dailies.raise_floor(the_lane, the_kind);
    END LOOP;
END $$;

-- What every worker may do for all is done by turns, twice a second however many there are: whoever's beat comes first, half a second
-- after the last turn, has the next. Where two come in the same instant both have it, which does no harm; where one dies within its turn,
-- there is another half a second later. A sequence, because all sessions see it at once and nobody waits for it: the time of the last turn,
-- in milliseconds.
CREATE SEQUENCE dailies.house_turns AS bigint CYCLE;
CREATE FUNCTION dailies.take_house_turn() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    millis bigint := extract(epoch FROM clock_timestamp()) * 1000;
BEGIN
    -- A clock that was set back is no reason to wait for it.
    IF abs(millis - pg_sequence_last_value('dailies.house_turns')) < 500 THEN
        RETURN false;
    END IF;
    PERFORM setval('dailies.house_turns', millis);
    RETURN true;
END $$;

-- Tells workers of jobs that wait. Somebody may have missed the wake-up, or their time has come; who has its turn may have no free slot.
CREATE FUNCTION dailies.announce_waiting_jobs(kinds text[]) RETURNS boolean LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
BEGIN
    IF EXISTS (SELECT FROM dailies.queue_pauses) THEN
        kinds := dailies.unpaused_kinds(kinds);
    END IF;
    IF NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.lane = 1000 AND j.kind = ANY (kinds) AND j.due_at <= now())
       AND NOT EXISTS (
           SELECT FROM dailies.lanes l CROSS JOIN unnest(kinds) AS wanted (kind)
           LEFT JOIN dailies.claim_floors f ON f.lane = l.lane AND f.kind = wanted.kind,
           LATERAL (
               SELECT FROM dailies.jobs j
               WHERE j.lane = l.lane AND j.kind = wanted.kind AND j.state = 'available'
                 AND (j.due_at, j.id) >= (coalesce(f.due_at, '-infinity'), coalesce(f.id, 0))
               ORDER BY j.due_at, j.id LIMIT 1
           ) AS first)
    THEN
        RETURN false;
    END IF;
    -- A lost notification costs a turn: no need to make others wait for the disk.
    PERFORM set_config('synchronous_commit', 'off', true), pg_notify('dailies_jobs', '');
    RETURN true;
END $$;

-- The history keeps the last attempt in columns of its own, and only what came before it as JSON: most jobs end at their first
-- attempt, and to write JSON costs more than to write the rest of the row. Rows of before have all in `timeline`, and so do jobs
-- that nobody ran.
ALTER TABLE dailies.job_history ADD COLUMN worker text, ADD COLUMN claimed_at timestamptz, ADD COLUMN error text;
COMMENT ON COLUMN dailies.job_history.timeline IS 'The attempts before the last one; all of them where claimed_at is null. dailies.whole_timeline() has them together.';

CREATE FUNCTION dailies.whole_timeline(job dailies.job_history) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN job.claimed_at IS NULL THEN job.timeline
                ELSE job.timeline || jsonb_build_object('attempt', job.attempt, 'worker', job.worker, 'from', job.claimed_at,
                                                        'to', job.ended_at, 'outcome', job.outcome, 'error', job.error) END;
$$;

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

-- Completes many claims at once, or none: when one of them is no longer held, it raises DJ001 for the first such.
CREATE FUNCTION dailies.complete_jobs(jobs bigint[], attempts integer[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    were_held     boolean;
    were_jobs     bigint[];
    were_attempts integer[];
    stale         record;
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
    SELECT bool_and(state = 'running'), array_agg(id ORDER BY id), array_agg(attempt ORDER BY id)
    INTO were_held, were_jobs, were_attempts FROM ended;

    SELECT array_agg(c.id ORDER BY c.id) AS ids, array_agg(c.attempt ORDER BY c.id) AS attempts INTO stale
    FROM unnest(complete_jobs.jobs, complete_jobs.attempts) AS c (id, attempt);
    IF were_held IS NOT TRUE OR were_jobs <> stale.ids OR were_attempts <> stale.attempts THEN
        SELECT c.id, c.attempt INTO stale FROM unnest(complete_jobs.jobs, complete_jobs.attempts) AS c (id, attempt)
        WHERE array_position(were_attempts, c.attempt) IS NULL OR were_attempts[array_position(were_jobs, c.id)] IS DISTINCT FROM c.attempt
        LIMIT 1;
        PERFORM dailies.raise_stale_claim(stale.id, stale.attempt);
    END IF;
END $$;

-- Makes running jobs of a worker available again, with their old turn. Says how many that were.
CREATE FUNCTION dailies.free_jobs(worker uuid, jobs bigint[], how text, why text, claimed_before timestamptz DEFAULT 'infinity')
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
        PERFORM pg_notify('dailies_jobs', '');
    END IF;
    RETURN freed_count;
END $$;

-- The jobs that a worker took, ended ones among them.
CREATE FUNCTION dailies.claimed_jobs(worker uuid) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(SELECT DISTINCT unnest(job_ids) FROM dailies.claims WHERE worker_id = worker ORDER BY 1);
$$;

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

-- Looks at the claims that are older than the lease: forgets those of which nothing runs any more, and gives back what is not held.
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

-- A worker is done with these claims. Spares everybody the search for what may be left of them.
CREATE FUNCTION dailies.forget_claims(worker uuid, done bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    forgotten bigint;
BEGIN
    DELETE FROM dailies.claims WHERE id = ANY (done) AND worker_id = worker;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

CREATE OR REPLACE FUNCTION dailies.leave_worker(worker uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dailies.free_jobs(worker, dailies.claimed_jobs(worker), 'released', 'the worker shut down');
    DELETE FROM dailies.claims WHERE worker_id = worker;
    DELETE FROM dailies.workers WHERE id = worker;
END $$;

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
        PERFORM pg_notify('dailies_jobs', '');
    END IF;
END $$;

-- As before, but from the whole timeline.
CREATE OR REPLACE FUNCTION dailies.retry_jobs(ids bigint[], why text) RETURNS TABLE (job_id bigint, kind text, payload jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    -- One at a time: of two people who retry one job, the second has to see what became of it since.
    PERFORM pg_advisory_xact_lock(hashtext('dailies.retry_jobs'));
    DELETE FROM dailies.job_stops s
    WHERE s.job_id = ANY (ids) AND NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.id = s.job_id);
    RETURN QUERY
    INSERT INTO dailies.jobs (id, kind, payload, priority, fair_key, attempt, created_at, timeline) OVERRIDING SYSTEM VALUE
    SELECT last.id, last.kind, last.payload, greatest(0, least(15, last.priority)), last.fair_key, last.attempt, last.created_at,
           last.story || dailies.hand_entry(last.attempt, 'put_back', why)
    FROM (
        SELECT DISTINCT ON (h.id) h.*, dailies.whole_timeline(h) AS story FROM dailies.job_history h WHERE h.id = ANY (ids)
        ORDER BY h.id, h.attempt DESC, h.ended_at DESC
    ) AS last
    WHERE last.outcome IN ('discarded', 'cancelled') AND NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.id = last.id)
    RETURNING jobs.id, jobs.kind, jobs.payload;
END $$;

-- Makes the partitions of the coming days. Any worker may call it at any time; one at a time does the work, and lets go when
-- somebody reads the history, for then every completion would wait behind it: the next call tries again, a week ahead of need.
CREATE OR REPLACE FUNCTION dailies.prepare_job_history(days_ahead integer DEFAULT 7) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    day   date;
    made  integer := 0;
    name  text;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('dailies.job_history')) THEN
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
        -- Once a day, and by one worker: jobs that a worker of a release before this schema claimed while it was made have no row
        -- in `claims`. When such a worker has died, nobody else would find them.
        UPDATE dailies.jobs j SET state = 'available', worker_id = NULL, claimed_at = NULL,
            timeline = timeline || dailies.timeline_entry(j, 'rescued', 'its worker is not there any more')
        WHERE state = 'running' AND NOT EXISTS (SELECT FROM dailies.workers w WHERE w.id = j.worker_id);
    END IF;
    RETURN made;
EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
END $$;

-- Drops the days that ended longer ago than `keep`; the same lock, the same patience. Says how many.
CREATE FUNCTION dailies.drop_job_history(keep interval) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    name    text;
    dropped integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('dailies.job_history')) THEN
        RETURN 0;
    END IF;
    PERFORM set_config('lock_timeout', '200ms', true);
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'dailies.job_history'::regclass AND c.relname ~ '^job_history_[0-9]{8}$'
          AND (to_date(right(c.relname, 8), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC' <= now() - keep
        ORDER BY c.relname
    LOOP
        EXECUTE format('DROP TABLE dailies.%I', name);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM dailies.job_history_default WHERE ended_at <= now() - keep;
    RETURN dropped;
EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
END $$;

-- Forgets turns that are over: the next job of such a key gets the present moment anyway.
CREATE FUNCTION dailies.forget_turns() RETURNS bigint LANGUAGE sql AS $$
    WITH gone AS (
        DELETE FROM dailies.fair_turns f WHERE (f.fair_key, f.lane) IN (
            SELECT t.fair_key, t.lane FROM dailies.fair_turns t WHERE t.due_at < now() - interval '1 minute'
            ORDER BY t.due_at LIMIT 10000 FOR UPDATE SKIP LOCKED)
        RETURNING 1
    )
    SELECT count(*) FROM gone;
$$;
