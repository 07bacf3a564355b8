-- Responses and what becomes of them.

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
    -- The same recording sent twice for the same question is one response: senders may repeat after a lost answer.
    UNIQUE (interview_id, question_id, recording_key),
    FOREIGN KEY (interview_id, role_id) REFERENCES dailies.interviews (id, role_id) ON DELETE CASCADE,
    FOREIGN KEY (question_id, role_id) REFERENCES dailies.questions (id, role_id) ON DELETE RESTRICT,
    FOREIGN KEY (question_id, question_version) REFERENCES dailies.question_versions (question_id, version) ON DELETE RESTRICT
);
CREATE INDEX responses_by_question ON dailies.responses (question_id);
COMMENT ON TABLE dailies.responses IS 'Recorded answers. INSERT interview_id, question_id and recording_key; a job to look inside it follows by itself.';
COMMENT ON COLUMN dailies.responses.recording_key IS 'Where storage holds the bytes that the candidate sent: a path below the storage''s root.';
COMMENT ON COLUMN dailies.responses.bulk IS 'Part of a bulk import: waits behind fresh answers.';
COMMENT ON COLUMN dailies.responses.take IS 'A second try at the same question is a new take.';

CREATE FUNCTION dailies.complete_response() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The lock lets takes of one interview be counted by one transaction at a time.
    SELECT role_id INTO NEW.role_id FROM dailies.interviews WHERE id = NEW.interview_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no interview %', NEW.interview_id
            USING ERRCODE = 'DA004', HINT = 'Insert the interview first, or call dailies.submit_response.';
    END IF;
    PERFORM FROM dailies.questions WHERE id = NEW.question_id AND role_id = NEW.role_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'question % is not one of the questions of interview %', NEW.question_id, NEW.interview_id
            USING ERRCODE = 'DA003', HINT = 'An answer goes to a question of its interview''s role.';
    END IF;
    IF NEW.question_version IS NULL THEN
        SELECT max(version) INTO NEW.question_version FROM dailies.question_versions WHERE question_id = NEW.question_id;
    END IF;
    IF NEW.take IS NULL THEN
        SELECT coalesce(max(take), 0) + 1 INTO NEW.take FROM dailies.responses
        WHERE interview_id = NEW.interview_id AND question_id = NEW.question_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER responses_are_completed BEFORE INSERT ON dailies.responses
    FOR EACH ROW EXECUTE FUNCTION dailies.complete_response();
CREATE TRIGGER responses_are_kept BEFORE UPDATE ON dailies.responses
    FOR EACH ROW EXECUTE FUNCTION dailies.refuse_update();

-- However a response arrives, its job arrives with it, in the same transaction.
CREATE FUNCTION dailies.enqueue_responses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dailies.jobs (kind, payload, priority, fair_key)
    SELECT 'inspect_response', jsonb_build_object('response_id', id), CASE WHEN bulk THEN 10 ELSE 0 END, interview_id
    FROM inserted ORDER BY id;
    RETURN NULL;
END $$;
CREATE TRIGGER responses_are_enqueued AFTER INSERT ON dailies.responses
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION dailies.enqueue_responses();

-- One call for integrators: finds or makes the candidate and the interview, and adds the response. Returns its id.
-- `question` is the question's key or its number in the role's list. Calling it again with the same recording returns
-- the same response, so a sender that lost the answer may simply call again.
CREATE FUNCTION dailies.submit_response(
    role text, question text, candidate_name text, candidate_email text, recording_key text,
    declared_type text DEFAULT NULL, declared_bytes bigint DEFAULT NULL, declared_sha256 text DEFAULT NULL,
    bulk boolean DEFAULT false
) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    email            text := lower(btrim(candidate_email));
    the_role         bigint;
    the_question     bigint;
    the_candidate    bigint;
    the_interview    bigint;
    the_response     bigint;
BEGIN
    SELECT id INTO the_role FROM dailies.roles WHERE slug = role;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no role "%"', role
            USING ERRCODE = 'DA002', HINT = 'Load it with `dailies role load FILE.yaml`.';
    END IF;

    SELECT id INTO the_question FROM dailies.questions q
    WHERE q.role_id = the_role AND q.position IS NOT NULL AND (q.key = question OR q.position::text = question);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'role "%" has no question "%"', role, question
            USING ERRCODE = 'DA003', HINT = 'Name a question by its key or by its number in the role''s list.';
    END IF;

    INSERT INTO dailies.candidates (name, email) VALUES (btrim(candidate_name), email) ON CONFLICT DO NOTHING;
    SELECT id INTO STRICT the_candidate FROM dailies.candidates c WHERE c.email = email;
    INSERT INTO dailies.interviews (role_id, candidate_id) VALUES (the_role, the_candidate) ON CONFLICT DO NOTHING;
    SELECT id INTO STRICT the_interview FROM dailies.interviews i WHERE i.role_id = the_role AND i.candidate_id = the_candidate
        FOR NO KEY UPDATE;

    SELECT id INTO the_response FROM dailies.responses r
    WHERE r.interview_id = the_interview AND r.question_id = the_question AND r.recording_key = recording_key;
    IF NOT FOUND THEN
        INSERT INTO dailies.responses
            (interview_id, question_id, recording_key, declared_type, declared_bytes, declared_sha256, bulk)
        VALUES (the_interview, the_question, recording_key, declared_type, declared_bytes, declared_sha256, bulk)
        RETURNING id INTO the_response;
    END IF;
    RETURN the_response;
