-- Fills an empty, migrated database with what a large role looks like in the middle of its review:
--
--   psql -v candidates=200 -v questions=20 -v reviewers=20 -f Scripts/bench.d/site.sql
--
-- One role; an answer of each candidate to each question, inspected, with reports as long as real ones; reviewers, the first of them an
-- admin; and five ratings of each answer, spread evenly: 4,000 answers and 20,000 ratings. A twentieth has a fault, a hundredth is
-- unusable or not inspected yet. All is drawn with a fixed seed, so that two runs measure the same.
\set ON_ERROR_STOP on
BEGIN;
SELECT setseed(0.42) \g /dev/null

INSERT INTO dailies.roles (slug, title) VALUES ('bench', 'Distributed systems engineer');
INSERT INTO dailies.questions (role_id, key, position)
SELECT r.id, 'question-' || n, n FROM dailies.roles r, generate_series(1, :questions) n WHERE r.slug = 'bench';
INSERT INTO dailies.question_versions (question_id, version, prompt, key_points, anchor_1, anchor_3, anchor_5)
SELECT q.id, 1, 'Question ' || q.position || ': tell us of a service that failed in production. What did you see first, what did you rule out, and what did you change?',
       ARRAY['Names what was observed, not what was assumed', 'Rules out causes one by one', 'Says what was changed so that it cannot come back', 'Gives others their share'],
       'Tells what happened, and not how it was found out.', 'Finds the cause in an orderly way; what was changed is local.',
       'Finds the cause in an orderly way, and changes what let it happen.'
FROM dailies.questions q;

INSERT INTO dailies.candidates (name, email)
SELECT 'Person ' || to_char(n, 'FM0000'), 'person-' || n || '@example.org' FROM generate_series(1, :candidates) n;
INSERT INTO dailies.interviews (role_id, candidate_id)
SELECT r.id, c.id FROM dailies.roles r, dailies.candidates c WHERE r.slug = 'bench' ORDER BY c.id;
INSERT INTO dailies.responses (interview_id, question_id, recording_key, declared_type, submitted_at)
SELECT i.id, q.id, 'recordings/person-' || i.candidate_id || '/' || q.key || '.webm', 'video/webm', now() - random() * interval '7 days'
FROM dailies.interviews i, dailies.questions q ORDER BY i.id, q.id;

-- Their jobs have ended over the last two days; one in a hundred still waits.
WITH ended AS (
    DELETE FROM dailies.jobs WHERE id % 100 <> 7 RETURNING *
)
INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, ended_at,
                                 timeline, worker, claimed_at, error)
SELECT id, kind, payload, priority, fair_key, CASE WHEN id % 100 = 8 THEN 'discarded' ELSE 'completed' END, 1, 0, 0, at, at + interval '9 seconds',
       '[]', 'bench', at + interval '7 seconds', CASE WHEN id % 100 = 8 THEN 'the inspector died: signal 11' END
FROM (SELECT *, now() - random() * interval '47 hours' - interval '10 seconds' AS at FROM ended) AS timed;

