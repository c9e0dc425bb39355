-- KEYS: the catalog's state, documents. ARGV: the token that was seen before they were read, seconds
-- to live, then for each the position that it reflects, its version and its bytes. None is kept when
-- another token has come since, as it may be of an earlier generation, nor one when something newer
-- than what it reflects has been announced.
local token, position = string.match(redis.call('get', KEYS[1]) or '', '^(%S+) (%d+)$')
if token ~= ARGV[1] then
    return 0
end
for i = 2, #KEYS do
    local reflected, version, document = ARGV[3 * i - 3], ARGV[3 * i - 2], ARGV[3 * i - 1]
    local head = redis.call('getrange', KEYS[i], 0, 63)
    local held_token, held_version = string.match(head, '^(%S+) (%d+)\n')
    local is_newer = held_token ~= token or tonumber(held_version) <= tonumber(version)
    if is_newer and tonumber(position) <= tonumber(reflected) then
        redis.call('set', KEYS[i], token .. ' ' .. version .. '\n' .. document, 'ex', ARGV[2])
    end
end
return 1
