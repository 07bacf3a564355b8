-- What the triggers of judgements add: what a row leaves out, and the trail.

-- The union of spans, in order, cut at the duration.
CREATE OR REPLACE FUNCTION dailies.united_spans(spans jsonb, duration_ms bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_array(lower(span), upper(span)) ORDER BY lower(span)), '[]')
    FROM unnest((
        SELECT range_agg(int8range(greatest((s ->> 0)::bigint, 0), least((s ->> 1)::bigint, duration_ms)))
        FROM jsonb_array_elements(spans) AS s
        WHERE greatest((s ->> 0)::bigint, 0) < least((s ->> 1)::bigint, duration_ms)
    )) AS span;
$$;

CREATE OR REPLACE FUNCTION dailies.complete_rating() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answer record;
BEGIN
    SELECT r.question_version, rr.outcome, rr.duration_ms INTO answer
    FROM dailies.responses r LEFT JOIN dailies.review_records rr ON rr.response_id = r.id WHERE r.id = NEW.response_id;
    -- A recording that nobody can watch says nothing of the candidate.
    IF NEW.score IS NOT NULL AND answer.outcome IS DISTINCT FROM 'usable' THEN
        RAISE EXCEPTION 'answer % cannot be watched, so it cannot be rated', NEW.response_id
            USING ERRCODE = 'DR002', HINT = 'Abstain, or ask for a new take.';
    END IF;
    NEW.question_version := answer.question_version;
    IF TG_OP = 'UPDATE' THEN
        NEW.watched := OLD.watched || NEW.watched;
        NEW.created_at := OLD.created_at;
        NEW.updated_at := now();
    END IF;
    NEW.watched := dailies.united_spans(NEW.watched, coalesce(answer.duration_ms, 0));
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER ratings_are_completed BEFORE INSERT OR UPDATE ON dailies.ratings
    FOR EACH ROW EXECUTE FUNCTION dailies.complete_rating();

-- Whatever statement writes a rating, its event is written with it.
CREATE OR REPLACE FUNCTION dailies.audit_rating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM dailies.audit_response(NEW.reviewer_id, 'rating.given', NEW.response_id,
            jsonb_strip_nulls(jsonb_build_object('score', NEW.score, 'abstained', NEW.abstained)));
    ELSIF (OLD.score, OLD.abstained) IS DISTINCT FROM (NEW.score, NEW.abstained) THEN
        PERFORM dailies.audit_response(NEW.reviewer_id, 'rating.changed', NEW.response_id,
            jsonb_strip_nulls(jsonb_build_object('score', NEW.score, 'abstained', NEW.abstained,
                                                 'was_score', OLD.score, 'was_abstained', OLD.abstained)));
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER ratings_are_audited AFTER INSERT OR UPDATE ON dailies.ratings FOR EACH ROW EXECUTE FUNCTION dailies.audit_rating();

CREATE OR REPLACE FUNCTION dailies.audit_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dailies.audit_response(NEW.reviewer_id, CASE TG_OP WHEN 'INSERT' THEN 'comment.added' ELSE 'comment.deleted' END,
                                   NEW.response_id, jsonb_build_object('comment_id', NEW.id));
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER comments_are_audited AFTER INSERT OR UPDATE ON dailies.comments FOR EACH ROW EXECUTE FUNCTION dailies.audit_comment();

-- A decision is deleted only with its interview, whose row is already deleted here.
CREATE OR REPLACE FUNCTION dailies.keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (SELECT FROM dailies.interviews WHERE id = OLD.interview_id) THEN
        RAISE EXCEPTION 'rows of dailies.decisions are only ever added' USING ERRCODE = 'DR001', HINT = 'Insert a new decision instead.';
    END IF;
    RETURN OLD;
END $$;
CREATE OR REPLACE TRIGGER decisions_are_kept BEFORE UPDATE OR DELETE ON dailies.decisions FOR EACH ROW EXECUTE FUNCTION dailies.keep_decision();

CREATE OR REPLACE FUNCTION dailies.audit_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dailies.audit_events (reviewer_id, action, role_id, interview_id, detail)
    SELECT NEW.reviewer_id, 'decision.made', i.role_id, i.id, jsonb_build_object('verdict', NEW.verdict)
    FROM dailies.interviews i WHERE i.id = NEW.interview_id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER decisions_are_audited AFTER INSERT ON dailies.decisions FOR EACH ROW EXECUTE FUNCTION dailies.audit_decision();

-- The place of an interview in the order of a seed. It depends on nothing else, so it is the same after every reload, and a new interview
-- does not change the order of the others. MD5 is used as a shuffle only.
CREATE OR REPLACE FUNCTION dailies.review_place(seed bigint, interview bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT md5(seed::text || ':' || interview::text);
$$;

-- The seed of a reviewer and a question, drawn at the first use.
CREATE OR REPLACE FUNCTION dailies.review_seed(reviewer bigint, question bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    the_seed bigint;
BEGIN
    SELECT seed INTO the_seed FROM dailies.review_orders WHERE reviewer_id = reviewer AND question_id = question;
    IF NOT FOUND THEN
        INSERT INTO dailies.review_orders (reviewer_id, question_id) VALUES (reviewer, question) ON CONFLICT DO NOTHING;
        SELECT seed INTO STRICT the_seed FROM dailies.review_orders WHERE reviewer_id = reviewer AND question_id = question;
    END IF;
    RETURN the_seed;
END $$;
CREATE OR REPLACE TRIGGER take_requests_are_kept BEFORE UPDATE ON dailies.take_requests
    FOR EACH ROW EXECUTE FUNCTION dailies.refuse_update();

CREATE OR REPLACE FUNCTION dailies.announce_take_request() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO dailies.outbox (topic, payload)
    SELECT 'take.requested', jsonb_build_object('response_id', r.id, 'interview_id', r.interview_id, 'question_id', r.question_id)
    FROM dailies.responses r WHERE r.id = NEW.response_id;
    PERFORM dailies.audit_response(NEW.reviewer_id, 'take.requested', NEW.response_id);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER take_requests_are_announced AFTER INSERT ON dailies.take_requests
    FOR EACH ROW EXECUTE FUNCTION dailies.announce_take_request();
