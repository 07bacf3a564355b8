-- Roles with their questions, candidates with their interviews.
-- The migrator itself makes the schema and the table of applied migrations.

CREATE TABLE dailies.roles (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 80),
    title      text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE dailies.roles IS 'The openings that are being filled; each has an ordered list of questions.';

CREATE TABLE dailies.questions (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    role_id  bigint NOT NULL REFERENCES dailies.roles ON DELETE RESTRICT,
    key      text NOT NULL CHECK (key ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' AND length(key) <= 80),
    position integer CHECK (position > 0),
    UNIQUE (role_id, key),
    -- Deferrable, so that questions can swap places within one transaction.
    UNIQUE (role_id, position) DEFERRABLE INITIALLY DEFERRED,
    -- The target of responses' composite key: a response can only answer a question of its interview's role.
    UNIQUE (id, role_id)
);
COMMENT ON COLUMN dailies.questions.position IS 'Place in the role''s list, from 1; NULL when the question is no longer asked but has answers.';

CREATE TABLE dailies.question_versions (
    question_id bigint NOT NULL REFERENCES dailies.questions ON DELETE CASCADE,
    version     integer NOT NULL CHECK (version > 0),
    prompt      text NOT NULL CHECK (length(prompt) BETWEEN 1 AND 2000),
    key_points  text[] NOT NULL CHECK (cardinality(key_points) BETWEEN 1 AND 20 AND array_position(key_points, NULL) IS NULL),
    anchor_1    text NOT NULL CHECK (length(anchor_1) BETWEEN 1 AND 2000),
    anchor_3    text NOT NULL CHECK (length(anchor_3) BETWEEN 1 AND 2000),
    anchor_5    text NOT NULL CHECK (length(anchor_5) BETWEEN 1 AND 2000),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (question_id, version)
);
COMMENT ON TABLE dailies.question_versions IS 'What was asked, word for word. An answer keeps the version it was asked; a change is a new row.';

CREATE TABLE dailies.candidates (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL CHECK (length(btrim(name)) BETWEEN 1 AND 200),
    -- Checked under the "C" collation, as every constraint on text is: what a constraint accepts must not depend on the database's
    -- locale, or a backup could be refused where it is restored.
    email      text NOT NULL
               CHECK (email COLLATE "C" = lower(btrim(email) COLLATE "C") AND email COLLATE "C" ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND length(email) <= 254),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (email)
);

CREATE TABLE dailies.interviews (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    role_id      bigint NOT NULL REFERENCES dailies.roles ON DELETE RESTRICT,
    -- Deleting a candidate (data-protection law gives that right) deletes all that belongs to the candidate.
    candidate_id bigint NOT NULL REFERENCES dailies.candidates ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    pseudonym    text NOT NULL CHECK (pseudonym ~ '^Candidate [0-9A-Z]{4,20}$'),
    UNIQUE (role_id, pseudonym),
    UNIQUE (candidate_id, role_id),
    UNIQUE (id, role_id)
);
CREATE INDEX interviews_by_role ON dailies.interviews (role_id);
COMMENT ON COLUMN dailies.interviews.pseudonym IS 'What the candidate is called in a blind role. Stable, random, unique within the role.';
