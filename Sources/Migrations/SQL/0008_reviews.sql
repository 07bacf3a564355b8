-- What the hiring team leaves on answers, who may see it, and the trail of who did what.
--
-- The rules of fairness stand here and not in the pages, so that no page, API answer or export can forget one:
--
--   * `role_access` says which roles a reviewer reaches;
--   * `answer_access` says on which answers a reviewer may see what others left, and `visible_ratings`, `visible_comments` and
--     `visible_decisions` are the only way to read it; `viewer_answers` and `visible_agreement` have the counts of it;
--   * `visible_interviews` is the only way to read a candidate's name, and has none in a blind role.
--
-- Each of these views has the column `viewer_id`: a reader says who asks, and gets what that one may see.

-- Settings of a role ---------------------------------------------------------------------------------------------------------

CREATE TABLE dailies.role_settings (
    role_id            bigint PRIMARY KEY REFERENCES dailies.roles ON DELETE CASCADE,
    blind              boolean NOT NULL DEFAULT false,
    others_ratings     text NOT NULL DEFAULT 'after_own' CHECK (others_ratings IN ('after_own', 'always', 'never')),
    admins_follow_rule boolean NOT NULL DEFAULT true,
    changed_at         timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE dailies.role_settings IS 'How a role is reviewed; a role without a row has the defaults.';
COMMENT ON COLUMN dailies.role_settings.blind IS 'Nobody is told a candidate''s name or address, admins included. Face and voice remain.';
COMMENT ON COLUMN dailies.role_settings.others_ratings IS
    'When a reviewer sees what others left on an answer. The default keeps ratings independent: a rating that was seen pulls the next one towards it.';
COMMENT ON COLUMN dailies.role_settings.admins_follow_rule IS 'Whether that holds for admins too. They rate as well, so it does unless a role says otherwise.';

CREATE TABLE dailies.role_reviewers (
    role_id     bigint NOT NULL REFERENCES dailies.roles ON DELETE CASCADE,
    reviewer_id bigint NOT NULL REFERENCES dailies.reviewers ON DELETE CASCADE,
    added_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (role_id, reviewer_id)
);
CREATE INDEX role_reviewers_by_reviewer ON dailies.role_reviewers (reviewer_id);
COMMENT ON TABLE dailies.role_reviewers IS 'Who reviews which role. Admins reach every role and need no row.';

-- Which roles a reviewer reaches, and by which rules. A disabled account reaches none.
CREATE VIEW dailies.role_access AS
SELECT v.id AS viewer_id, r.id AS role_id, r.slug, r.title, v.access = 'admin' AS is_admin,
       coalesce(s.blind, false) AS blind, coalesce(s.others_ratings, 'after_own') AS others_ratings,
       coalesce(s.admins_follow_rule, true) AS admins_follow_rule
FROM dailies.reviewers v
CROSS JOIN dailies.roles r
LEFT JOIN dailies.role_settings s ON s.role_id = r.id
WHERE v.disabled_at IS NULL
  AND (v.access = 'admin'
       OR EXISTS (SELECT FROM dailies.role_reviewers m WHERE m.role_id = r.id AND m.reviewer_id = v.id));

-- Pseudonyms -----------------------------------------------------------------------------------------------------------------

-- Drawn at random, not made from anything of the candidate, and kept, so that a team can talk of "Candidate 4F7K". The letters are
-- those that cannot be mistaken for each other or make a word.
CREATE FUNCTION dailies.draw_pseudonym(role bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    letters constant text := '23456789BCDFGHJKMNPQRSTVWXZ';
    drawn   text;
BEGIN
    FOR tries IN 1..1000 LOOP
        -- Four letters, of which there are half a million; one more for each hundred that were taken.
        SELECT 'Candidate ' || string_agg(substr(letters, 1 + floor(random() * length(letters))::integer, 1), '')
        INTO drawn FROM generate_series(1, 4 + tries / 100);
        EXIT WHEN NOT EXISTS (SELECT FROM dailies.interviews i WHERE i.role_id = role AND i.pseudonym = drawn);
    END LOOP;
    -- Whoever draws the same at the same moment is refused by the unique key; the odds are one to half a million.
    RETURN drawn;
END $$;

ALTER TABLE dailies.interviews ADD COLUMN pseudonym text CHECK (pseudonym ~ '^Candidate [0-9A-Z]{4,20}$');
DO $$
DECLARE
    the_interview record;
BEGIN
    FOR the_interview IN SELECT id, role_id FROM dailies.interviews LOOP
        UPDATE dailies.interviews SET pseudonym = dailies.draw_pseudonym(the_interview.role_id) WHERE id = the_interview.id;
    END LOOP;
END $$;
ALTER TABLE dailies.interviews ALTER COLUMN pseudonym SET NOT NULL, ADD UNIQUE (role_id, pseudonym);
COMMENT ON COLUMN dailies.interviews.pseudonym IS 'What the candidate is called in a blind role. Stable, random, unique within the role.';

CREATE FUNCTION dailies.name_interview() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.pseudonym := dailies.draw_pseudonym(NEW.role_id);
    RETURN NEW;
END $$;
CREATE TRIGGER interviews_are_named BEFORE INSERT ON dailies.interviews
    FOR EACH ROW WHEN (NEW.pseudonym IS NULL) EXECUTE FUNCTION dailies.name_interview();

-- Interviews as a viewer may know them. The candidate's name and address are NULL in a blind role, for everybody.
CREATE VIEW dailies.visible_interviews AS
SELECT a.viewer_id, i.id AS interview_id, i.role_id, i.pseudonym,
       CASE WHEN NOT a.blind THEN c.name END AS candidate_name,
       CASE WHEN NOT a.blind THEN c.email END AS candidate_email
FROM dailies.role_access a
JOIN dailies.interviews i ON i.role_id = a.role_id
JOIN dailies.candidates c ON c.id = i.candidate_id;

-- Answers --------------------------------------------------------------------------------------------------------------------

-- How long spans [[from_ms, to_ms], …] are together.
CREATE FUNCTION dailies.spans_ms(spans jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(sum((span ->> 1)::bigint - (span ->> 0)::bigint), 0)::bigint
    FROM jsonb_array_elements(CASE WHEN jsonb_typeof(spans) = 'array' THEN spans ELSE '[]' END) AS span;
$$;

-- The answer to each question as it stands: one row a candidate and question. Which take counts is the newest that can be reviewed, or
-- else the newest: so an answer stays in place until the take that was asked for is ready, and a second try that fails never takes a
-- good first one away.
--
-- All of it follows from responses, review records and ratings, and triggers keep it so. It is a table, because walls and results show
-- thousands of answers at once and reports are large: as a view it costs 25 ms for 4,000 answers, as a table 3. The ratings are counted
-- in it for the same reason: counting 20,000 anew takes 15 ms.
CREATE TABLE dailies.current_answers (
    role_id          bigint NOT NULL,
    interview_id     bigint NOT NULL REFERENCES dailies.interviews ON DELETE CASCADE,
    question_id      bigint NOT NULL,
    response_id      bigint NOT NULL UNIQUE REFERENCES dailies.responses ON DELETE CASCADE,
    question_version integer NOT NULL,
    take             integer NOT NULL,
    status           text NOT NULL CHECK (status IN ('processing', 'reviewable', 'unusable')),
    duration_ms      bigint,
    silent_ms        bigint NOT NULL,
    faults           text[] NOT NULL,
    warnings         text[] NOT NULL,
    has_poster       boolean NOT NULL,
    has_storyboard   boolean NOT NULL,
    ones             smallint NOT NULL,
    twos             smallint NOT NULL,
    threes           smallint NOT NULL,
    fours            smallint NOT NULL,
    fives            smallint NOT NULL,
    abstentions      smallint NOT NULL,
    PRIMARY KEY (interview_id, question_id),
    CHECK (status <> 'reviewable' OR duration_ms IS NOT NULL)
    -- Room beside each row, so that a rating's count touches no index.
) WITH (fillfactor = 80);
CREATE INDEX current_answers_by_question ON dailies.current_answers (role_id, question_id);
COMMENT ON COLUMN dailies.current_answers.silent_ms IS 'How long the answer is silent: what a reviewer who skips silence does not wait for.';
COMMENT ON COLUMN dailies.current_answers.faults IS 'Names of the flags that say that it cannot be judged fairly as it is.';
COMMENT ON COLUMN dailies.current_answers.ones IS
    'How many reviewers gave it 1, and so on. Of everybody, so not to be shown as it is: viewer_answers says what a viewer may see of it.';

CREATE FUNCTION dailies.settle_answer(interview bigint, question bigint) RETURNS void LANGUAGE plpgsql AS $$
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
    LEFT JOIN dailies.review_records rr ON rr.response_id = r.id
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

CREATE FUNCTION dailies.settle_responses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dailies.settle_answer(c.interview_id, c.question_id)
    FROM (SELECT DISTINCT changed.interview_id, changed.question_id FROM changed ORDER BY 1, 2) AS c
    -- Where the candidate is deleted there is nothing to settle.
    WHERE EXISTS (SELECT FROM dailies.interviews i WHERE i.id = c.interview_id);
    RETURN NULL;
END $$;
CREATE TRIGGER responses_are_settled AFTER INSERT ON dailies.responses
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION dailies.settle_responses();
CREATE TRIGGER responses_are_unsettled AFTER DELETE ON dailies.responses
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION dailies.settle_responses();

CREATE FUNCTION dailies.settle_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dailies.settle_answer(r.interview_id, r.question_id)
    FROM dailies.responses r WHERE r.id = CASE TG_OP WHEN 'DELETE' THEN OLD.response_id ELSE NEW.response_id END;
    RETURN NULL;
END $$;
CREATE TRIGGER review_records_are_settled AFTER INSERT OR DELETE ON dailies.review_records
    FOR EACH ROW EXECUTE FUNCTION dailies.settle_record();

-- The trail ------------------------------------------------------------------------------------------------------------------

-- No foreign keys: the trail outlives what it tells of. It holds ids and never a name, so that a candidate who is deleted is.
CREATE TABLE dailies.audit_events (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT now(),
    reviewer_id  bigint,
    action       text NOT NULL CHECK (action ~ '^[a-z]+\.[a-z]+$' AND length(action) <= 60),
    role_id      bigint,
    interview_id bigint,
    response_id  bigint,
    detail       jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detail) = 'object')
);
CREATE INDEX audit_events_by_response ON dailies.audit_events (response_id) WHERE response_id IS NOT NULL;
CREATE INDEX audit_events_by_role ON dailies.audit_events (role_id, id);
COMMENT ON TABLE dailies.audit_events IS 'Who did what, for ever: rows are only added. Ids only, no names and no free text.';
COMMENT ON COLUMN dailies.audit_events.reviewer_id IS 'NULL: somebody at the command line.';

CREATE FUNCTION dailies.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of dailies.% are only ever added', TG_TABLE_NAME USING ERRCODE = 'DR001';
END $$;
-- Whether or not a row would be touched.
CREATE TRIGGER audit_events_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON dailies.audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION dailies.refuse_change();

-- One event about a response.
CREATE FUNCTION dailies.audit_response(reviewer bigint, what text, response bigint, more jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
    INSERT INTO dailies.audit_events (reviewer_id, action, role_id, interview_id, response_id, detail)
    SELECT reviewer, what, r.role_id, r.interview_id, r.id, more FROM dailies.responses r WHERE r.id = response;
$$;

-- Ratings --------------------------------------------------------------------------------------------------------------------

CREATE TABLE dailies.ratings (
    response_id      bigint NOT NULL REFERENCES dailies.responses ON DELETE CASCADE,
    -- Accounts are disabled, never deleted: a rating has somebody who answers for it.
    reviewer_id      bigint NOT NULL REFERENCES dailies.reviewers ON DELETE RESTRICT,
    score            smallint CHECK (score BETWEEN 1 AND 5),
    abstained        text CHECK (abstained IN ('technical_fault', 'knows_candidate', 'cannot_judge', 'other')),
    question_version integer NOT NULL,
    watched          jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(watched) = 'array'),
    watched_ms       bigint NOT NULL GENERATED ALWAYS AS (dailies.spans_ms(watched)) STORED,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (response_id, reviewer_id),
    -- Abstaining is not a low rating, and no rating at all is no row.
    CHECK (num_nonnulls(score, abstained) = 1)
);
CREATE INDEX ratings_by_reviewer ON dailies.ratings (reviewer_id, response_id) INCLUDE (score);
COMMENT ON TABLE dailies.ratings IS 'What a reviewer holds of an answer: a score by the anchors that its candidate''s question had, or an abstention with its reason.';
COMMENT ON COLUMN dailies.ratings.question_version IS 'The version that the candidate was asked, whose anchors were beside the player. Filled by the trigger.';
COMMENT ON COLUMN dailies.ratings.watched IS 'The spans [from_ms, to_ms] that the reviewer has watched, in order and without overlaps, united over all sittings.';

-- The union of spans, in order, cut at the duration.
CREATE FUNCTION dailies.united_spans(spans jsonb, duration_ms bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_array(lower(span), upper(span)) ORDER BY lower(span)), '[]')
    FROM unnest((
        SELECT range_agg(int8range(greatest((s ->> 0)::bigint, 0), least((s ->> 1)::bigint, duration_ms)))
        FROM jsonb_array_elements(spans) AS s
        WHERE greatest((s ->> 0)::bigint, 0) < least((s ->> 1)::bigint, duration_ms)
    )) AS span;
