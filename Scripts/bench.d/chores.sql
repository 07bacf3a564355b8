-- What workers, imports and sign-ins ask of the database, twice each, with what it cost. Nothing of it stays.
--
--   psql -v answers=N -f report.sql -f chores.sql        N as for scale.sql
\set ON_ERROR_STOP on
SET jit = off;
BEGIN;
-- What `record_review` does first; scale.sql has taken off what computes the columns. As functions, so that EXPLAIN counts the triggers too.
CREATE FUNCTION pg_temp.record(response bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO dailies.review_records (response_id, report, outcome, duration_ms) VALUES (response, pg_temp.report(response), 'usable', 83739);
$$;
CREATE FUNCTION pg_temp.rate(response bigint, reviewer bigint, score smallint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO dailies.ratings (response_id, reviewer_id, score, question_version) VALUES (response, reviewer, score, 1);
$$;
INSERT INTO dailies.workers (name, version, slots, lease) VALUES ('bench', '1', 8, '1 hour') RETURNING id AS worker \gset
\set explain 'EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) '

\echo == claim of one job
:explain SELECT * FROM dailies.claim_jobs(:'worker', '{inspect_response}', 1, false);
:explain SELECT * FROM dailies.claim_jobs(:'worker', '{inspect_response}', 1, false);
\echo == claim of ten jobs
:explain SELECT * FROM dailies.claim_jobs(:'worker', '{inspect_response}', 10, false);
:explain SELECT * FROM dailies.claim_jobs(:'worker', '{inspect_response}', 10, false);

\echo == review record of an answer
SELECT id AS job, attempt, payload ->> 'response_id' AS response FROM dailies.claim_jobs(:'worker', '{inspect_response}', 1, false) \gset
SELECT id AS job2, attempt AS attempt2, payload ->> 'response_id' AS response2 FROM dailies.claim_jobs(:'worker', '{inspect_response}', 1, false) \gset
:explain SELECT pg_temp.record(:response);
:explain SELECT pg_temp.record(:response2);
\echo == completion of its job
:explain SELECT dailies.complete_jobs(:'worker', ARRAY[:job], ARRAY[:attempt]);
:explain SELECT dailies.complete_jobs(:'worker', ARRAY[:job2], ARRAY[:attempt2]);

\echo == beat
:explain SELECT dailies.beat_worker(:'worker');
:explain SELECT dailies.beat_worker(:'worker');
\echo == rescue
:explain SELECT * FROM dailies.rescue_jobs();
:explain SELECT * FROM dailies.rescue_jobs();
\echo == requests to stop
:explain SELECT * FROM dailies.obey_stop_requests(:'worker');
:explain SELECT * FROM dailies.obey_stop_requests(:'worker');
\echo == jobs not held
:explain SELECT dailies.release_unheld_jobs(:'worker', '{}');
:explain SELECT dailies.release_unheld_jobs(:'worker', '{}');
\echo == sweep_floors
:explain SELECT dailies.sweep_floors();
:explain SELECT dailies.sweep_floors();
\echo == raise_floor
:explain SELECT dailies.raise_floor(0::smallint, 'inspect_response');
:explain SELECT dailies.raise_floor(0::smallint, 'inspect_response');
\echo == announce_waiting_jobs
:explain SELECT dailies.announce_waiting_jobs('{inspect_response}');
:explain SELECT dailies.announce_waiting_jobs('{inspect_response}');
\echo == forget_turns
:explain SELECT dailies.forget_turns();
:explain SELECT dailies.forget_turns();
\echo == prepare_job_history
:explain SELECT dailies.prepare_job_history();
:explain SELECT dailies.prepare_job_history();
\echo == drop_job_history, nothing to drop
:explain SELECT dailies.drop_job_history('200 days');
:explain SELECT dailies.drop_job_history('200 days');
\echo == drop_job_history, a day
:explain SELECT dailies.drop_job_history('89 days');
:explain SELECT dailies.drop_job_history('88 days');

\echo == retry of a job
UPDATE dailies.job_history SET outcome = 'discarded' WHERE id IN (:answers - 200, :answers - 300);
:explain SELECT * FROM dailies.retry_work(ARRAY[:answers - 200]::bigint[], 'bench', NULL);
:explain SELECT * FROM dailies.retry_work(ARRAY[:answers - 300]::bigint[], 'bench', NULL);
\echo == import of an answer
:explain SELECT dailies.submit_response('role-1', '7', 'Somebody', 'somebody@example.org', 'imports/bench-1.webm');
:explain SELECT dailies.submit_response('role-1', '7', 'Somebody', 'somebody@example.org', 'imports/bench-2.webm');
\echo == attempt to sign in
:explain SELECT dailies.admit_sign_in('a@example.org', '192.0.2.1', NULL, 10, 50, 500, '15 minutes');
:explain SELECT dailies.admit_sign_in('a@example.org', '192.0.2.1', NULL, 10, 50, 500, '15 minutes');
\echo == rating
:explain SELECT pg_temp.rate(:answers / 2, 5, 3::smallint);
:explain SELECT pg_temp.rate(:answers / 2, 6, 4::smallint);
ROLLBACK;
