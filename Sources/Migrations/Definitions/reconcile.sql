-- Rows that belong together and are not: answers without a job, jobs without their answer. Each function reads what it has to by primary key
-- and in limited numbers, so that it costs little with millions of answers.

-- Since when the history knows how jobs ended. Before that, nobody knows whether an answer's job was discarded or cancelled.
CREATE OR REPLACE FUNCTION dailies.history_reaches_to() RETURNS timestamptz LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN first_day <= (SELECT min(m.applied_at) FROM dailies.migrations m) THEN '-infinity' ELSE coalesce(first_day, 'infinity') END
    FROM (SELECT min(to_date(right(c.relname, 8), 'YYYYMMDD'))::timestamp AT TIME ZONE 'UTC' AS first_day
          FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
          WHERE i.inhparent = 'dailies.job_history'::regclass AND c.relname ~ '^job_history_[0-9]{8}$') AS days;
$$;

-- Responses after one id and up to another that have no review record, by the two primary keys alone.
CREATE OR REPLACE FUNCTION dailies.unreviewed_responses(after bigint, through bigint) RETURNS bigint[] LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
    SELECT ARRAY(
        SELECT r.id FROM dailies.responses r
        WHERE r.id > after AND r.id <= through AND NOT EXISTS (
            -- The same limits again: the planner does not carry them over.
            SELECT FROM dailies.review_records rr WHERE rr.response_id = r.id AND rr.response_id > after AND rr.response_id <= through));
$$;

-- Responses whose inspection was discarded or cancelled, as far as the history goes back.
CREATE OR REPLACE FUNCTION dailies.given_up_responses() RETURNS SETOF text LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
    SELECT DISTINCT h.payload ->> 'response_id' FROM dailies.job_history h WHERE h.outcome <> 'completed' AND h.kind = 'inspect_response';
$$;

-- Which of these responses nobody will look into: no review record, no live job, none that was discarded or cancelled. `is_certain` is false where
-- the history does not reach back to the response. STABLE, so that all of it sees one snapshot: a job that ends meanwhile is not missed.
-- Younger ones than a minute are left out, because the program that inserts without triggers may insert the job next.
CREATE OR REPLACE FUNCTION dailies.responses_without_job(ids bigint[]) RETURNS TABLE (response_id bigint, is_certain boolean) LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    unreviewed bigint[];
    jobless    bigint[];
BEGIN
    unreviewed := ARRAY(
        SELECT r.id FROM dailies.responses r
        WHERE r.id = ANY (ids) AND r.submitted_at NOT BETWEEN now() - interval '1 minute' AND now()
          AND NOT EXISTS (SELECT FROM dailies.review_records rr WHERE rr.response_id = r.id));
    IF cardinality(unreviewed) = 0 THEN
        RETURN;
    END IF;
    jobless := ARRAY(
        SELECT u.id FROM unnest(unreviewed) AS u (id)
        WHERE NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.kind = 'inspect_response' AND j.payload ->> 'response_id' = u.id::text));
    -- Nearly always there is none, and then the history is not read.
    IF cardinality(jobless) > 0 THEN
        RETURN QUERY
        SELECT r.id, r.submitted_at >= reach.since OR r.submitted_at > now()
        FROM dailies.responses r, (SELECT dailies.history_reaches_to() AS since) AS reach
        WHERE r.id = ANY (jobless) AND NOT EXISTS (SELECT FROM dailies.given_up_responses() AS g WHERE g = r.id::text)
        ORDER BY r.id;
    END IF;
END $$;

-- The same for a range of ids: after one and up to another, at most `most`, the first ones first.
CREATE OR REPLACE FUNCTION dailies.answers_without_job(after bigint, through bigint, most integer)
RETURNS TABLE (response_id bigint, is_certain boolean) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT f.response_id, f.is_certain FROM dailies.responses_without_job(dailies.unreviewed_responses(after, through)) AS f
    ORDER BY f.response_id LIMIT least(most, 10000);
$$;

-- Live jobs about a response that is not there, among a hundred thousand live jobs at most. A worker that claims one cancels it.
CREATE OR REPLACE FUNCTION dailies.jobs_without_answer(most integer) RETURNS SETOF bigint LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT j.id FROM (
        SELECT id, payload FROM dailies.jobs WHERE kind IN ('inspect_response', 'render_response') LIMIT 100000
    ) AS j
    WHERE NOT EXISTS (SELECT FROM dailies.responses r WHERE r.id = dailies.response_id(j.payload))
    ORDER BY j.id LIMIT least(most, 10000);
$$;

