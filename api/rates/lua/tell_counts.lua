-- Tells what one process has counted in this minute, and hears what all have. What is told is the
-- whole count and not what was added, so that it may be told twice.
-- KEYS: the counts' · ARGV: the process, the seconds for which to keep, then its count of each key
local sums = {}
for i, key in ipairs(KEYS) do
    redis.call('hset', key, ARGV[1], ARGV[i + 2])
    redis.call('expire', key, ARGV[2])
    local sum = 0
    for _, count in ipairs(redis.call('hvals', key)) do
        sum = sum + count
    end
    sums[i] = sum
end
return sums