$$;

CREATE FUNCTION dailies.complete_rating() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER ratings_are_completed BEFORE INSERT OR UPDATE ON dailies.ratings
    FOR EACH ROW EXECUTE FUNCTION dailies.complete_rating();

-- However a rating is written, its event is written with it.
CREATE FUNCTION dailies.audit_rating() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER ratings_are_audited AFTER INSERT OR UPDATE ON dailies.ratings FOR EACH ROW EXECUTE FUNCTION dailies.audit_rating();

-- What is counted of an answer's ratings in current_answers.
CREATE FUNCTION dailies.count_scores(response bigint)
RETURNS TABLE (ones smallint, twos smallint, threes smallint, fours smallint, fives smallint, abstentions smallint) LANGUAGE sql STABLE AS $$
    SELECT (count(*) FILTER (WHERE x.score = 1))::smallint, (count(*) FILTER (WHERE x.score = 2))::smallint,
           (count(*) FILTER (WHERE x.score = 3))::smallint, (count(*) FILTER (WHERE x.score = 4))::smallint,
           (count(*) FILTER (WHERE x.score = 5))::smallint, (count(*) FILTER (WHERE x.score IS NULL))::smallint
    FROM dailies.ratings x WHERE x.response_id = response;
$$;

CREATE FUNCTION dailies.count_rating() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rated constant bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.response_id ELSE NEW.response_id END;
BEGIN
    -- Whoever rates the same answer at the same moment waits here, and the next statement sees that rating too.
    PERFORM FROM dailies.current_answers c WHERE c.response_id = rated FOR NO KEY UPDATE;
    UPDATE dailies.current_answers c
    SET (ones, twos, threes, fours, fives, abstentions) = (SELECT s.* FROM dailies.count_scores(rated) AS s)
    WHERE c.response_id = rated;
    RETURN NULL;