-- Inserts the jobs of those among these responses that have none, and puts them on the wall, which their triggers should have done. Returns
-- which. It waits for nobody: responses of an interview, and takes of an answer, at which another session is in this moment are left out. In the
-- order in which an INSERT of responses locks them: interview, turn, place on the wall.
CREATE OR REPLACE FUNCTION dailies.give_jobs(ids bigint[]) RETURNS SETOF bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given bigint[];
BEGIN
    IF cardinality(ids) > 10000 THEN
        RAISE EXCEPTION 'jobs are given to 10000 answers at once, not to %', cardinality(ids) USING ERRCODE = '22023';
    END IF;
    -- Less than a deadlock takes to be seen, so that no other session is its victim.
    PERFORM set_config('lock_timeout', '500ms', true);
    -- One caller at a time, so that none inserts what the other has inserted.
    PERFORM FROM dailies.reconciliation FOR UPDATE;
    given := ARRAY(
        SELECT r.id FROM dailies.responses r JOIN dailies.interviews i ON i.id = r.interview_id
        WHERE r.id = ANY (ARRAY(SELECT f.response_id FROM dailies.responses_without_job(ids) AS f))
        ORDER BY r.id FOR KEY SHARE OF r SKIP LOCKED FOR NO KEY UPDATE OF i SKIP LOCKED);
    given := ARRAY(
        SELECT r.id FROM dailies.responses r
        LEFT JOIN (
            SELECT c.interview_id, c.question_id FROM dailies.current_answers c
            WHERE (c.interview_id, c.question_id) IN (
                SELECT g.interview_id, g.question_id FROM dailies.responses g WHERE g.id = ANY (given))
            FOR UPDATE SKIP LOCKED
        ) AS locked USING (interview_id, question_id)
        WHERE r.id = ANY (given) AND (locked.question_id IS NOT NULL OR NOT EXISTS (
            SELECT FROM dailies.current_answers c WHERE c.interview_id = r.interview_id AND c.question_id = r.question_id))
        ORDER BY r.id);
    IF cardinality(given) = 0 THEN
        RETURN;
    END IF;
    INSERT INTO dailies.jobs (kind, payload, priority, fair_key)
    SELECT 'inspect_response', jsonb_build_object('response_id', r.id), CASE WHEN r.bulk THEN 10 ELSE 0 END, r.interview_id
    FROM dailies.responses r WHERE r.id = ANY (given) ORDER BY r.id;
    PERFORM dailies.settle_answer(a.interview_id, a.question_id)
    FROM (SELECT DISTINCT r.interview_id, r.question_id FROM dailies.responses r WHERE r.id = ANY (given) ORDER BY 1, 2) AS a;
    UPDATE dailies.reconciliation SET jobs_given = jobs_given + cardinality(given);
    RETURN QUERY SELECT unnest(given);
END $$;

-- The chore. Every worker calls it, and one of them does it, once a minute or more rarely: a look takes at most a twentieth of the time. It
-- looks at the newest twenty thousand responses each time, and at two hundred thousand more, where the last look ended. It gives jobs only
-- where that is certain. Returns which responses got one.
CREATE OR REPLACE FUNCTION dailies.look_after_answers() RETURNS SETOF bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    state      dailies.reconciliation;
    started    constant timestamptz := clock_timestamp();
    newest     bigint;
    new_from   bigint;
    walk_from  bigint;
    walk_to    bigint;
    ids        bigint[];
    uncertain  bigint;
BEGIN
    -- In the future only where the clock was put back.
    SELECT * INTO state FROM dailies.reconciliation WHERE looked_at NOT BETWEEN now() - rest AND now() FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT max(id) INTO newest FROM dailies.responses;
    IF newest IS NOT NULL THEN
        SELECT id INTO new_from FROM dailies.responses ORDER BY id DESC OFFSET 20000 LIMIT 1;
        -- The smallest number there is, because another program may have chosen the ids.
        walk_from := CASE WHEN state.walked_to >= newest THEN -9223372036854775808 ELSE state.walked_to END;
        SELECT id INTO walk_to FROM dailies.responses WHERE id > walk_from ORDER BY id OFFSET 199999 LIMIT 1;
        walk_to := coalesce(walk_to, newest);
        SELECT array_agg(f.response_id) FILTER (WHERE f.is_certain), count(*) FILTER (WHERE NOT f.is_certain),
               -- There may be more behind as many as that.
               CASE WHEN count(*) = 10000 THEN max(f.response_id) ELSE walk_to END
        INTO ids, uncertain, walk_to FROM dailies.answers_without_job(walk_from, walk_to, 10000) AS f;
        ids := ids || ARRAY(
            SELECT f.response_id FROM dailies.answers_without_job(coalesce(new_from, newest), newest, 1000) AS f WHERE f.is_certain);
        RETURN QUERY SELECT dailies.give_jobs(ids[1:10000]);
    END IF;
    UPDATE dailies.reconciliation r
    SET looked_at = clock_timestamp(), rest = greatest(interval '1 minute', 20 * (clock_timestamp() - started)),
        walked_to = coalesce(walk_to, 0),
        answers_counted = CASE WHEN walk_to < newest THEN r.answers_counted + uncertain ELSE 0 END,
        answers_without_job = CASE WHEN walk_to < newest THEN r.answers_without_job ELSE r.answers_counted + coalesce(uncertain, 0) END,
        jobs_without_answer = (SELECT count(*) FROM dailies.jobs_without_answer(1000));
END $$;

-- Deletes news that is older than `keep`, the first ones first and at most `most` of them. Returns how many it deleted.
CREATE OR REPLACE FUNCTION dailies.prune_outbox(keep interval, most integer) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    IF keep IS NULL OR keep < interval '1 day' OR most IS NULL OR most NOT BETWEEN 1 AND 10000 THEN
        RAISE EXCEPTION 'the outbox keeps a day at least, and loses 1 to 10000 rows at once' USING ERRCODE = '22023';
    END IF;
    WITH first_ones AS (
        SELECT o.id FROM dailies.outbox o ORDER BY o.id LIMIT most FOR UPDATE SKIP LOCKED
    ), deleted AS (
        DELETE FROM dailies.outbox o USING first_ones f WHERE o.id = f.id AND o.created_at < now() - keep RETURNING o.id
    )
    SELECT count(*) INTO gone FROM deleted;
    RETURN gone;
END $$;
