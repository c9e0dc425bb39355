-- KEYS: the catalog's state, the sign that somebody vouches for it, and documents that are not what
-- is read any more: they go in the moment when the position moves, since before it a slow reader may
-- put the old ones back. ARGV: the position before, the position now, a fresh token, a channel, a
-- message, milliseconds to vouch, and which switch of generations this follows. The token begins
-- with that number: what an earlier generation says is not heard. When the cache does not stand
-- where this step begins, something was missed: with the fresh token every document that is there
-- is forgotten. From -1 all is missed.
local token, position = string.match(redis.call('get', KEYS[1]) or '', '^(%S+) (%d+)$')
local switched = tonumber(string.match(token or '', '^(%d+)%.') or 0)
local same = switched == tonumber(ARGV[7])
if switched > tonumber(ARGV[7]) or (same and tonumber(position) > tonumber(ARGV[2])) then
    return 0
end
for i = 3, #KEYS do
    redis.call('unlink', KEYS[i])
end
redis.call('set', KEYS[2], ARGV[2], 'px', ARGV[6])
if same and position == ARGV[2] and ARGV[1] ~= '-1' then
    return 0
end
if not same or position ~= ARGV[1] then
    token = ARGV[3]
end
redis.call('set', KEYS[1], token .. ' ' .. ARGV[2])
redis.call('publish', ARGV[4], ARGV[5])
return 1
