-- Whose turn it is, at a cost that does not grow.
--
-- Three things make a queue on PostgreSQL slow as it grows: an index that every claim rewrites; dead entries in front of the living ones,
-- which stay for as long as any session holds an old snapshot; and plans that change with the statistics. Therefore
--
--   * a claim changes no indexed value, so it is a heap-only update. `claims` says which jobs a worker has, one row a claim;
--   * a claim starts where the first living job is, not where the dead ones are: `claim_floors`;
--   * every statement about claimed jobs goes by primary key, from arrays.
--
-- The order is: lane (the priority; scheduled jobs have a lane of their own), then `due_at`, then id. `due_at` is the moment at which a
-- job's turn comes. A job without a fair key has the moment of its insert, so such jobs come in the order of arrival. Jobs of one fair key
-- get turns a minute apart: a flood of one interview lines up behind itself, and an interview that comes later with fewer jobs finds turns
-- before it. A new turn is never in the past, so ever fewer jobs can overtake one that waits.

-- Whether notifications are sent. PostgreSQL keeps them in one queue for the whole server until every listener has read them. A session of
-- any database that listens and stays in a transaction can fill it, and then each transaction that notifies fails at its commit. So Dailies
-- stops long before that, and its workers poll.
CREATE OR REPLACE FUNCTION dailies.sends_notifications() RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT pg_notification_queue_usage() < 0.5;
$$;

