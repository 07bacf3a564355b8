-- A database as it is after :answers answers (a multiple of 20,000): rows written as the product would have left them, but set by set and
-- without its triggers, which would take hours. 20 questions a role, 1,000 candidates a role, five in a hundred answers rated thrice.
-- What guards and computes columns of review records is taken off first: it would parse each report five times.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET work_mem = '256MB';
ALTER TABLE dailies.review_records ALTER outcome DROP EXPRESSION, ALTER reason DROP EXPRESSION, ALTER duration_ms DROP EXPRESSION;
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'dailies.review_records'::regclass AND contype = 'c' LOOP
        EXECUTE format('ALTER TABLE dailies.review_records DROP CONSTRAINT %I', name);
    END LOOP;
END $$;

INSERT INTO dailies.reviewers (email, name, access)
SELECT 'reviewer-' || n || '@example.org', 'Reviewer ' || n, CASE n WHEN 1 THEN 'admin' ELSE 'reviewer' END FROM generate_series(1, 20) n;
INSERT INTO dailies.roles (slug, title) SELECT 'role-' || n, 'Role ' || n FROM generate_series(1, :answers / 20000) n;
INSERT INTO dailies.role_reviewers (role_id, reviewer_id) SELECT r.id, v.id FROM dailies.roles r, dailies.reviewers v WHERE r.id % 10 = v.id % 10;
INSERT INTO dailies.questions (role_id, key, position) SELECT r.id, 'question-' || n, n FROM dailies.roles r, generate_series(1, 20) n ORDER BY r.id, n;
INSERT INTO dailies.question_versions (question_id, version, prompt, key_points, anchor_1, anchor_3, anchor_5)
SELECT id, 1, 'What is asked?', '{a point,another}', 'weak', 'fair', 'strong' FROM dailies.questions;
INSERT INTO dailies.candidates (name, email) SELECT 'Candidate ' || n, 'candidate-' || n || '@example.org' FROM generate_series(1, :answers / 20) n;
INSERT INTO dailies.interviews (role_id, candidate_id, pseudonym)
SELECT 1 + (id - 1) / 1000, id, 'Candidate ' || upper(lpad(to_hex(id), 6, '0')) FROM dailies.candidates ORDER BY id;

INSERT INTO dailies.responses (interview_id, question_id, role_id, question_version, take, recording_key, declared_type, declared_bytes,
                               declared_sha256, submitted_at)
SELECT i.id, q.id, i.role_id, 1, 1, 'imports/' || h.hash || '.webm', 'video/webm;codecs=vp9,opus', 3050807, h.hash,
       now() - interval '400 days' + interval '400 days' * ((i.id * 20.0 + q.position) / (:answers + 40))
FROM dailies.interviews i JOIN dailies.questions q ON q.role_id = i.role_id,
LATERAL (SELECT encode(sha256((i.id || '/' || q.id)::bytea), 'hex') AS hash) AS h
ORDER BY i.id, q.position;

-- A thousand reports, copied as they are compressed; the newest hundred answers have none yet.
CREATE TABLE public.report_samples AS SELECT n::bigint AS id, pg_temp.report(n) AS report FROM generate_series(1, 1000) n WITH NO DATA;
ALTER TABLE public.report_samples ALTER report SET STORAGE MAIN;
INSERT INTO public.report_samples SELECT n, pg_temp.report(n) FROM generate_series(1, 1000) n;
INSERT INTO dailies.review_records (response_id, report, outcome, duration_ms, created_at)
SELECT r.id, s.report, 'usable', 83739, r.submitted_at + interval '9 seconds'
FROM dailies.responses r JOIN public.report_samples s ON s.id = 1 + r.id % 1000 WHERE r.id <= :answers - 100 ORDER BY r.id;
DROP TABLE public.report_samples;
INSERT INTO dailies.flags (response_id, name, severity, value)
SELECT id, CASE id % 20 WHEN 3 THEN 'mic_muted' ELSE 'leading_silence' END, CASE id % 20 WHEN 3 THEN 'fault' ELSE 'warning' END, 1
FROM dailies.responses WHERE id % 20 IN (3, 4) AND id <= :answers - 100;

INSERT INTO dailies.ratings (response_id, reviewer_id, score, question_version, created_at)
SELECT r.id, v.id, 1 + (r.id + v.id) % 5, 1, r.submitted_at + interval '1 day'
FROM dailies.responses r, dailies.reviewers v WHERE r.id % 20 = 7 AND v.id IN (2, 3, 4) AND r.id <= :answers - 100;
INSERT INTO dailies.current_answers
SELECT r.role_id, r.interview_id, r.question_id, r.id, 1, 1, CASE WHEN r.id <= :answers - 100 THEN 'reviewable' ELSE 'processing' END,
       CASE WHEN r.id <= :answers - 100 THEN 83739 END, 12000, CASE r.id % 20 WHEN 3 THEN '{mic_muted}' ELSE '{}' END::text[],
       CASE r.id % 20 WHEN 4 THEN '{leading_silence}' ELSE '{}' END::text[], r.id <= :answers - 100, r.id <= :answers - 100,
       0, 0, CASE r.id % 20 WHEN 7 THEN 3 ELSE 0 END, 0, 0, 0
FROM dailies.responses r ORDER BY r.id;
INSERT INTO dailies.outbox (topic, payload, created_at)
SELECT 'response.reviewable', jsonb_build_object('response_id', id), submitted_at FROM dailies.responses WHERE id <= :answers - 100 ORDER BY id;
INSERT INTO dailies.audit_events (reviewer_id, action, role_id, interview_id, response_id, at)
SELECT 2, 'rating.given', role_id, interview_id, id, submitted_at FROM dailies.responses WHERE id % 20 = 7 ORDER BY id;

-- The stories of ended jobs of the last 90 days, a partition a day.
DO $$
BEGIN
    FOR day IN 0..90 LOOP
        EXECUTE format('CREATE TABLE IF NOT EXISTS dailies.job_history_%s PARTITION OF dailies.job_history FOR VALUES FROM (%L) TO (%L)',
            to_char(current_date - day, 'YYYYMMDD'), (current_date - day)::timestamp AT TIME ZONE 'UTC',
            (current_date - day + 1)::timestamp AT TIME ZONE 'UTC');
    END LOOP;
END $$;
INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, ended_at, timeline,
                                 worker, claimed_at, error)
SELECT id, 'inspect_response', jsonb_build_object('response_id', id), 0, interview_id, CASE WHEN id % 5000 = 8 THEN 'discarded' ELSE 'completed' END, 1,
       0, 0, submitted_at, submitted_at + interval '9 seconds', '[]', 'worker-1.example.org:4711', submitted_at + interval '7 seconds',
       CASE WHEN id % 5000 = 8 THEN 'the inspector died: signal 11' END
FROM dailies.responses WHERE submitted_at >= current_date - 90 AND id <= :answers - 100;
INSERT INTO dailies.lanes VALUES (10) ON CONFLICT DO NOTHING;
INSERT INTO dailies.jobs (id, kind, payload, priority, lane, fair_key, due_at, created_at) OVERRIDING SYSTEM VALUE
SELECT id, 'inspect_response', jsonb_build_object('response_id', id), 0, 0, interview_id, submitted_at, submitted_at
FROM dailies.responses WHERE id > :answers - 100;
SELECT setval(pg_get_serial_sequence('dailies.jobs', 'id'), :answers + 1000) \g /dev/null
RESET session_replication_role;