END $$;
CREATE TRIGGER ratings_are_counted AFTER INSERT OR DELETE OR UPDATE OF score, abstained ON dailies.ratings
    FOR EACH ROW EXECUTE FUNCTION dailies.count_rating();

-- The answers that were there before this migration.
SELECT dailies.settle_answer(r.interview_id, r.question_id) FROM (SELECT DISTINCT interview_id, question_id FROM dailies.responses) AS r;

-- THE rule: whether a viewer may see what others left on an answer. Abstaining does not open it, else one could abstain, look, and rate
-- then.
CREATE FUNCTION dailies.opens(others_ratings text, is_admin boolean, admins_follow_rule boolean, own_score smallint)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT others_ratings = 'always' OR (is_admin AND NOT admins_follow_rule) OR (others_ratings = 'after_own' AND own_score IS NOT NULL);
$$;

-- The answers that a viewer reaches, and whether they are open to that one.
CREATE VIEW dailies.answer_access AS
SELECT a.viewer_id, a.role_id, r.id AS response_id,
       dailies.opens(a.others_ratings, a.is_admin, a.admins_follow_rule, own.score) AS is_open
FROM dailies.role_access a
JOIN dailies.responses r ON r.role_id = a.role_id
LEFT JOIN dailies.ratings own ON own.response_id = r.id AND own.reviewer_id = a.viewer_id;

