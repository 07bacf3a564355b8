-- Answers that come in and are reviewed, by the schema's own functions; psql's variable `answers` says how many.
SET synchronous_commit = off;

INSERT INTO dailies.roles (slug, title) VALUES ('bench', 'Bench');
INSERT INTO dailies.questions (role_id, key, position) SELECT r.id, 'question-' || n, n FROM dailies.roles r, generate_series(1, 20) n;
INSERT INTO dailies.question_versions (question_id, version, prompt, key_points, anchor_1, anchor_3, anchor_5)
SELECT id, 1, 'What is asked?', '{a point}', 'weak', 'fair', 'strong' FROM dailies.questions;
INSERT INTO dailies.candidates (name, email) SELECT 'Candidate ' || n, 'candidate-' || n || '@example.org' FROM generate_series(1, :answers / 20) n;
INSERT INTO dailies.interviews (role_id, candidate_id) SELECT r.id, c.id FROM dailies.roles r, dailies.candidates c;
INSERT INTO dailies.responses (interview_id, question_id, recording_key, declared_type, declared_bytes, declared_sha256)
SELECT i.id, q.id, 'imports/' || h.hash || '.webm', 'video/webm;codecs=vp9,opus', 3050807, h.hash
FROM dailies.interviews i, dailies.questions q, LATERAL (SELECT encode(sha256((i.id || '/' || q.id)::bytea), 'hex') AS hash) AS h ORDER BY i.id, q.id;
INSERT INTO dailies.workers (name, version, slots, lease) VALUES ('worker-1.example.org:4711', '1', 4, '1 hour');

DO $$
DECLARE
    the_worker uuid := (SELECT id FROM dailies.workers);
    claim      record;
    jobs       bigint[];
    attempts   integer[];
BEGIN
    LOOP
        jobs := '{}';
        attempts := '{}';
        FOR claim IN SELECT * FROM dailies.claim_jobs(the_worker, '{inspect_response}', 100, false) LOOP
            PERFORM dailies.record_review((claim.payload ->> 'response_id')::bigint, pg_temp.report((claim.payload ->> 'response_id')::bigint));
            jobs := jobs || claim.id;
            attempts := attempts || claim.attempt;
        END LOOP;
        EXIT WHEN cardinality(jobs) = 0;
        PERFORM dailies.complete_jobs(the_worker, jobs, attempts);
        DELETE FROM dailies.claims;
        COMMIT;
    END LOOP;
END $$;
