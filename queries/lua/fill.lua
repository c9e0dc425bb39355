-- KEYS: the catalog's state, a document. ARGV: the position that the document reflects, its
-- version, the document, seconds to live, and the token that was seen before it was read. A document
-- is not kept when another token has come since, as it may be of an earlier generation, or when
-- something newer than what it reflects has been announced.
local token, position = string.match(redis.call('get', KEYS[1]) or '', '^(%S+) (%d+)$')
if token ~= ARGV[5] or tonumber(position) > tonumber(ARGV[1]) then
    return 0
end
local head = redis.call('getrange', KEYS[2], 0, 63)
local held_token, held_version = string.match(head, '^(%S+) (%d+)\n')
if held_token ~= token or tonumber(held_version) <= tonumber(ARGV[2]) then
    redis.call('set', KEYS[2], token .. ' ' .. ARGV[2] .. '\n' .. ARGV[3], 'ex', ARGV[4])
end
return 1
