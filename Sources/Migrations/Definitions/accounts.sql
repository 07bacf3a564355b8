-- Counts an attempt to sign in, before it is known how it ends, so that a thousand at once are no way around the limit. Returns null
-- when it may go on, or else the seconds until one may; such a refused attempt is not counted.
CREATE OR REPLACE FUNCTION dailies.count_sign_in_attempt(
    account bytea, address bytea, account_limit integer, address_limit integer, within interval
) RETURNS integer LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    free_at timestamptz;
BEGIN
    -- One attempt of an account, and of an address, at a time; always in this order, so that none wait for each other.
    PERFORM FROM dailies.locks WHERE name = 'account.' || get_byte(account, 0) % 64 FOR UPDATE;
    PERFORM FROM dailies.locks WHERE name = 'address.' || get_byte(address, 0) % 64 FOR UPDATE;
    -- An attempt that is ahead of the clock was counted before the clock was set back. It must not keep a person out until then.
    DELETE FROM dailies.sign_in_attempts
    WHERE attempted_at < clock_timestamp() - within OR attempted_at > clock_timestamp() + interval '2 seconds';

    -- The attempt that has to grow old before there is room for one more, whichever limit is the stricter now.
    SELECT max(attempted_at) + within INTO free_at
    FROM ((SELECT a.attempted_at FROM dailies.sign_in_attempts a WHERE a.account_hash = account
           ORDER BY a.attempted_at DESC OFFSET account_limit - 1 LIMIT 1)
          UNION ALL
          (SELECT a.attempted_at FROM dailies.sign_in_attempts a WHERE a.address_hash = address
           ORDER BY a.attempted_at DESC OFFSET address_limit - 1 LIMIT 1)) AS oldest;
    IF free_at > clock_timestamp() THEN
        RETURN ceil(extract(epoch FROM free_at - clock_timestamp()));
    END IF;
    INSERT INTO dailies.sign_in_attempts (account_hash, address_hash, attempted_at) VALUES (account, address, clock_timestamp());
    RETURN NULL;
END $$;
