-- What a chore of the workers remembers that looks for answers without a job: one row. Rows that are inserted with triggers off, or by logical
-- replication, get no job by themselves.
CREATE TABLE dailies.reconciliation (
    is_only_row         boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
    looked_at           timestamptz NOT NULL DEFAULT '-infinity',
    -- How long to wait after a look: longer when it took long.
    rest                interval NOT NULL DEFAULT interval '1 minute',
    -- Each look goes on behind this response, and begins again after the last one.
    walked_to           bigint NOT NULL DEFAULT 0,
    jobs_given          bigint NOT NULL DEFAULT 0 CHECK (jobs_given >= 0),
    answers_counted     bigint NOT NULL DEFAULT 0,
    answers_without_job bigint NOT NULL DEFAULT 0,
    jobs_without_answer bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
INSERT INTO dailies.reconciliation DEFAULT VALUES;
COMMENT ON TABLE dailies.reconciliation IS 'What the look for answers without a job has found; one row.';
COMMENT ON COLUMN dailies.reconciliation.jobs_given IS 'Jobs that were inserted for answers that had none, in all.';
COMMENT ON COLUMN dailies.reconciliation.answers_counted IS 'As answers_without_job, of the walk that is under way.';
COMMENT ON COLUMN dailies.reconciliation.answers_without_job IS 'Answers that the last whole walk left without a job, because the history does not reach back to them: a person may have cancelled theirs.';
COMMENT ON COLUMN dailies.reconciliation.jobs_without_answer IS 'Live jobs whose answer is not there, at the last look; counted up to 1,000.';
