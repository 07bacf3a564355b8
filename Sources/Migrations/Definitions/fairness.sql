-- Who may see what. The rules of fairness stand here and not in the pages, so that no page, API answer or export can forget one:
--
--   * `role_access` says which roles a reviewer reaches;
--   * `answer_access` says on which answers a reviewer may see what others left. `visible_ratings`, `visible_comments` and
--     `visible_decisions` are the only way to read it; `viewer_answers` and `visible_agreement` count it;
--   * `visible_interviews` is the only way to read a candidate's name. In a blind role it shows none.
--
-- Each view has the column `viewer_id`. A query names the viewer and gets what that viewer may see.

-- Which roles a reviewer reaches, and by which rules. A disabled account reaches none.
CREATE OR REPLACE VIEW dailies.role_access AS
SELECT v.id AS viewer_id, r.id AS role_id, r.slug, r.title, v.access = 'admin' AS is_admin,
       coalesce(s.blind, false) AS blind, coalesce(s.others_ratings, 'after_own') AS others_ratings,
       coalesce(s.admins_follow_rule, true) AS admins_follow_rule
FROM dailies.reviewers v
CROSS JOIN dailies.roles r
LEFT JOIN dailies.role_settings s ON s.role_id = r.id
WHERE v.disabled_at IS NULL
  AND (v.access = 'admin'
       OR EXISTS (SELECT FROM dailies.role_reviewers m WHERE m.role_id = r.id AND m.reviewer_id = v.id));

-- Interviews as a viewer may know them. The candidate's name and address are NULL in a blind role, for everybody.
CREATE OR REPLACE VIEW dailies.visible_interviews AS
SELECT a.viewer_id, i.id AS interview_id, i.role_id, i.pseudonym,
       CASE WHEN NOT a.blind THEN c.name END AS candidate_name,
       CASE WHEN NOT a.blind THEN c.email END AS candidate_email
FROM dailies.role_access a
JOIN dailies.interviews i ON i.role_id = a.role_id
JOIN dailies.candidates c ON c.id = i.candidate_id;

-- THE rule: whether a viewer may see what others left on an answer. Abstaining does not open it, else one could abstain, look, and rate
-- then.
CREATE OR REPLACE FUNCTION dailies.opens(others_ratings text, is_admin boolean, admins_follow_rule boolean, own_score smallint)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT others_ratings = 'always' OR (is_admin AND NOT admins_follow_rule) OR (others_ratings = 'after_own' AND own_score IS NOT NULL);
$$;

-- The answers that a viewer reaches, and whether they are open to that one.
CREATE OR REPLACE VIEW dailies.answer_access AS
SELECT a.viewer_id, a.role_id, r.id AS response_id,
       dailies.opens(a.others_ratings, a.is_admin, a.admins_follow_rule, own.score) AS is_open
FROM dailies.role_access a
JOIN dailies.responses r ON r.role_id = a.role_id
LEFT JOIN dailies.ratings own ON own.response_id = r.id AND own.reviewer_id = a.viewer_id;

-- One's own, and others' on open answers.
CREATE OR REPLACE VIEW dailies.visible_ratings AS
SELECT a.viewer_id, a.role_id, x.*
FROM dailies.answer_access a
JOIN dailies.ratings x ON x.response_id = a.response_id
WHERE a.is_open OR x.reviewer_id = a.viewer_id;

CREATE OR REPLACE VIEW dailies.visible_comments AS
SELECT a.viewer_id, a.role_id, x.*
FROM dailies.answer_access a
JOIN dailies.comments x ON x.response_id = a.response_id
WHERE x.deleted_at IS NULL AND (a.is_open OR x.reviewer_id = a.viewer_id);

-- A decision sums ratings up, so it is kept from those who have still to rate: others' decisions show once the viewer has rated, or
-- abstained from, every answer of the interview that can be reviewed, and at once where the role shows others' ratings always.
CREATE OR REPLACE VIEW dailies.visible_decisions AS
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

-- An answer as it stands for a viewer. Each is exactly one of:
--   done           the viewer has rated it, or abstained
--   processing     nobody has looked into its recording yet
--   awaiting_take  a new take was asked for
--   fault          its recording is at fault, and somebody has to say what becomes of it
--   waiting        it can be watched and rated
--
-- The counts of scores are of what the viewer may see: everybody's where the answer is open, else their own alone.
CREATE OR REPLACE VIEW dailies.viewer_answers AS
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
       o.is_open AND c.ones + c.twos > 0 AND c.fours + c.fives > 0 AS is_split,
       -- Its recording has not arrived yet. Beside the standing, because sites of the release before know no other words.
       c.status = 'processing' AND own.response_id IS NULL AND dailies.awaits_file(c.response_id) AS awaits_file
FROM dailies.role_access a
JOIN dailies.current_answers c ON c.role_id = a.role_id
LEFT JOIN dailies.ratings own ON own.response_id = c.response_id AND own.reviewer_id = a.viewer_id
LEFT JOIN dailies.take_requests t ON t.response_id = c.response_id
CROSS JOIN LATERAL (SELECT dailies.opens(a.others_ratings, a.is_admin, a.admins_follow_rule, own.score) AS is_open) AS o;

-- For calibration, of the answers that are open to a viewer: for each reviewer, score and number of scores of the answer, how many such
-- answers there are, and how often all reviewers gave each score to them.
CREATE OR REPLACE VIEW dailies.visible_agreement AS
SELECT a.viewer_id, a.role_id, x.reviewer_id, x.score, c.ones + c.twos + c.threes + c.fours + c.fives AS scores, count(*) AS answers,
       sum(c.ones) AS ones, sum(c.twos) AS twos, sum(c.threes) AS threes, sum(c.fours) AS fours, sum(c.fives) AS fives
FROM dailies.role_access a
JOIN dailies.current_answers c ON c.role_id = a.role_id
LEFT JOIN dailies.ratings own ON own.response_id = c.response_id AND own.reviewer_id = a.viewer_id
JOIN dailies.ratings x ON x.response_id = c.response_id AND x.score IS NOT NULL
WHERE dailies.opens(a.others_ratings, a.is_admin, a.admins_follow_rule, own.score)
GROUP BY 1, 2, 3, 4, 5;
