-- KEYS: the catalog's state, then documents. ARGV: the position before the batch, which switch of
-- generations it follows, seconds to live, then a version and a document for each key. Nothing is put
-- unless the cache stands at that position of that generation; a document is never replaced by an
-- older one.
local token, position = string.match(redis.call('get', KEYS[1]) or '', '^(%S+) (%d+)$')
if position ~= ARGV[1] or string.match(token, '^(%d+)%.') ~= ARGV[2] then
    return 0
end
for i = 2, #KEYS do
    local version, document = ARGV[2 * i], ARGV[2 * i + 1]
    local head = redis.call('getrange', KEYS[i], 0, 63)
    local held_token, held_version = string.match(head, '^(%S+) (%d+)\n')
    if held_token ~= token or tonumber(held_version) <= tonumber(version) then
        redis.call('set', KEYS[i], token .. ' ' .. version .. '\n' .. document, 'ex', ARGV[3])
    end
end
return 1
