-- KEYS: the catalog's state, when somebody last vouched for it (microseconds of this clock), and
-- documents that are not what is read any more: they go in the moment when the position moves, since
-- before it a slow reader may put the old ones back. ARGV: the position before, the position now, a
-- fresh token, a channel, a message, the products that changed, and which switch of generations this
-- follows. The token begins with that number: what an earlier generation says is not heard. When the
-- cache does not stand where this step begins, something was missed: with the fresh token every
-- document that is there is forgotten. From -1 all is missed.
local token, position = string.match(redis.call('get', KEYS[1]) or '', '^(%S+) (%d+)$')
local switched = tonumber(string.match(token or '', '^(%d+)%.') or 0)
local same = switched == tonumber(ARGV[7])
if switched > tonumber(ARGV[7]) or (same and tonumber(position) > tonumber(ARGV[2])) then
    return 0
end
for i = 3, #KEYS do
    redis.call('unlink', KEYS[i])
end
local now = redis.call('time')
redis.call('set', KEYS[2], now[1] .. string.format('%06d', now[2]))
if same and position == ARGV[2] and ARGV[1] ~= '-1' then
    return 0
end
local changed = ARGV[6]
if not same or position ~= ARGV[1] then
    token = ARGV[3]
    changed = '*'
end
redis.call('set', KEYS[1], token .. ' ' .. ARGV[2])
redis.call('publish', ARGV[4], ARGV[5] .. ' ' .. changed)
return 1
