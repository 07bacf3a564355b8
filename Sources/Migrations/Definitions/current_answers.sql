-- `current_answers` follows from responses, review records and ratings; the triggers here keep it so.

-- How often each score was given to a response.
CREATE OR REPLACE FUNCTION dailies.count_scores(response bigint)
RETURNS TABLE (ones smallint, twos smallint, threes smallint, fours smallint, fives smallint, abstentions smallint) LANGUAGE sql STABLE AS $$
    SELECT (count(*) FILTER (WHERE x.score = 1))::smallint, (count(*) FILTER (WHERE x.score = 2))::smallint,
           (count(*) FILTER (WHERE x.score = 3))::smallint, (count(*) FILTER (WHERE x.score = 4))::smallint,
           (count(*) FILTER (WHERE x.score = 5))::smallint, (count(*) FILTER (WHERE x.score IS NULL))::smallint
    FROM dailies.ratings x WHERE x.response_id = response;
$$;

-- Finds which take of an answer counts now, and stores what the wall shows of it.
CREATE OR REPLACE FUNCTION dailies.settle_answer(interview bigint, question bigint) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    -- One transaction at a time settles an answer, and the next statement sees what the one before it committed. (The first take is
    -- guarded by the lock on the interview that every new response takes.)
    PERFORM FROM dailies.current_answers WHERE interview_id = interview AND question_id = question FOR UPDATE;
    INSERT INTO dailies.current_answers AS c (role_id, interview_id, question_id, response_id, question_version, take, status, duration_ms,
                                              silent_ms, faults, warnings, has_poster, has_storyboard,
                                              ones, twos, threes, fours, fives, abstentions)
    SELECT r.role_id, r.interview_id, r.question_id, r.id, r.question_version, r.take,
           CASE rr.outcome WHEN 'usable' THEN 'reviewable' WHEN 'unusable' THEN 'unusable' ELSE 'processing' END,
           rr.duration_ms, dailies.spans_ms(rr.report #> '{audio,silences}'),
           ARRAY(SELECT f ->> 'name' FROM jsonb_array_elements(rr.report -> 'flags') f WHERE f ->> 'severity' = 'fault' ORDER BY 1),
           ARRAY(SELECT f ->> 'name' FROM jsonb_array_elements(rr.report -> 'flags') f WHERE f ->> 'severity' = 'warning' ORDER BY 1),
           coalesce(jsonb_typeof(rr.report #> '{artifacts,poster}') = 'object', false),
           coalesce(jsonb_typeof(rr.report #> '{artifacts,storyboard}') = 'object', false),
           s.ones, s.twos, s.threes, s.fours, s.fives, s.abstentions
    FROM dailies.responses r
    -- The report is parsed once.
    LEFT JOIN LATERAL (
        SELECT x.outcome, x.duration_ms, x.report::jsonb AS report FROM dailies.review_records x WHERE x.response_id = r.id OFFSET 0
    ) AS rr ON true
    CROSS JOIN LATERAL dailies.count_scores(r.id) AS s
    WHERE r.interview_id = interview AND r.question_id = question
    ORDER BY rr.outcome IS NOT DISTINCT FROM 'usable' DESC, r.take DESC
    LIMIT 1
    ON CONFLICT (interview_id, question_id) DO UPDATE
    SET response_id = excluded.response_id, question_version = excluded.question_version, take = excluded.take, status = excluded.status,
        duration_ms = excluded.duration_ms, silent_ms = excluded.silent_ms, faults = excluded.faults, warnings = excluded.warnings,
        has_poster = excluded.has_poster, has_storyboard = excluded.has_storyboard,
        ones = excluded.ones, twos = excluded.twos, threes = excluded.threes, fours = excluded.fours, fives = excluded.fives,
        abstentions = excluded.abstentions;
END $$;

CREATE OR REPLACE FUNCTION dailies.settle_responses() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM dailies.settle_answer(c.interview_id, c.question_id)
    FROM (SELECT DISTINCT changed.interview_id, changed.question_id FROM changed ORDER BY 1, 2) AS c
    -- When the candidate was deleted there is nothing left to store.
    WHERE EXISTS (SELECT FROM dailies.interviews i WHERE i.id = c.interview_id);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER responses_are_settled AFTER INSERT ON dailies.responses
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION dailies.settle_responses();
CREATE OR REPLACE TRIGGER responses_are_unsettled AFTER DELETE ON dailies.responses
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION dailies.settle_responses();

-- Whatever program writes or withdraws a review record has the interview first, as whoever inserts a response has: two transactions that
-- settle several answers then wait for each other at interviews, in one order, and not at answers in any.
CREATE OR REPLACE FUNCTION dailies.lock_interview() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM dailies.responses r JOIN dailies.interviews i ON i.id = r.interview_id
    WHERE r.id = CASE TG_OP WHEN 'DELETE' THEN OLD.response_id ELSE NEW.response_id END FOR NO KEY UPDATE OF i;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER review_records_lock_interviews BEFORE INSERT OR DELETE ON dailies.review_records
    FOR EACH ROW EXECUTE FUNCTION dailies.lock_interview();

CREATE OR REPLACE FUNCTION dailies.settle_record() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM dailies.settle_answer(r.interview_id, r.question_id)
    FROM dailies.responses r WHERE r.id = CASE TG_OP WHEN 'DELETE' THEN OLD.response_id ELSE NEW.response_id END;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER review_records_are_settled AFTER INSERT OR DELETE ON dailies.review_records
    FOR EACH ROW EXECUTE FUNCTION dailies.settle_record();

CREATE OR REPLACE FUNCTION dailies.count_rating() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rated constant bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.response_id ELSE NEW.response_id END;
BEGIN
    -- Two ratings of one answer at the same moment wait for each other here, and the next statement sees both.
    PERFORM FROM dailies.current_answers c WHERE c.response_id = rated FOR NO KEY UPDATE;
    UPDATE dailies.current_answers c
    SET (ones, twos, threes, fours, fives, abstentions) = (SELECT s.* FROM dailies.count_scores(rated) AS s)
    WHERE c.response_id = rated;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER ratings_are_counted AFTER INSERT OR DELETE OR UPDATE OF score, abstained ON dailies.ratings
    FOR EACH ROW EXECUTE FUNCTION dailies.count_rating();
