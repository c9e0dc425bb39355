-- KEYS: the catalog's state. ARGV: the position before, the position now, a fresh token, a channel,
-- a message. When the cache does not stand where this step begins, something was missed: with the
-- fresh token every document that is there is forgotten.
local token, position = string.match(redis.call('get', KEYS[1]) or '', '^(%S+) (%d+)$')
if position and tonumber(position) >= tonumber(ARGV[2]) then
    return 0
end
if position ~= ARGV[1] then
    token = ARGV[3]
end
redis.call('set', KEYS[1], token .. ' ' .. ARGV[2])
redis.call('publish', ARGV[4], ARGV[5])
return 1