-- An answer of one to three minutes, with a silence every eight seconds or so, and a storyboard of a hundred tiles.
CREATE FUNCTION pg_temp.report(answer bigint, length_ms integer) RETURNS jsonb LANGUAGE sql AS $$
    SELECT CASE WHEN answer % 100 = 8 THEN
        jsonb_build_object('schema', 'dailies.report/1', 'outcome', 'unusable',
            'reason', jsonb_build_object('code', 'inspector_died', 'message', 'Looking into the recording failed each time.'),
            'flags', '[]'::jsonb, 'artifacts', '{}'::jsonb)
    ELSE jsonb_build_object('schema', 'dailies.report/1', 'outcome', 'usable', 'reason', NULL, 'duration_ms', length_ms, 'duration_source', 'packets',
        'container', jsonb_build_object('format', 'webm', 'bytes', length_ms * 60, 'sha256', repeat('0', 64), 'declared_type', 'video/webm', 'header_duration_ms', NULL),
        'video', jsonb_build_object('codec', 'vp9', 'width', 1280, 'height', 720, 'frames', length_ms / 33, 'fps', 30, 'keyframes', length_ms / 4000, 'start_ms', 0, 'end_ms', length_ms),
        'audio', jsonb_build_object('codec', 'opus', 'channels', 1, 'sample_rate', 48000, 'start_ms', 0, 'end_ms', length_ms, 'loudness_lufs', -21.5, 'speech_ratio', 0.86,
            'silences', (SELECT jsonb_agg(jsonb_build_array(s, s + 1100)) FROM generate_series(2000, length_ms - 2000, 8000) s)),
        'flags', CASE answer % 20
            WHEN 3 THEN '[{"name": "mic_muted", "severity": "fault", "value": 1, "spans": []}]'::jsonb
            WHEN 4 THEN '[{"name": "leading_silence", "severity": "warning", "value": 4200, "spans": [[0, 4200]]}, {"name": "audio_quiet", "severity": "warning", "value": -37, "spans": []}]'
            ELSE '[]' END,
        'artifacts', (SELECT jsonb_object_agg(kind, file) FROM (
            SELECT kind, jsonb_build_object('file', 'artifacts/bench/' || answer || '.' || kind, 'media_type', type, 'bytes', bytes, 'sha256', repeat('0', 64))
                || CASE kind WHEN 'storyboard' THEN jsonb_build_object(
                    'width', 1600, 'height', 900, 'tile_width', 160, 'tile_height', 90, 'columns', 10,
                    'tiles', (SELECT jsonb_agg(jsonb_build_object('at_ms', length_ms / 100 * n)) FROM generate_series(0, 99) n),
                    'vtt', jsonb_build_object('file', 'artifacts/bench/' || answer || '.vtt', 'media_type', 'text/vtt', 'bytes', 7000, 'sha256', repeat('0', 64)))
                ELSE '{}' END AS file
            FROM (VALUES ('poster', 'image/jpeg', 60000), ('storyboard', 'image/jpeg', 300000), ('waveform', 'application/json', 15000),
                         ('playback', 'video/webm', length_ms * 60)) AS kinds (kind, type, bytes)) AS files),
        'timings_ms', '{}'::jsonb) END;
$$;
SELECT dailies.record_review(r.id, pg_temp.report(r.id, (60000 + random() * 120000)::integer)::json) FROM dailies.responses r
WHERE r.id % 100 <> 7 ORDER BY r.id \g /dev/null

INSERT INTO dailies.reviewers (email, name, access)
SELECT 'reviewer-' || n || '@example.org', 'Reviewer ' || n, CASE n WHEN 1 THEN 'admin' ELSE 'reviewer' END FROM generate_series(1, :reviewers) n;
INSERT INTO dailies.role_reviewers (role_id, reviewer_id)
SELECT r.id, v.id FROM dailies.roles r, dailies.reviewers v WHERE r.slug = 'bench' AND v.access = 'reviewer';

-- Around what the candidate is worth, with the reviewer's own severity and some noise.
INSERT INTO dailies.ratings (response_id, reviewer_id, score, watched)
SELECT a.response_id, v.id,
       least(5, greatest(1, round(1.5 + (hashtext(a.interview_id::text) & 3) + (v.id % 3) * 0.3 - 0.3 + random() * 1.6 - 0.8)))::smallint,
       jsonb_build_array(jsonb_build_array(0, a.duration_ms * 3 / 4))
FROM dailies.current_answers a, dailies.reviewers v
WHERE a.status = 'reviewable' AND ((a.response_id * 7 + v.id) % (:reviewers / 5) = 0 OR a.response_id % 146 = 0);
INSERT INTO dailies.comments (response_id, reviewer_id, from_ms, body)
SELECT response_id, reviewer_id, (random() * 50000)::integer, 'A good example, and one that he measured.' FROM dailies.ratings WHERE response_id % 10 = 0;
INSERT INTO dailies.decisions (interview_id, reviewer_id, verdict, reason)
SELECT i.id, v.id, (ARRAY['advance', 'hold', 'decline'])[1 + i.id % 3], 'Because of what the answers to the first three questions say.'
FROM dailies.interviews i, dailies.reviewers v WHERE v.access = 'admin' AND i.id % 4 = 0;
COMMIT;
VACUUM (ANALYZE);