END $$;

-- What the worker found out. The report is stored whole; the columns that people query are computed from it, so the two
-- can never disagree.
CREATE TABLE dailies.review_records (
    response_id bigint PRIMARY KEY REFERENCES dailies.responses ON DELETE CASCADE,
    report      jsonb NOT NULL CHECK (report ->> 'schema' = 'dailies.report/1'),
    outcome     text NOT NULL GENERATED ALWAYS AS (report ->> 'outcome') STORED CHECK (outcome IN ('usable', 'unusable')),
    reason      text GENERATED ALWAYS AS (report #>> '{reason,code}') STORED,
    duration_ms bigint GENERATED ALWAYS AS ((report ->> 'duration_ms')::bigint) STORED CHECK (duration_ms >= 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    CHECK ((outcome = 'unusable') = (reason IS NOT NULL)),
    CHECK (outcome = 'unusable' OR duration_ms IS NOT NULL)
);
CREATE TRIGGER review_records_are_kept BEFORE UPDATE ON dailies.review_records
    FOR EACH ROW EXECUTE FUNCTION dailies.refuse_update();

CREATE TABLE dailies.flags (
    response_id bigint NOT NULL REFERENCES dailies.review_records ON DELETE CASCADE,
    name        text NOT NULL CHECK (name ~ '^[a-z_]{1,40}$'),
    severity    text NOT NULL CHECK (severity IN ('fault', 'warning')),
    value       double precision,
    spans       jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(spans) = 'array'),
    PRIMARY KEY (response_id, name)
);

CREATE TABLE dailies.artifacts (
    response_id bigint NOT NULL REFERENCES dailies.review_records ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('poster', 'storyboard', 'storyboard_track', 'waveform', 'playback')),
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 512),
    media_type  text NOT NULL,
    bytes       bigint NOT NULL CHECK (bytes > 0),
    sha256      text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (response_id, kind)
);
CREATE INDEX artifacts_by_key ON dailies.artifacts (key);

-- News for other programs, written in the transaction that makes it true. Read it in the order of id.
CREATE TABLE dailies.outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic      text NOT NULL CHECK (topic IN ('response.reviewable', 'response.unusable')),
    payload    jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Writes a review record with its flags and artifacts. The key of response_id makes it once each.
CREATE FUNCTION dailies.record_review(response bigint, report jsonb) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
    INSERT INTO dailies.review_records (response_id, report) VALUES (response, report);

    INSERT INTO dailies.flags (response_id, name, severity, value, spans)
    SELECT response, f.name, f.severity, f.value, f.spans
    FROM jsonb_to_recordset(report -> 'flags') AS f (name text, severity text, value double precision, spans jsonb);

    INSERT INTO dailies.artifacts (response_id, kind, key, media_type, bytes, sha256)
    SELECT response, a.kind, a.file ->> 'file', a.file ->> 'media_type', (a.file ->> 'bytes')::bigint, a.file ->> 'sha256'
    FROM (VALUES
        ('poster', report #> '{artifacts,poster}'),
        ('storyboard', report #> '{artifacts,storyboard}'),
        ('storyboard_track', report #> '{artifacts,storyboard,vtt}'),
        ('waveform', report #> '{artifacts,waveform}'),
        ('playback', report #> '{artifacts,playback}')
    ) AS a (kind, file)
    WHERE jsonb_typeof(a.file) = 'object';

    INSERT INTO dailies.outbox (topic, payload)
    VALUES (CASE report ->> 'outcome' WHEN 'usable' THEN 'response.reviewable' ELSE 'response.unusable' END,
            jsonb_build_object('response_id', response));
END $$;

-- Every response with whose it is, what was asked, and how far it is. `status` is the word that people use.
CREATE VIEW dailies.answers AS
SELECT r.id AS response_id,
       roles.slug AS role,
       q.key AS question, q.position AS question_number, r.question_version,
       r.interview_id, c.id AS candidate_id, c.name AS candidate_name,
       r.take, r.submitted_at,
       CASE rr.outcome WHEN 'usable' THEN 'reviewable' WHEN 'unusable' THEN 'unusable' ELSE 'processing' END AS status,
       rr.reason, rr.duration_ms, rr.created_at AS reviewed_at
FROM dailies.responses r
JOIN dailies.roles ON roles.id = r.role_id
JOIN dailies.questions q ON q.id = r.question_id
JOIN dailies.interviews i ON i.id = r.interview_id
JOIN dailies.candidates c ON c.id = i.candidate_id
LEFT JOIN dailies.review_records rr ON rr.response_id = r.id;