-- Wakes the workers that listen on a channel, unless the notification could cost the caller its transaction. The only place that notifies.
CREATE OR REPLACE FUNCTION dailies.wake_workers(channel text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF dailies.sends_notifications() THEN
        PERFORM pg_notify(channel, '');
    END IF;
END $$;

-- Notifies when this session takes the flag `jobs_wanted`. As the owner (SECURITY DEFINER), because the accounts that insert may not write
-- the sequence.
--
-- A transaction that has notified cannot be prepared (PREPARE TRANSACTION), and an insert must not decide that for the program that makes it.
-- So where the server allows prepared transactions, an insert notifies only if the database says that it may:
-- ALTER DATABASE … SET dailies.announce_inserts = 'on'. Without it the next maintenance turn announces the job, within half a second.
CREATE OR REPLACE FUNCTION dailies.announce_jobs() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF nextval('dailies.jobs_wanted') % 1000 = 0
       AND (current_setting('max_prepared_transactions') = '0' OR current_setting('dailies.announce_inserts', true) = 'on')
    THEN
        PERFORM dailies.wake_workers('dailies_jobs');
    END IF;
END $$;

-- Arms the flag `jobs_wanted`, and returns whether it did. It does not when the flag is armed, and not twice within four milliseconds,
-- however many workers find no job; these look again after five.
CREATE OR REPLACE FUNCTION dailies.want_jobs() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    flag   bigint := pg_sequence_last_value('dailies.jobs_wanted');
    millis bigint := extract(epoch FROM clock_timestamp()) * 1000;
BEGIN
    -- The absolute difference, so that a clock that was set back does not keep the flag from being armed.
    IF flag IS NULL OR abs(millis - flag / 1000) < 4 THEN
        RETURN false;
    END IF;
    PERFORM setval('dailies.jobs_wanted', millis * 1000, false);
    RETURN true;
END $$;

-- Gives an inserted job its lane and its turn, and announces it when a worker wants jobs.
CREATE OR REPLACE FUNCTION dailies.take_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.lane := CASE WHEN NEW.state = 'scheduled' THEN 1000 ELSE NEW.priority END;
    IF NOT EXISTS (SELECT FROM dailies.lanes WHERE lane = NEW.priority) THEN
        INSERT INTO dailies.lanes VALUES (NEW.priority) ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.fair_key <> 0 AND NEW.state = 'available' THEN
        INSERT INTO dailies.fair_turns AS f (fair_key, lane, due_at) VALUES (NEW.fair_key, NEW.priority, NEW.due_at)
        -- A turn is at most an hour ahead, so that nobody waits for longer than that for having sent much, or after the clock was set back.
        ON CONFLICT (fair_key, lane) DO UPDATE
        SET due_at = least(greatest(f.due_at + interval '1 minute', excluded.due_at), greatest(excluded.due_at, now() + interval '1 hour'))
        RETURNING f.due_at INTO NEW.due_at;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.state = 'available' AND pg_sequence_last_value('dailies.jobs_wanted') IS NULL THEN
        PERFORM dailies.announce_jobs();
    END IF;
    RETURN NEW;
END $$;

-- An available job without a fair key in the first lane is inserted without this call, unless a worker wants jobs: the quickest way in.
CREATE OR REPLACE TRIGGER jobs_take_turns BEFORE INSERT ON dailies.jobs
    FOR EACH ROW WHEN (NEW.fair_key <> 0 OR NEW.priority <> 0 OR NEW.state <> 'available'
                       OR pg_sequence_last_value('dailies.jobs_wanted'::regclass) IS NULL)
    EXECUTE FUNCTION dailies.take_turn();
CREATE OR REPLACE TRIGGER jobs_change_lanes BEFORE UPDATE OF priority ON dailies.jobs
    FOR EACH ROW EXECUTE FUNCTION dailies.take_turn();

-- Lowers a floor, because a job is back in its lane and may lie before the floor. It never waits: when the floor is locked,
-- `sweep_floors` finds the job.
CREATE OR REPLACE FUNCTION dailies.lower_floor(the_lane smallint, the_kind text, the_due_at timestamptz, the_id bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE dailies.claim_floors f SET due_at = the_due_at, id = the_id, moved_at = clock_timestamp()
    WHERE (f.lane, f.kind) IN (
        SELECT l.lane, l.kind FROM dailies.claim_floors l
        WHERE l.lane = the_lane AND l.kind = the_kind AND (l.due_at, l.id) > (the_due_at, the_id) FOR UPDATE SKIP LOCKED);
$$;

-- Raises a floor to the first available job. The floor stays a second behind the present, and before the start of the oldest transaction
-- that writes, because jobs that it inserted are not committed yet. (Only members of pg_read_all_stats see other accounts' transactions.)
CREATE OR REPLACE FUNCTION dailies.raise_floor(the_lane smallint, the_kind text) RETURNS void LANGUAGE plpgsql
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
    -- When another session has the floor locked, that session raises it.
    SELECT * INTO floor FROM dailies.claim_floors f WHERE f.lane = the_lane AND f.kind = the_kind FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- The clock was set back since it was raised.
    IF floor.due_at > clock_timestamp() THEN
        floor.due_at := '-infinity';
        floor.id := 0;
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

-- Finds jobs before the floors, and lowers the floors to them. Every worker calls it and one at a time does it: by a lock on the table that
-- only an account that may change it can take, and that no claim waits for. A row's lock would write to the disk at each call. Where it has
-- to walk over many dead entries, it takes at most a twentieth of the time.
CREATE OR REPLACE FUNCTION dailies.sweep_floors() RETURNS integer LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
DECLARE
    floor   dailies.claim_floors;
    first   dailies.jobs;
    started timestamptz;
    lowered integer := 0;
BEGIN
    BEGIN
        LOCK TABLE dailies.claim_floors IN SHARE UPDATE EXCLUSIVE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN 0;
    END;
    -- Far ahead it can only be because the clock was set back.
    FOR floor IN
        SELECT * FROM dailies.claim_floors
        WHERE sweep_after <= clock_timestamp() OR sweep_after > clock_timestamp() + interval '15 minutes'
    LOOP
        started := clock_timestamp();
        SELECT * INTO first FROM dailies.jobs j
        WHERE j.lane = floor.lane AND j.kind = floor.kind AND (j.due_at, j.id) < (floor.due_at, floor.id) AND j.state = 'available'
        ORDER BY j.due_at, j.id LIMIT 1;
        IF FOUND THEN
            PERFORM dailies.lower_floor(first.lane, first.kind, first.due_at, first.id);
            lowered := lowered + 1;
        END IF;
        IF clock_timestamp() - started > interval '20 milliseconds' THEN
            UPDATE dailies.claim_floors f
            SET sweep_after = clock_timestamp() + least(20 * (clock_timestamp() - started), interval '10 minutes')
            WHERE f.lane = floor.lane AND f.kind = floor.kind;
        END IF;
    END LOOP;
    RETURN lowered;
END $$;

-- Returns whether this worker may do the maintenance now. Called with every beat, so it also notices first when the clock was set back.
CREATE OR REPLACE FUNCTION dailies.take_maintenance_turn() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    millis    bigint := extract(epoch FROM clock_timestamp()) * 1000;
    last_turn bigint := pg_sequence_last_value('dailies.maintenance_turns');
BEGIN
    -- The absolute difference, so that a clock that was set back does not end maintenance.
    IF abs(millis - last_turn) < 500 THEN
        RETURN false;
    END IF;
    IF last_turn - millis > 2000 THEN
        -- The sequence stays as it is until the jump is written down for good, because it is the only trace.
        IF NOT EXISTS (SELECT FROM dailies.clock_jumps WHERE turn = last_turn) THEN
            PERFORM dailies.notice_clock_jump(last_turn, (last_turn - millis) * interval '1 millisecond');
            RETURN true;
        END IF;
        PERFORM setval('dailies.maintenance_turns', millis);
        RETURN false;
    END IF;
    PERFORM setval('dailies.maintenance_turns', millis);
    RETURN true;
END $$;

-- Writes down that the clock was set back, and lets beats follow at once: a beat that is ahead of the clock would be a proof of life until
-- the clock has come there. It becomes a beat of now, so a dead worker is rescued one lease later, and a living one is not declared dead.
-- It waits for nobody, because it is called with a beat. A worker that is locked now is beating.
CREATE OR REPLACE FUNCTION dailies.notice_clock_jump(last_turn bigint, distance interval) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        LOCK TABLE dailies.clock_jumps IN SHARE UPDATE EXCLUSIVE MODE NOWAIT;
    EXCEPTION WHEN lock_not_available THEN
        RETURN;
    END;
    -- The last jump is kept. Jumps of before are over: the sequence has gone on from them.
    DELETE FROM dailies.clock_jumps WHERE followed_at IS NOT NULL;
    INSERT INTO dailies.clock_jumps (turn, back) VALUES (last_turn, distance) ON CONFLICT DO NOTHING;
    UPDATE dailies.workers SET beaten_at = clock_timestamp()
    WHERE id IN (SELECT w.id FROM dailies.workers w WHERE w.beaten_at > clock_timestamp() + interval '1 second' FOR NO KEY UPDATE SKIP LOCKED);
END $$;

-- Moves what was stored before the clock was set back to the same distance from the present as before. One caller does it, once for each
-- jump, and gets the number of seconds; everybody else gets no row.
--
-- It moves the times that the queue compares with the clock: when scheduled jobs are due, the latest turns of fair keys, floors, and when
-- claims were made. The due_at of an available job is its place in line. It stays, because the job can be claimed all the same; but a place
-- more than an hour ahead, which no turn is, would let others overtake the job for that long. A job that was scheduled between the jump and
-- this call, at most a turn, moves too and is due early.
--
-- Nothing here waits for a lock, and what others need most is locked last.
CREATE OR REPLACE FUNCTION dailies.follow_clock() RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
    jump dailies.clock_jumps;
BEGIN
    IF NOT EXISTS (SELECT FROM dailies.clock_jumps WHERE followed_at IS NULL) THEN
        RETURN;
    END IF;
    FOR jump IN SELECT * FROM dailies.clock_jumps WHERE followed_at IS NULL ORDER BY turn FOR UPDATE SKIP LOCKED LOOP
        UPDATE dailies.clock_jumps SET followed_at = clock_timestamp() WHERE turn = jump.turn;
        -- Noticed by workers of the release before alone, some time ago: what was scheduled since cannot be told from the rest.
        CONTINUE WHEN abs(extract(epoch FROM clock_timestamp() - jump.noticed_at)) > 300;
        UPDATE dailies.jobs SET due_at = due_at - jump.back
        WHERE id IN (
            SELECT j.id FROM dailies.jobs j
            WHERE j.lane = 1000 OR (j.state = 'available' AND j.due_at > clock_timestamp() + interval '1 hour')
            FOR NO KEY UPDATE SKIP LOCKED);
        UPDATE dailies.fair_turns SET due_at = due_at - jump.back
        WHERE (fair_key, lane) IN (
            SELECT t.fair_key, t.lane FROM dailies.fair_turns t WHERE t.due_at > clock_timestamp() FOR NO KEY UPDATE SKIP LOCKED);
        -- Before everything that was moved, and before everything that was inserted since the jump.
        UPDATE dailies.claim_floors
        SET due_at = least(due_at - jump.back, jump.noticed_at - interval '5 seconds'), id = 0,
            moved_at = clock_timestamp(), sweep_after = clock_timestamp()
        WHERE (lane, kind) IN (SELECT f.lane, f.kind FROM dailies.claim_floors f FOR NO KEY UPDATE SKIP LOCKED);
        UPDATE dailies.jobs SET claimed_at = claimed_at - jump.back, due_at = due_at - jump.back
        WHERE id IN (
            SELECT j.id FROM dailies.jobs j
            WHERE j.id = ANY (ARRAY(SELECT unnest(c.job_ids) FROM dailies.claims c WHERE c.claimed_at > clock_timestamp()))
              AND j.state = 'running' AND j.claimed_at > clock_timestamp() FOR NO KEY UPDATE SKIP LOCKED);
        UPDATE dailies.claims SET claimed_at = claimed_at - jump.back
        WHERE id IN (SELECT c.id FROM dailies.claims c WHERE c.claimed_at > clock_timestamp() FOR NO KEY UPDATE SKIP LOCKED);
        RETURN NEXT extract(epoch FROM jump.back)::bigint;
    END LOOP;
END $$;

-- Scheduled jobs whose time has come join their lane at the present moment: the first of each kind, at most so many, as the index has them.
-- So its cost does not grow with the number of jobs that are due.
-- The present moment is not now(): a transaction that began a second ago would put them before the floor.
CREATE OR REPLACE FUNCTION dailies.promote_jobs(kinds text[], most integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE dailies.jobs SET state = 'available', lane = priority, waits_since = due_at, due_at = clock_timestamp()
    WHERE id = ANY (ARRAY(
        SELECT due.id FROM unnest(kinds) AS wanted (kind),
        LATERAL (
            SELECT j.id FROM dailies.jobs j WHERE j.lane = 1000 AND j.kind = wanted.kind AND j.due_at <= now()
            ORDER BY j.due_at, j.id LIMIT most FOR UPDATE SKIP LOCKED
        ) AS due));
END $$;

-- Announces jobs that wait: a wake-up may have been missed, or a scheduled job's time has come. The worker whose maintenance turn it is may
-- have no free slot itself. Returns whether jobs wait.
--
-- It also takes a thousand scheduled jobs that are due into their lanes, so that an urgent one does not wait until claims, which take few,
-- come to it.
CREATE OR REPLACE FUNCTION dailies.announce_waiting_jobs(kinds text[]) RETURNS boolean LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off
AS $$
BEGIN
    IF EXISTS (SELECT FROM dailies.queue_pauses) THEN
        kinds := dailies.unpaused_kinds(kinds);
    END IF;
    IF EXISTS (SELECT FROM dailies.jobs j WHERE j.lane = 1000 AND j.kind = ANY (kinds) AND j.due_at <= now()) THEN
        PERFORM dailies.promote_jobs(kinds, 1000);
    ELSIF NOT EXISTS (
        SELECT FROM dailies.lanes l CROSS JOIN unnest(kinds) AS wanted (kind)
        LEFT JOIN dailies.claim_floors f ON f.lane = l.lane AND f.kind = wanted.kind AND f.due_at <= now(),
        LATERAL (
            SELECT FROM dailies.jobs j
            WHERE j.lane = l.lane AND j.kind = wanted.kind AND j.state = 'available'
              AND (j.due_at, j.id) >= (coalesce(f.due_at, '-infinity'), coalesce(f.id, 0))
            ORDER BY j.due_at, j.id LIMIT 1
        ) AS first)
    THEN
        RETURN false;
    END IF;
    -- A lost notification costs one turn, so this commit need not wait for the disk.
    PERFORM set_config('synchronous_commit', 'off', true), dailies.wake_workers('dailies_jobs');
    RETURN true;
END $$;

-- Deletes turns that are over: the next job of such a key gets the present moment anyway.
CREATE OR REPLACE FUNCTION dailies.forget_turns() RETURNS bigint LANGUAGE sql AS $$
    WITH gone AS (
        DELETE FROM dailies.fair_turns f WHERE (f.fair_key, f.lane) IN (
            SELECT t.fair_key, t.lane FROM dailies.fair_turns t WHERE t.due_at < now() - interval '1 minute'
            ORDER BY t.due_at LIMIT 10000 FOR UPDATE SKIP LOCKED)
        RETURNING 1
    )
    SELECT count(*) FROM gone;
$$;
