-- The hiring team's accounts, and how they sign in. Only a hash of every secret is stored, so that a person who reads this database or
-- its backup cannot sign in as anybody.

CREATE TABLE dailies.reviewers (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         text NOT NULL UNIQUE
                  CHECK (email COLLATE "C" = lower(btrim(email) COLLATE "C") AND email COLLATE "C" ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND length(email) <= 254),
    name          text NOT NULL CHECK (length(btrim(name)) BETWEEN 1 AND 200),
    access        text NOT NULL DEFAULT 'reviewer' CHECK (access IN ('admin', 'reviewer')),
    password_hash text CHECK (password_hash ~ '^\$scrypt\$'),
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE dailies.reviewers IS 'Members of the hiring team. Never deleted, because ratings are theirs; disabled instead.';
COMMENT ON COLUMN dailies.reviewers.password_hash IS
    'scrypt with its parameters and salt; null until the first sign-in, and where a proxy or a link says who it is.';

CREATE TABLE dailies.sessions (
    token_hash  bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    reviewer_id bigint NOT NULL REFERENCES dailies.reviewers ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    CHECK (expires_at > created_at)
);
CREATE INDEX sessions_by_reviewer ON dailies.sessions (reviewer_id);
CREATE INDEX sessions_by_expiry ON dailies.sessions (expires_at);
COMMENT ON COLUMN dailies.sessions.token_hash IS 'SHA-256 of the cookie''s 256 random bits.';

CREATE TABLE dailies.sign_in_links (
    token_hash  bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    reviewer_id bigint NOT NULL REFERENCES dailies.reviewers ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    CHECK (expires_at > created_at)
);
CREATE INDEX sign_in_links_by_reviewer ON dailies.sign_in_links (reviewer_id);
COMMENT ON TABLE dailies.sign_in_links IS 'Links that sign somebody in once: using one deletes it.';

-- Recent attempts to sign in. Addresses and accounts are stored as hashes.
CREATE TABLE dailies.sign_in_attempts (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_hash bytea NOT NULL CHECK (octet_length(account_hash) = 32),
    address_hash bytea NOT NULL CHECK (octet_length(address_hash) = 32),
    attempted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_in_attempts_by_account ON dailies.sign_in_attempts (account_hash, attempted_at);
CREATE INDEX sign_in_attempts_by_address ON dailies.sign_in_attempts (address_hash, attempted_at);
CREATE INDEX sign_in_attempts_by_time ON dailies.sign_in_attempts (attempted_at);

CREATE TABLE dailies.api_tokens (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reviewer_id  bigint NOT NULL REFERENCES dailies.reviewers ON DELETE CASCADE,
    name         text NOT NULL CHECK (length(btrim(name)) BETWEEN 1 AND 200),
    scope        text NOT NULL CHECK (scope IN ('read', 'write')),
    token_hash   bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at   timestamptz
);
CREATE INDEX api_tokens_by_reviewer ON dailies.api_tokens (reviewer_id);
COMMENT ON TABLE dailies.api_tokens IS 'What programs use /api/v1 with: each acts as its reviewer and may do no more than that one.';
COMMENT ON COLUMN dailies.api_tokens.scope IS 'read: may only look; write: may also rate, comment and decide.';
