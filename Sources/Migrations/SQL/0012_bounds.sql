-- What one row of the queue may hold. Without bounds one row could stop the work, the lists or the retries of all others.

-- NOT VALID, because what is stored already is mended below: a row that breaks a bound could not be claimed, and would stop the claim of others.
ALTER TABLE dailies.jobs
    -- A time that no clock shows cannot be compared with the clock.
    ADD CONSTRAINT jobs_times_check CHECK (isfinite(created_at) AND isfinite(due_at)) NOT VALID,
    -- Each priority that was ever used costs every claim a look into its lane. 1000 is no priority.
    ADD CONSTRAINT jobs_priority_check CHECK (priority BETWEEN 0 AND 100) NOT VALID,
    -- Measured without writing the payload as text.
    ADD CONSTRAINT jobs_payload_limit CHECK (pg_column_size(payload) <= 65536) NOT VALID,
    -- No more than that it is a number, because each insert and each claim pays for it: to look whether it is whole and in range costs a fifth
    -- of an insert. `dailies.response_id` does, and the worker.
    ADD CONSTRAINT jobs_response_check CHECK (kind NOT IN ('inspect_response', 'render_response')
                                              OR coalesce(jsonb_typeof(payload -> 'response_id') = 'number', false)) NOT VALID,
    -- No bound, but of the same table: an alert on `oldest` must not fire for a job that was put back a second ago.
    ADD COLUMN waits_since timestamptz;
COMMENT ON COLUMN dailies.jobs.waits_since IS 'Since when it waits: when it was put back, or when its time came. NULL: since it was inserted.';

-- Jobs of before with a payload that nobody can work on. A worker that has one of them drops its result.
WITH poison AS (
    DELETE FROM dailies.jobs
    WHERE pg_column_size(payload) > 65536
       OR kind IN ('inspect_response', 'render_response') AND NOT coalesce(jsonb_typeof(payload -> 'response_id') = 'number', false)
    RETURNING jobs.*
)
INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, timeline)
SELECT id, kind, payload, priority, fair_key, 'discarded', attempt, failures, crashes,
       CASE WHEN isfinite(created_at) THEN created_at ELSE now() END,
       timeline || jsonb_build_object('attempt', attempt, 'worker', NULL, 'from', NULL, 'to', now(), 'outcome', 'discarded', 'error',
           CASE WHEN pg_column_size(payload) > 65536 THEN 'the payload is larger than 64 KiB' ELSE 'the payload names no response' END)
FROM poison;

UPDATE dailies.jobs
SET created_at = CASE WHEN isfinite(created_at) THEN created_at ELSE now() END,
    due_at = CASE WHEN isfinite(due_at) THEN due_at ELSE now() END,
    priority = least(greatest(priority, 0), 100),
    lane = CASE WHEN state = 'scheduled' THEN 1000 ELSE least(greatest(priority, 0), 100) END
WHERE NOT isfinite(created_at) OR NOT isfinite(due_at) OR priority NOT BETWEEN 0 AND 100;

INSERT INTO dailies.lanes SELECT DISTINCT priority FROM dailies.jobs WHERE priority = 100 ON CONFLICT DO NOTHING;
DELETE FROM dailies.lanes WHERE lane NOT BETWEEN 0 AND 100;
DELETE FROM dailies.claim_floors WHERE lane NOT BETWEEN 0 AND 100;
