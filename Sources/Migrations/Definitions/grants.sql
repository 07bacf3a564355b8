-- Who may do what. `dailies migrate` runs this whenever it is run, where the accounts of `deploy/database-roles.sql` exist. In one
-- transaction it takes every right away and gives these, so what is not written here is not allowed. Rights that workers and sites of the
-- release before need stay until the release after.
--
--   dailies_worker    the queue, and review records to add
--   dailies_site      the views that keep the rules of fairness, judgements to add, accounts that sign in
--   dailies_intake    other programs that bring answers in: responses to add; they read only the ids that an INSERT needs
--   dailies_operator  people at the command line: every row, but no table, and no trail, to change
--   dailies_monitor   counts: the queue

REVOKE ALL ON ALL TABLES IN SCHEMA dailies FROM dailies_worker, dailies_site, dailies_intake, dailies_operator, dailies_monitor;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA dailies FROM dailies_worker, dailies_site, dailies_intake, dailies_operator, dailies_monitor;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA dailies
    FROM PUBLIC, dailies_worker, dailies_site, dailies_intake, dailies_operator, dailies_monitor;
-- Whoever inserts candidates or reviewers needs it for their constraints. It reads nothing.
GRANT EXECUTE ON FUNCTION dailies.email_address TO PUBLIC;
GRANT USAGE ON SCHEMA dailies TO dailies_worker, dailies_site, dailies_intake, dailies_operator, dailies_monitor;
GRANT SELECT ON dailies.migrations, dailies.definitions TO dailies_worker, dailies_site, dailies_intake, dailies_operator, dailies_monitor;

-- The worker. It reads no name, no account and no judgement, and changes no response.
GRANT SELECT, INSERT, UPDATE, DELETE ON dailies.workers, dailies.claims, dailies.clock_jumps TO dailies_worker;
GRANT SELECT, UPDATE, DELETE ON dailies.jobs, dailies.job_stops, dailies.fair_turns TO dailies_worker;
GRANT SELECT, INSERT, UPDATE ON dailies.claim_floors TO dailies_worker;
GRANT SELECT ON dailies.lanes, dailies.queue_pauses TO dailies_worker;
GRANT INSERT ON dailies.job_history TO dailies_worker;
-- To know whether an attempt has ended, when the answer to its COMMIT was lost.
GRANT SELECT (id, attempt, worker_id) ON dailies.job_history TO dailies_worker;
GRANT USAGE ON SEQUENCE dailies.claim_count TO dailies_worker;
GRANT SELECT, UPDATE ON SEQUENCE dailies.maintenance_turns TO dailies_worker;
GRANT SELECT ON dailies.responses TO dailies_worker;
GRANT SELECT, INSERT ON dailies.review_records, dailies.added_artifacts TO dailies_worker;
GRANT INSERT ON dailies.flags, dailies.outbox TO dailies_worker;
GRANT SELECT, UPDATE ON dailies.renditions TO dailies_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON dailies.awaited_files TO dailies_worker;
GRANT SELECT (response_id, job_id) ON dailies.reinspections TO dailies_worker;
GRANT SELECT, INSERT, UPDATE (is_marked) ON dailies.storage_identity TO dailies_worker;
GRANT EXECUTE ON FUNCTION
    dailies.notice_clock_jump, dailies.follow_clock, dailies.lacks_job_history, dailies.promote_jobs, dailies.sends_notifications, dailies.wake_workers,
    dailies.beat_worker, dailies.take_maintenance_turn, dailies.announce_waiting_jobs, dailies.claim_jobs, dailies.unpaused_kinds, dailies.want_jobs, dailies.raise_floor, dailies.lower_floor,
    dailies.sweep_floors, dailies.timeline_entry, dailies.append_entry, dailies.raise_stale_claim,
    dailies.end_job(uuid, bigint, integer, text, text), dailies.end_job(bigint, integer, text, text),
    dailies.complete_jobs(uuid, bigint[], integer[]), dailies.complete_jobs(bigint[], integer[]),
    dailies.put_back_job(uuid, bigint, integer, text, interval, text), dailies.put_back_job(bigint, integer, text, interval, text),
    dailies.drop_ended_claims, dailies.dismiss_worker, dailies.rescue_jobs, dailies.claimed_jobs, dailies.free_jobs, dailies.release_unheld_jobs, dailies.forget_claims, dailies.leave_worker,
    dailies.obey_stop_requests, dailies.end_waiting_jobs, dailies.manual_entry, dailies.prepare_job_history, dailies.drop_job_history,
    dailies.forget_turns, dailies.artifacts_are_whole, dailies.record_review, dailies.replace_review, dailies.await_file, dailies.awaits_file, dailies.record_rendition, dailies.refuse_rendition
    TO dailies_worker;

-- Looking for answers without a job, and pruning: functions with the owner's rights. The table is read for metrics.
GRANT SELECT ON dailies.reconciliation TO dailies_worker;
GRANT EXECUTE ON FUNCTION
    dailies.look_after_answers, dailies.answers_without_job, dailies.jobs_without_answer, dailies.prune_outbox
    TO dailies_worker;

-- To lock one of the rows; `held` cannot be changed.
GRANT SELECT, UPDATE (held) ON dailies.locks TO dailies_site;

