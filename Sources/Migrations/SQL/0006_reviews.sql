-- What the hiring team leaves on answers, and the trail of who did what. `fairness.sql` says who may see it.

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

-- The current answer to each question: one row for each candidate and question. The newest take that can be reviewed counts; if none can be
-- reviewed, the newest take counts. So an answer stays until the take that was asked for is ready, and a second try that fails never
-- replaces a good first one.
--
-- All of it follows from responses, review records and ratings; triggers keep it up to date. It is a table, because walls and results show
-- thousands of answers at once and reports are large: as a view it costs 25 ms for 4,000 answers, as a table 3. It counts the ratings for
-- the same reason: counting 20,000 anew takes 15 ms.
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
    -- Free space in each page, so that an update of the counts changes no index (HOT).
) WITH (fillfactor = 90);
-- With the response, so that a list of answers in parts reads no more than its part.
CREATE INDEX current_answers_by_question ON dailies.current_answers (role_id, question_id, response_id);
COMMENT ON COLUMN dailies.current_answers.silent_ms IS 'How long the answer is silent: what a reviewer who skips silence does not wait for.';
COMMENT ON COLUMN dailies.current_answers.faults IS 'Names of the flags that say that it cannot be judged fairly as it is.';
COMMENT ON COLUMN dailies.current_answers.ones IS
    'How many reviewers gave it 1, and so on. It counts all reviewers, so it is never shown as it is: viewer_answers says what a viewer may see.';

-- Answers --------------------------------------------------------------------------------------------------------------------

-- How long spans [[from_ms, to_ms], …] are together.
CREATE FUNCTION dailies.spans_ms(spans jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(sum((span ->> 1)::bigint - (span ->> 0)::bigint), 0)::bigint
    FROM jsonb_array_elements(CASE WHEN jsonb_typeof(spans) = 'array' THEN spans ELSE '[]' END) AS span;
$$;

-- Ratings --------------------------------------------------------------------------------------------------------------------

CREATE TABLE dailies.ratings (
    response_id      bigint NOT NULL REFERENCES dailies.responses ON DELETE CASCADE,
    -- Accounts are disabled, never deleted, so every rating keeps its author.
    reviewer_id      bigint NOT NULL REFERENCES dailies.reviewers ON DELETE RESTRICT,
    score            smallint CHECK (score BETWEEN 1 AND 5),
    abstained        text CHECK (abstained IN ('technical_fault', 'knows_candidate', 'cannot_judge', 'other')),
    question_version integer NOT NULL,
    watched          jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(watched) = 'array'),
    watched_ms       bigint NOT NULL GENERATED ALWAYS AS (dailies.spans_ms(watched)) STORED,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (response_id, reviewer_id),
    -- An abstention is a row without a score. An answer that is not rated has no row.
    CHECK (num_nonnulls(score, abstained) = 1)
);
CREATE INDEX ratings_by_reviewer ON dailies.ratings (reviewer_id, response_id) INCLUDE (score);
COMMENT ON TABLE dailies.ratings IS 'A reviewer''s judgement of an answer: a score by the anchors that its candidate''s question had, or an abstention with its reason.';
COMMENT ON COLUMN dailies.ratings.question_version IS 'The version that the candidate was asked, whose anchors were beside the player. Filled by the trigger.';
COMMENT ON COLUMN dailies.ratings.watched IS 'The spans [from_ms, to_ms] that the reviewer has watched, in order and without overlaps, united over all sittings.';

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

-- The order of answers -------------------------------------------------------------------------------------------------------

CREATE TABLE dailies.review_orders (
    reviewer_id bigint NOT NULL REFERENCES dailies.reviewers ON DELETE CASCADE,
    question_id bigint NOT NULL REFERENCES dailies.questions ON DELETE CASCADE,
    seed        bigint NOT NULL DEFAULT floor(random() * 9007199254740992)::bigint,
    PRIMARY KEY (reviewer_id, question_id)
);
COMMENT ON TABLE dailies.review_orders IS
    'In which order a reviewer gets the answers to a question. Who comes first or last is judged differently, so each reviewer and question has an order of its own.';

-- New takes ------------------------------------------------------------------------------------------------------------------

CREATE TABLE dailies.take_requests (
    response_id  bigint PRIMARY KEY REFERENCES dailies.responses ON DELETE CASCADE,
    reviewer_id  bigint NOT NULL REFERENCES dailies.reviewers ON DELETE RESTRICT,
    requested_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE dailies.take_requests IS
    'Answers that should be recorded again, because the recording is at fault. A second request changes nothing. The program that invites candidates reads the outbox.';

-- The trail ------------------------------------------------------------------------------------------------------------------

-- No foreign keys, because the trail stays when rows are deleted. It holds only ids, so no name of a deleted candidate remains.
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
