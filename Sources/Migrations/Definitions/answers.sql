-- How a response comes in. The triggers run with the schema owner's rights (SECURITY DEFINER), so that an account that may only insert
-- responses needs no right on the queue or on the wall.

-- Fills in what an INSERT leaves out: role, version of the question, take.
CREATE OR REPLACE FUNCTION dailies.complete_response() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
    -- The table's constraint says the same; here it is said in words.
    IF NEW.take NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION 'a take has a number from 1 to 1000, not %', NEW.take
            USING ERRCODE = '22023', HINT = 'Leave it out: it is counted.';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER responses_are_completed BEFORE INSERT ON dailies.responses
    FOR EACH ROW EXECUTE FUNCTION dailies.complete_response();
CREATE OR REPLACE TRIGGER responses_are_kept BEFORE UPDATE ON dailies.responses
    FOR EACH ROW EXECUTE FUNCTION dailies.refuse_update();

-- Whatever program inserts a response, its job is inserted in the same transaction. That transaction waits for the disk, also where
-- synchronous_commit is off for the program's account or the database: an answer that was accepted is not lost.
CREATE OR REPLACE FUNCTION dailies.enqueue_responses() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('synchronous_commit') IN ('off', 'local') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    INSERT INTO dailies.jobs (kind, payload, priority, fair_key)
    SELECT 'inspect_response', jsonb_build_object('response_id', id), CASE WHEN bulk THEN 10 ELSE 0 END, interview_id
    -- By interview, which is the fair key: the order in which turns are locked.
    FROM inserted ORDER BY interview_id, id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER responses_are_enqueued AFTER INSERT ON dailies.responses
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION dailies.enqueue_responses();

-- One call for integrators: finds or makes the candidate and the interview, and adds the response. Returns its id.
-- `question` is the question's key or its number in the role's list. Calling it again with the same recording returns
-- the same response, so a sender that lost the answer may simply call again.
CREATE OR REPLACE FUNCTION dailies.submit_response(
    role text, question text, candidate_name text, candidate_email text, recording_key text,
    declared_type text DEFAULT NULL, declared_bytes bigint DEFAULT NULL, declared_sha256 text DEFAULT NULL,
    bulk boolean DEFAULT false
) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    email            text := dailies.email_address(candidate_email);
    the_role         bigint;
    the_question     bigint;
    the_candidate    bigint;
    the_interview    bigint;
    the_response     bigint;
BEGIN
    SELECT id INTO the_role FROM dailies.roles WHERE slug = role;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no role "%"', left(role, 100)
            USING ERRCODE = 'DA002', HINT = 'Load it with `dailies role load FILE.yaml`.';
    END IF;

    SELECT id INTO the_question FROM dailies.questions q
    WHERE q.role_id = the_role AND q.position IS NOT NULL AND (q.key = question OR q.position::text = question);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'role "%" has no question "%"', left(role, 100), left(question, 100)
            USING ERRCODE = 'DA003', HINT = 'Name a question by its key or by its number in the role''s list.';
    END IF;

    IF email IS NULL THEN
        RAISE EXCEPTION 'the candidate''s e-mail address is not one'
            USING ERRCODE = '23514', SCHEMA = 'dailies', TABLE = 'candidates', CONSTRAINT = 'candidates_email_check',
                  HINT = 'dailies.email_address says what is one: name@domain, in characters that can be seen.';
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

-- Whether a response without a review record waits for its recording's file.
CREATE OR REPLACE FUNCTION dailies.awaits_file(response bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM dailies.awaited_files f JOIN dailies.jobs j ON j.id = f.job_id WHERE f.response_id = response);
$$;

-- Every response with its candidate, its question and its status, in the word that people use.
CREATE OR REPLACE VIEW dailies.answers AS
SELECT r.id AS response_id,
       roles.slug AS role,
       q.key AS question, q.position AS question_number, r.question_version,
       r.interview_id, c.id AS candidate_id, c.name AS candidate_name,
       r.take, r.submitted_at,
       CASE WHEN rr.outcome = 'usable' THEN 'reviewable' WHEN rr.outcome = 'unusable' THEN 'unusable'
            WHEN dailies.awaits_file(r.id) THEN 'awaiting_file' ELSE 'processing' END AS status,
       rr.reason, rr.duration_ms, rr.created_at AS reviewed_at
FROM dailies.responses r
JOIN dailies.roles ON roles.id = r.role_id
JOIN dailies.questions q ON q.id = r.question_id
JOIN dailies.interviews i ON i.id = r.interview_id
JOIN dailies.candidates c ON c.id = i.candidate_id
LEFT JOIN dailies.review_records rr ON rr.response_id = r.id;
