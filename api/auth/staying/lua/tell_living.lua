-- Keeps that sessions live, unless they are known to have ended. Redis may come to this long after
-- whoever sent it has given up: of what was asked for too long ago, or later than now, nothing is kept.
-- KEYS: the sessions' · ARGV: what stands for an end, microseconds that are too long, milliseconds
-- for which to keep, then of each session when PostgreSQL was asked by this clock, and what to keep
local time = redis.call('time')
local now = time[1] * 1000000 + time[2]
for i, key in ipairs(KEYS) do
    local age = now - ARGV[2 * i + 2]
    if age >= 0 and age <= tonumber(ARGV[2]) and redis.call('get', key) ~= ARGV[1] then
        redis.call('set', key, ARGV[2 * i + 3], 'px', ARGV[3])
    end
end
