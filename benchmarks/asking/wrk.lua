-- For wrk: asks the targets of a file in turn, over and over, and tells in JSON what came of it.
-- A line of the file is a method, a path, the entity tag that is sent along, and a body, with tabs
-- between them; {number} in the body is another number in each request, and as long.
local requests, last, number = {}, 0, 10000000

function init(arguments)
    for line in io.lines(arguments[1]) do
        local method, path, etag, body = line:match("^(%u+)\t([^\t]*)\t([^\t]*)\t(.*)$")
        wrk.headers["If-None-Match"] = etag ~= "" and etag or nil
        local request = wrk.format(method, path, nil, body ~= "" and body or nil)
        local head, tail = request:match("^(.*){number}(.*)$")
        requests[#requests + 1] = {head or request, tail}
    end
end

function request()
    last = last % #requests + 1
    local head, tail = requests[last][1], requests[last][2]
    if not tail then
        return head
    end
    number = number + 1
    return head .. number .. tail
end

function done(summary, latency)
    local errors = summary.errors
    local lost = errors.connect + errors.read + errors.write + errors.timeout
    io.write(string.format(
        '{"requests": %d, "failed": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f}\n',
        summary.requests - errors.status, errors.status + lost, summary.duration / 1e6,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
