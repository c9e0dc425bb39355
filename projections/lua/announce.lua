-- KEYS: the catalog's state, and the sign that somebody vouches for it. ARGV: the position before,
-- the position now, a fresh token, a channel, a message, milliseconds to vouch. When the cache does
-- not stand where this step begins, something was missed: with the fresh token every document that
-- is there is forgotten.
local token, position = string.match(redis.call('get', KEYS[1]) or '', '^(%S+) (%d+)$')
if position and tonumber(position) > tonumber(ARGV[2]) then
    return 0
end
redis.call('set', KEYS[2], ARGV[2], 'px', ARGV[6])
if position == ARGV[2] then
    return 0
end
if position ~= ARGV[1] then
    token = ARGV[3]
end
redis.call('set', KEYS[1], token .. ' ' .. ARGV[2])
redis.call('publish', ARGV[4], ARGV[5])
return 1
