-- The fence names the worker too, and what was locked by advisory locks has rows of its own.

-- Attempts are numbers, and a claim commits without waiting for the disk: after a crash of the database the same number can be given again.
-- A worker's id never comes twice. With it the history says whose ending of an attempt it holds. NULL: ended by hand, or before this column.
ALTER TABLE dailies.job_history ADD COLUMN worker_id uuid;

-- Rows to lock (FOR UPDATE), in place of advisory locks: those any account of the database can hold, also of other programs, by their
-- number alone. A row can be locked only by an account that may change it, and `held` can never be changed: it is there for that right.
--   history      makes and drops the days of the history: one at a time
--   retry        puts ended jobs back: one caller at a time
--   account.N    counts attempts to sign in as one account, and of one address; N is a byte of its hash, so that few wait for each other
--   address.N
CREATE TABLE dailies.locks (
    name text PRIMARY KEY,
    held boolean GENERATED ALWAYS AS (true) STORED
);
INSERT INTO dailies.locks (name)
SELECT 'history' UNION ALL SELECT 'retry'
UNION ALL SELECT subject || '.' || n FROM unnest(ARRAY['account', 'address']) AS subject, generate_series(0, 63) AS n;

-- A take of two thousand million would leave no number for the next one. Answers that are stored already are not looked at.
ALTER TABLE dailies.responses ADD CONSTRAINT responses_take_limit CHECK (take <= 1000) NOT VALID;

-- A time that no calendar has stops programs that read it.
ALTER TABLE dailies.responses ADD CONSTRAINT responses_submitted_at_limit
    CHECK (submitted_at >= '1970-01-01 00:00:00+00' AND submitted_at < '3000-01-01 00:00:00+00') NOT VALID;
