-- The queue's tables. The queue knows nothing of interviews: a job has a kind and a payload.
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
COMMENT ON TABLE dailies.workers IS 'The workers that are alive, one row each. When a row''s last beat is older than its lease, any worker may delete it and rescue its jobs.';

CREATE TABLE dailies.jobs (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Compared byte by byte, because every step down the index compares it. The check is short on purpose: a regular expression costs
    -- more than the rest of the row, and a worker claims only kinds that it knows, letter by letter.
    kind         text COLLATE "C" NOT NULL CHECK (octet_length(kind) BETWEEN 1 AND 63 AND ascii(kind) BETWEEN ascii('a') AND ascii('z')),
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
    lane         smallint NOT NULL DEFAULT 0,
    CHECK ((state = 'running') = (worker_id IS NOT NULL)),
    CHECK ((state = 'running') = (claimed_at IS NOT NULL)),
    CHECK (state <> 'running' OR attempt > 0),
    -- Far above any priority, so that a search for work does not walk over jobs that wait for their time. Not a generated column: that
    -- would cost each insert a tenth more, and this check guards the same truth.
    CONSTRAINT jobs_lane_check CHECK (lane = CASE WHEN state = 'scheduled' THEN 1000 ELSE priority END)
    -- Half of each page is left for the one update that a claim is.
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
COMMENT ON TABLE dailies.jobs IS 'Live jobs only: available, running, scheduled. A job that ends moves to job_history in the transaction that ends it.';
COMMENT ON COLUMN dailies.jobs.priority IS 'Lower first: 0 for a fresh answer, 10 for a bulk import.';
COMMENT ON COLUMN dailies.jobs.fair_key IS 'Whose job it is (the interview): jobs of one key get turns a minute apart. 0: nobody''s.';
COMMENT ON COLUMN dailies.jobs.attempt IS 'The fence: raised by every claim, never lowered, whatever the attempt is counted as.';
COMMENT ON COLUMN dailies.jobs.failures IS 'Attempts that failed by a fault of ours; discarded at max_attempts.';
COMMENT ON COLUMN dailies.jobs.crashes IS 'Attempts whose inspector died.';
COMMENT ON COLUMN dailies.jobs.lane IS 'The priority, or 1000 for a scheduled job. The only thing that an index sees of the state.';
COMMENT ON COLUMN dailies.jobs.due_at IS 'When its turn comes. For an available job that is a place in line, which may be ahead of the clock; a scheduled one is not claimed before.';
COMMENT ON COLUMN dailies.jobs.timeline IS 'One object for each ended attempt: attempt, worker, from, to, outcome, error.';
CREATE INDEX jobs_in_turn ON dailies.jobs (lane, kind, due_at, id);

-- Which jobs a worker took in one claim. Rescue reads this table, so that it need not search all jobs for those that run. A row is
-- deleted when the worker holds none of its jobs any more: the worker says so, or rescue sees it once the row is older than the lease.
CREATE TABLE dailies.claims (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    worker_id  uuid NOT NULL,
    job_ids    bigint[] NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now()
);

-- These rows live for seconds: compressing them costs more than it saves.
ALTER TABLE dailies.claims ALTER COLUMN job_ids SET STORAGE EXTERNAL;
CREATE INDEX claims_by_worker ON dailies.claims (worker_id);

-- Where a claim starts to look. All available jobs of a lane and kind lie at or after (due_at, id), except a few that came late: those
-- of a transaction that began long before it inserted, and those that another transaction had locked. `sweep_floors` finds these.
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

-- The lanes that ever had a job. A claim looks into these only.
CREATE TABLE dailies.lanes (lane smallint PRIMARY KEY);
INSERT INTO dailies.lanes VALUES (0);

-- A flag by which idle workers ask to be told of the next job. An insert notifies only when the flag is armed. The reason: a
-- transaction that notifies holds a lock of the whole server until it is on disk, so producers that all notify commit one after the
-- other (64 of them at a fifteenth of their speed). A worker that found no job arms the flag and looks once more. Of the next inserts
-- exactly one takes the flag and notifies.
--
-- The flag is a sequence. All sessions see a sequence at once, outside their transactions; a trigger's WHEN can read it without a call
-- (an empty PL/pgSQL trigger costs 7 % of a small insert, a second trigger that is not even called 4 %); and each number goes to one
-- session only. To arm the flag is to set the next number to the time in milliseconds, times 1000. The session that gets that number
-- has taken the flag.
--
-- A wake-up can be missed: when a commit comes just behind the announced one (workers look again after some milliseconds), or while the
-- transaction that took the flag has not committed. The next poll finds those jobs and arms the flag again. The flag starts armed.
CREATE SEQUENCE dailies.jobs_wanted AS bigint START 1000 CYCLE;

-- Counts claims, so that every eighth goes by age. It is a sequence, because claims would wait for each other at a row.
CREATE SEQUENCE dailies.claim_count AS bigint CYCLE;

-- When the last maintenance turn was, in milliseconds since 1970. Maintenance is what one worker does for all of them (rescue, announcing
-- jobs that wait, pruning): twice a second, however many workers there are. The worker whose beat comes first after half a second takes
-- the turn. When two take it in the same instant, both do the work, which is harmless; when one dies in its turn, the next comes half a
-- second later. It is a sequence, because all sessions see it at once and none waits for it.
CREATE SEQUENCE dailies.maintenance_turns AS bigint CYCLE;

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
    worker     text,
    claimed_at timestamptz,
    error      text,
    PRIMARY KEY (id, ended_at)
) PARTITION BY RANGE (ended_at);
COMMENT ON TABLE dailies.job_history IS 'Ended jobs, one partition a day (UTC), so that old days are removed by DROP TABLE.';

-- `worker`, `claimed_at` and `error` hold the last attempt, and `timeline` only the attempts before it: most jobs end at their first
-- attempt, and JSON costs more to write than the rest of the row. A job that no worker ran has NULL in `claimed_at`.
COMMENT ON COLUMN dailies.job_history.timeline IS 'The attempts before the last one; all entries where claimed_at is NULL. dailies.whole_timeline() puts them together.';

-- The few that did not complete, so that a search for them does not read the others. A completed job costs it nothing.
CREATE INDEX job_history_unfinished ON dailies.job_history (id) WHERE outcome <> 'completed';

-- Takes the rows for which no day's partition exists, so that no completion fails because a partition is missing.
CREATE TABLE dailies.job_history_default PARTITION OF dailies.job_history DEFAULT;

-- Operations: what ops people do to the queue by hand. While they do nothing, both tables are empty and cost the workers nothing: the
-- jobs table has no column, index or trigger for them.

-- Pauses are rows, so they outlast every process. A pause stops no running job; it keeps new ones from being claimed.
CREATE TABLE dailies.queue_pauses (
    kind      text UNIQUE NULLS NOT DISTINCT CHECK (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
    why       text CHECK (length(why) BETWEEN 1 AND 500),
    paused_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE dailies.queue_pauses IS 'Kinds of jobs that are not claimed at present; NULL stands for all.';

-- Requests to stop a running job. A request names the job, not an attempt: whichever worker runs the job obeys it, and when the job was
-- put back or rescued meanwhile, it ends instead of running again. There is no foreign key, because every completion would pay for it.
CREATE TABLE dailies.job_stops (
    job_id       bigint PRIMARY KEY,
    how          text NOT NULL CHECK (how IN ('cancelled', 'discarded')),
    why          text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now()
);
