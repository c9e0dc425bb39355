-- Keeps that a session lives, unless it is known to have ended.
-- KEYS: the session's · ARGV: what is kept of one that has ended, what to keep, milliseconds
if redis.call('get', KEYS[1]) ~= ARGV[1] then
    redis.call('set', KEYS[1], ARGV[2], 'px', ARGV[3])
end