-- The site. Names and others' judgements come through the views alone; of a judgement's table it may read whose it is, to change one's own.
GRANT SELECT ON
    dailies.role_access, dailies.visible_interviews, dailies.answer_access, dailies.visible_ratings, dailies.visible_comments,
    dailies.visible_decisions, dailies.visible_agreement, dailies.viewer_answers,
    dailies.roles, dailies.questions, dailies.question_versions, dailies.role_settings, dailies.role_reviewers,
    dailies.responses, dailies.review_records, dailies.flags, dailies.artifacts, dailies.renditions, dailies.take_requests,
    dailies.jobs, dailies.job_history, dailies.workers, dailies.claims, dailies.lanes, dailies.queue_pauses
    TO dailies_site;
GRANT SELECT (id, role_id, pseudonym, created_at) ON dailies.interviews TO dailies_site;
GRANT SELECT ON dailies.awaited_files, dailies.storage_identity TO dailies_site;
GRANT SELECT (response_id, job_id) ON dailies.reinspections TO dailies_site;
GRANT SELECT (response_id, withdrawn_at) ON dailies.withdrawn_reviews TO dailies_site;
-- All but what is counted of everybody's ratings.
GRANT SELECT (role_id, interview_id, question_id, response_id, question_version, take, status, duration_ms, silent_ms, faults, warnings,
              has_poster, has_storyboard)
    ON dailies.current_answers TO dailies_site;
GRANT INSERT, UPDATE (score, abstained, watched), SELECT (response_id, reviewer_id) ON dailies.ratings TO dailies_site;
GRANT INSERT, UPDATE (body, deleted_at), SELECT (id, response_id, reviewer_id, from_ms, to_ms, created_at, deleted_at) ON dailies.comments TO dailies_site;
GRANT INSERT, SELECT (id, interview_id, reviewer_id, decided_at) ON dailies.decisions TO dailies_site;
GRANT INSERT ON dailies.take_requests, dailies.audit_events TO dailies_site;
GRANT SELECT, INSERT ON dailies.review_orders TO dailies_site;
GRANT INSERT, UPDATE ON dailies.role_settings TO dailies_site;
GRANT INSERT, DELETE ON dailies.role_reviewers TO dailies_site;
-- To lock a role while a question is reworded; PostgreSQL asks for the right to change something, and an identity never changes.
GRANT UPDATE (id) ON dailies.roles TO dailies_site;
GRANT INSERT ON dailies.question_versions TO dailies_site;
GRANT SELECT, UPDATE (password_hash) ON dailies.reviewers TO dailies_site;
GRANT SELECT, INSERT, UPDATE, DELETE ON dailies.sessions, dailies.known_browsers TO dailies_site;
GRANT SELECT, DELETE ON dailies.sign_in_links TO dailies_site;
GRANT SELECT, INSERT, DELETE ON dailies.sign_in_attempts TO dailies_site;
GRANT SELECT, UPDATE (last_used_at) ON dailies.api_tokens TO dailies_site;
GRANT EXECUTE ON FUNCTION
    dailies.opens, dailies.spans_ms, dailies.united_spans, dailies.audit_response, dailies.review_place, dailies.review_seed, dailies.whole_timeline, dailies.append_entry,
    dailies.email_address, dailies.admit_sign_in, dailies.forget_sign_ins, dailies.count_sign_in_attempt, dailies.retry_work, dailies.reinspect_responses, dailies.awaits_file, dailies.response_id
    TO dailies_site;

-- Other programs.
GRANT SELECT ON dailies.roles, dailies.questions TO dailies_intake;
GRANT SELECT (id, role_id, candidate_id) ON dailies.interviews TO dailies_intake;
-- All but the id: who may choose it can take the numbers that the next answers would get.
GRANT INSERT (interview_id, question_id, role_id, question_version, take, bulk, recording_key, declared_type, declared_bytes, declared_sha256,
              submitted_at)
    ON dailies.responses TO dailies_intake;
GRANT SELECT (id) ON dailies.responses TO dailies_intake;
GRANT EXECUTE ON FUNCTION dailies.submit_response TO dailies_intake;

-- People at the command line.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dailies TO dailies_operator;
REVOKE INSERT, UPDATE, DELETE ON dailies.migrations, dailies.definitions, dailies.locks FROM dailies_operator;
GRANT UPDATE (held) ON dailies.locks TO dailies_operator;
REVOKE UPDATE, DELETE ON dailies.audit_events, dailies.decisions FROM dailies_operator;
REVOKE INSERT, UPDATE, DELETE ON dailies.reconciliation FROM dailies_operator;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA dailies TO dailies_operator;

-- Monitoring. It may not read why a job failed.
GRANT SELECT ON dailies.workers, dailies.claims, dailies.claim_floors, dailies.lanes, dailies.queue_pauses, dailies.reconciliation TO dailies_monitor;
GRANT SELECT (id, kind, priority, lane, state, due_at, created_at, waits_since, claimed_at, worker_id) ON dailies.jobs TO dailies_monitor;
GRANT SELECT (id, kind, priority, outcome, created_at, claimed_at, ended_at) ON dailies.job_history TO dailies_monitor;

-- Who inserts a job reads in a trigger's condition whether anybody waits for it.
GRANT SELECT ON SEQUENCE dailies.jobs_wanted TO PUBLIC;
