-- Beats for a worker. False: its row is gone and others have its jobs, so it must stop all its work.
CREATE OR REPLACE FUNCTION dailies.beat_worker(worker uuid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    -- A lost beat costs nothing but the beat: no need to wait for the disk.
    SET LOCAL synchronous_commit = off;
    UPDATE dailies.workers SET beaten_at = clock_timestamp() WHERE id = worker;
    RETURN FOUND;
END $$;

-- Those of `kinds` that are not paused.
CREATE OR REPLACE FUNCTION dailies.unpaused_kinds(kinds text[]) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT wanted FROM unnest(kinds) AS wanted
        WHERE NOT EXISTS (SELECT FROM dailies.queue_pauses p WHERE p.kind IS NULL OR p.kind = wanted));
$$;

CREATE OR REPLACE FUNCTION dailies.claim_jobs(worker uuid, kinds text[], batch integer, asks_for_more boolean DEFAULT true)
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
    -- If this commit is lost, the job is claimed again, so it does not wait for the disk. Completions do wait.
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

    -- Few at a time, so that a claim stays quick when a million are due. Maintenance does the most.
    IF EXISTS (SELECT FROM dailies.jobs WHERE lane = 1000 AND jobs.kind = ANY (kinds) AND due_at <= now()) THEN
        PERFORM dailies.promote_jobs(kinds, greatest(batch, 100));
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
            -- is not taken. A floor ahead of the clock is none: nobody raises it to there, so the clock was set back.
            fresh := fresh || ARRAY(
                SELECT ready.id FROM unnest(kinds) AS wanted (kind),
                LATERAL (
                    SELECT jobs.id, due_at FROM dailies.jobs
                    WHERE lane = the_lane AND jobs.kind = wanted.kind AND state = 'available'
                      AND (due_at, jobs.id) >= (
                          coalesce((SELECT f.due_at FROM dailies.claim_floors f
                                    WHERE f.lane = the_lane AND f.kind = wanted.kind AND f.due_at <= now()), '-infinity'),
                          coalesce((SELECT f.id FROM dailies.claim_floors f
                                    WHERE f.lane = the_lane AND f.kind = wanted.kind AND f.due_at <= now()), 0))
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
        -- A worker that found jobs looks again without a notification. A job that was committed before the flag was armed is found by
        -- the second look; an insert after that notifies.
        EXIT WHEN taken > 0 OR NOT asks_for_more OR cardinality(kinds) = 0 OR NOT dailies.want_jobs();
    END LOOP;

    -- Four times a second while there is work, every twenty seconds while there is none; at once after the clock was set back.
    FOR the_lane, the_kind IN
        SELECT l.lane, wanted.kind FROM dailies.lanes l CROSS JOIN unnest(kinds) AS wanted (kind)
        LEFT JOIN dailies.claim_floors f ON f.lane = l.lane AND f.kind = wanted.kind
        WHERE f.moved_at IS NULL
           OR f.moved_at < now() - CASE WHEN taken > 0 THEN interval '0.25 seconds' ELSE interval '20 seconds' END
           OR f.due_at > now()
        -- In one order, because the first claim of a lane and kind inserts the floor's row.
        ORDER BY l.lane, wanted.kind
    LOOP
        PERFORM dailies.raise_floor(the_lane, the_kind);
    END LOOP;
END $$;

-- The jobs that a worker took, including those that have ended.
CREATE OR REPLACE FUNCTION dailies.claimed_jobs(worker uuid) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(SELECT DISTINCT unnest(job_ids) FROM dailies.claims WHERE worker_id = worker ORDER BY 1);
$$;

-- Deletes claims of which the worker has ended every job, so that rescue need not look into them. Those that a rescue has locked are left to it.
CREATE OR REPLACE FUNCTION dailies.forget_claims(worker uuid, done bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    forgotten bigint;
BEGIN
    DELETE FROM dailies.claims WHERE id = ANY (ARRAY(
        SELECT c.id FROM dailies.claims c WHERE c.id = ANY (done) AND c.worker_id = worker FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;