-- One's own, and others' on open answers.
CREATE VIEW dailies.visible_ratings AS
SELECT a.viewer_id, a.role_id, x.*
FROM dailies.answer_access a
JOIN dailies.ratings x ON x.response_id = a.response_id
WHERE a.is_open OR x.reviewer_id = a.viewer_id;

-- Comments -------------------------------------------------------------------------------------------------------------------

CREATE TABLE dailies.comments (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    response_id bigint NOT NULL REFERENCES dailies.responses ON DELETE CASCADE,
    reviewer_id bigint NOT NULL REFERENCES dailies.reviewers ON DELETE RESTRICT,
    from_ms     integer NOT NULL CHECK (from_ms >= 0),
    to_ms       integer CHECK (to_ms > from_ms),
    body        text CHECK (length(body) <= 4000 AND btrim(body, E' \t\n\r') <> ''),
    created_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz,
    -- The words of a deleted comment are gone.
    CHECK ((body IS NULL) = (deleted_at IS NOT NULL))
);
CREATE INDEX comments_by_response ON dailies.comments (response_id, from_ms);
COMMENT ON TABLE dailies.comments IS 'Remarks at a moment of an answer, or about a stretch of it where to_ms is there. Never edited; whoever wrote one may delete it.';

CREATE FUNCTION dailies.audit_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM dailies.audit_response(NEW.reviewer_id, CASE TG_OP WHEN 'INSERT' THEN 'comment.added' ELSE 'comment.deleted' END,
                                   NEW.response_id, jsonb_build_object('comment_id', NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER comments_are_audited AFTER INSERT OR UPDATE ON dailies.comments FOR EACH ROW EXECUTE FUNCTION dailies.audit_comment();

CREATE VIEW dailies.visible_comments AS
SELECT a.viewer_id, a.role_id, x.*
FROM dailies.answer_access a
JOIN dailies.comments x ON x.response_id = a.response_id
WHERE x.deleted_at IS NULL AND (a.is_open OR x.reviewer_id = a.viewer_id);

-- Decisions ------------------------------------------------------------------------------------------------------------------

CREATE TABLE dailies.decisions (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    interview_id bigint NOT NULL REFERENCES dailies.interviews ON DELETE CASCADE,
    reviewer_id  bigint NOT NULL REFERENCES dailies.reviewers ON DELETE RESTRICT,
    verdict      text NOT NULL CHECK (verdict IN ('advance', 'hold', 'decline')),
    reason       text NOT NULL CHECK (length(reason) <= 4000 AND btrim(reason, E' \t\n\r') <> ''),
    decided_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX decisions_by_interview ON dailies.decisions (interview_id, id);
COMMENT ON TABLE dailies.decisions IS 'What was decided about an interview; the latest counts, and all are kept. Always with a reason, and always by a person.';

-- They go only together with their interview; its row is gone by then.
CREATE FUNCTION dailies.keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (SELECT FROM dailies.interviews WHERE id = OLD.interview_id) THEN
        RAISE EXCEPTION 'rows of dailies.decisions are only ever added' USING ERRCODE = 'DR001', HINT = 'Insert a new decision instead.';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER decisions_are_kept BEFORE UPDATE OR DELETE ON dailies.decisions FOR EACH ROW EXECUTE FUNCTION dailies.keep_decision();

CREATE FUNCTION dailies.audit_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dailies.audit_events (reviewer_id, action, role_id, interview_id, detail)
    SELECT NEW.reviewer_id, 'decision.made', i.role_id, i.id, jsonb_build_object('verdict', NEW.verdict)
    FROM dailies.interviews i WHERE i.id = NEW.interview_id;
    RETURN NULL;
END $$;
CREATE TRIGGER decisions_are_audited AFTER INSERT ON dailies.decisions FOR EACH ROW EXECUTE FUNCTION dailies.audit_decision();

-- A decision sums ratings up, so it is kept from those who have still to rate: others' decisions show once the viewer has rated, or
-- abstained from, every answer of the interview that can be reviewed, and at once where the role shows others' ratings always.
CREATE VIEW dailies.visible_decisions AS
SELECT a.viewer_id, a.role_id, d.*
FROM dailies.role_access a
JOIN dailies.interviews i ON i.role_id = a.role_id
JOIN dailies.decisions d ON d.interview_id = i.id
WHERE d.reviewer_id = a.viewer_id
   OR a.others_ratings = 'always'
   OR (a.is_admin AND NOT a.admins_follow_rule)
   OR NOT EXISTS (
        SELECT FROM dailies.current_answers c
        WHERE c.interview_id = i.id AND c.status = 'reviewable'
          AND NOT EXISTS (SELECT FROM dailies.ratings own WHERE own.response_id = c.response_id AND own.reviewer_id = a.viewer_id));

-- The order of answers -------------------------------------------------------------------------------------------------------

CREATE TABLE dailies.review_orders (
    reviewer_id bigint NOT NULL REFERENCES dailies.reviewers ON DELETE CASCADE,
    question_id bigint NOT NULL REFERENCES dailies.questions ON DELETE CASCADE,
    seed        bigint NOT NULL DEFAULT floor(random() * 9007199254740992)::bigint,
    PRIMARY KEY (reviewer_id, question_id)
);
COMMENT ON TABLE dailies.review_orders IS
    'In which order a reviewer gets the answers to a question. Who comes first or last is judged differently, so each reviewer and question has an order of its own.';

-- The place of an interview in the order of a seed. It depends on nothing but the two: it is the same after every reload, and who
-- comes later is put in without moving the others. MD5 serves as a shuffle and as nothing else.
CREATE FUNCTION dailies.review_place(seed bigint, interview bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT md5(seed::text || ':' || interview::text);
$$;

-- The seed of a reviewer and a question, drawn at the first use.
CREATE FUNCTION dailies.review_seed(reviewer bigint, question bigint) RETURNS bigint LANGUAGE plpgsql AS $$
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

-- New takes ------------------------------------------------------------------------------------------------------------------

CREATE TABLE dailies.take_requests (
    response_id  bigint PRIMARY KEY REFERENCES dailies.responses ON DELETE CASCADE,
    reviewer_id  bigint NOT NULL REFERENCES dailies.reviewers ON DELETE RESTRICT,
    requested_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE dailies.take_requests IS
    'Answers that should be recorded again, because the recording is at fault. Asking twice is asking once. Whoever invites candidates reads the outbox.';
CREATE TRIGGER take_requests_are_kept BEFORE UPDATE ON dailies.take_requests
    FOR EACH ROW EXECUTE FUNCTION dailies.refuse_update();

ALTER TABLE dailies.outbox DROP CONSTRAINT outbox_topic_check;
ALTER TABLE dailies.outbox ADD CONSTRAINT outbox_topic_check
    CHECK (topic IN ('response.reviewable', 'response.unusable', 'response.reopened', 'take.requested'));

CREATE FUNCTION dailies.announce_take_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dailies.outbox (topic, payload)
    SELECT 'take.requested', jsonb_build_object('response_id', r.id, 'interview_id', r.interview_id, 'question_id', r.question_id)
    FROM dailies.responses r WHERE r.id = NEW.response_id;
    PERFORM dailies.audit_response(NEW.reviewer_id, 'take.requested', NEW.response_id);
    RETURN NULL;
END $$;
CREATE TRIGGER take_requests_are_announced AFTER INSERT ON dailies.take_requests
    FOR EACH ROW EXECUTE FUNCTION dailies.announce_take_request();

-- An answer as it stands for a viewer. Each is exactly one of:
--   done           the viewer has rated it, or abstained
--   processing     nobody has looked into its recording yet
--   awaiting_take  a new take was asked for
--   fault          its recording is at fault, and somebody has to say what becomes of it
--   waiting        it can be watched and rated
--
-- The counts of scores are of what the viewer may see: everybody's where the answer is open, else their own alone.
CREATE VIEW dailies.viewer_answers AS
SELECT a.viewer_id, c.role_id, c.interview_id, c.question_id, c.response_id, c.question_version, c.take, c.status, c.duration_ms, c.silent_ms,
       c.faults, c.warnings, c.has_poster, c.has_storyboard, own.score AS my_score, own.abstained AS my_abstention, o.is_open,
       CASE WHEN own.response_id IS NOT NULL THEN 'done'
            WHEN c.status = 'processing' THEN 'processing'
            WHEN t.response_id IS NOT NULL THEN 'awaiting_take'
            WHEN c.status = 'unusable' OR c.faults <> '{}' THEN 'fault'
            ELSE 'waiting' END AS standing,
       CASE WHEN o.is_open THEN c.ones ELSE coalesce(own.score = 1, false)::integer END AS ones,
       CASE WHEN o.is_open THEN c.twos ELSE coalesce(own.score = 2, false)::integer END AS twos,
       CASE WHEN o.is_open THEN c.threes ELSE coalesce(own.score = 3, false)::integer END AS threes,
       CASE WHEN o.is_open THEN c.fours ELSE coalesce(own.score = 4, false)::integer END AS fours,
       CASE WHEN o.is_open THEN c.fives ELSE coalesce(own.score = 5, false)::integer END AS fives,
       CASE WHEN o.is_open THEN c.abstentions ELSE (own.abstained IS NOT NULL)::integer END AS abstentions,
       CASE WHEN o.is_open THEN c.ones + c.twos + c.threes + c.fours + c.fives ELSE (own.score IS NOT NULL)::integer END AS scores,
       -- Somebody gave 1 or 2, and somebody 4 or 5.
       o.is_open AND c.ones + c.twos > 0 AND c.fours + c.fives > 0 AS is_split
FROM dailies.role_access a
JOIN dailies.current_answers c ON c.role_id = a.role_id
LEFT JOIN dailies.ratings own ON own.response_id = c.response_id AND own.reviewer_id = a.viewer_id
LEFT JOIN dailies.take_requests t ON t.response_id = c.response_id
CROSS JOIN LATERAL (SELECT dailies.opens(a.others_ratings, a.is_admin, a.admins_follow_rule, own.score) AS is_open) AS o;

-- What reviewers gave to the answers that are open to a viewer, beside what all gave to the same: for each reviewer, score and number of
-- scores that the answers have, how many such answers there are, and what was given to them, added up.
CREATE VIEW dailies.visible_agreement AS
SELECT a.viewer_id, a.role_id, x.reviewer_id, x.score, c.ones + c.twos + c.threes + c.fours + c.fives AS scores, count(*) AS answers,
       sum(c.ones) AS ones, sum(c.twos) AS twos, sum(c.threes) AS threes, sum(c.fours) AS fours, sum(c.fives) AS fives
FROM dailies.role_access a
JOIN dailies.current_answers c ON c.role_id = a.role_id
LEFT JOIN dailies.ratings own ON own.response_id = c.response_id AND own.reviewer_id = a.viewer_id
JOIN dailies.ratings x ON x.response_id = c.response_id AND x.score IS NOT NULL
WHERE dailies.opens(a.others_ratings, a.is_admin, a.admins_follow_rule, own.score)
GROUP BY 1, 2, 3, 4, 5;
