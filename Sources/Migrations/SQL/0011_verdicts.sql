-- A verdict needs evidence, and each can be taken back.

-- Which storage this database belongs to. The storage carries the same number in a marker, so that an empty folder in the place of a disk
-- that is not mounted is not taken for a storage that has lost every recording.
CREATE TABLE dailies.storage_identity (
    is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
    id          uuid NOT NULL,
    -- From then on a storage without the marker is another one. The row comes first, so a crash in between leaves false.
    is_marked   boolean NOT NULL DEFAULT false,
    made_at     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE dailies.storage_identity IS 'The number in the marker .dailies-storage of the storage that this database belongs to; at most one row.';

-- Responses whose file was not there, or not whole, when a worker looked. The job looks again by a plan. It is waiting as long as that job lives.
CREATE TABLE dailies.awaited_files (
    response_id bigint PRIMARY KEY REFERENCES dailies.responses ON DELETE CASCADE,
    job_id      bigint NOT NULL,
    -- The first look that found no whole file.
    since       timestamptz NOT NULL DEFAULT now(),
    looks       integer NOT NULL DEFAULT 1 CHECK (looks > 0),
    -- How many bytes the last look found; NULL: no file.
    bytes       bigint CHECK (bytes >= 0)
);
COMMENT ON TABLE dailies.awaited_files IS 'Responses that wait for their recording''s file.';

-- Responses that are looked into again. The review record stays in effect until the new one takes its place, which deletes the row. A row whose
-- job has ended otherwise stands for nothing.
CREATE TABLE dailies.reinspections (
    response_id  bigint PRIMARY KEY REFERENCES dailies.responses ON DELETE CASCADE,
    job_id       bigint NOT NULL,
    -- NULL: somebody at the command line.
    reviewer_id  bigint,
    why          text NOT NULL CHECK (length(why) BETWEEN 1 AND 500),
    requested_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE dailies.reinspections IS 'Requests to look into a recording again, one for each response.';
