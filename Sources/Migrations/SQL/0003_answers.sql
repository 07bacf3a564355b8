-- Responses: the recorded answers that candidates sent.

CREATE TABLE dailies.responses (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    interview_id     bigint NOT NULL,
    question_id      bigint NOT NULL,
    -- The next three are filled by `complete_response` where the INSERT leaves them out.
    role_id          bigint NOT NULL,
    question_version integer NOT NULL,
    take             integer NOT NULL CHECK (take > 0),
    bulk             boolean NOT NULL DEFAULT false,
    recording_key    text NOT NULL CHECK (length(recording_key) BETWEEN 1 AND 512),
    declared_type    text CHECK (length(declared_type) BETWEEN 1 AND 200),
    declared_bytes   bigint CHECK (declared_bytes >= 0),
    declared_sha256  text CHECK (declared_sha256 ~ '^[0-9a-f]{64}$'),
    submitted_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (interview_id, question_id, take),
    FOREIGN KEY (interview_id, role_id) REFERENCES dailies.interviews (id, role_id) ON DELETE CASCADE,
    FOREIGN KEY (question_id, role_id) REFERENCES dailies.questions (id, role_id) ON DELETE RESTRICT,
    FOREIGN KEY (question_id, question_version) REFERENCES dailies.question_versions (question_id, version) ON DELETE RESTRICT
);
-- The same recording sent twice for the same question is one response: a sender may repeat after a lost answer. The index holds a hash of
-- the key, because whole keys made it the largest index of an answer. Two keys of one hash (1 in 2^64) would refuse the second response.
CREATE UNIQUE INDEX responses_once_each ON dailies.responses (interview_id, question_id, hashtextextended(recording_key, 0));
CREATE INDEX responses_by_question ON dailies.responses (question_id);
COMMENT ON TABLE dailies.responses IS 'Recorded answers. INSERT interview_id, question_id and recording_key; a job to look inside it follows by itself.';
COMMENT ON COLUMN dailies.responses.recording_key IS 'Where storage holds the bytes that the candidate sent: a path below the storage''s root.';
COMMENT ON COLUMN dailies.responses.bulk IS 'Part of a bulk import: waits behind fresh answers.';
COMMENT ON COLUMN dailies.responses.take IS 'A second try at the same question is a new take.';
