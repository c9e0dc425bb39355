-- For wrk: asks the targets of a file in turn, over and over, and tells in JSON what came of it.
-- A line of the file is a path, or a path, a tab and the entity tag that is sent along.
local requests, last = {}, 0

function init(arguments)
    for line in io.lines(arguments[1]) do
        local path, etag = line:match("^([^\t]*)\t?(.*)$")
        wrk.headers["If-None-Match"] = etag ~= "" and etag or nil
        requests[#requests + 1] = wrk.format("GET", path)
    end
end

function request()
    last = last % #requests + 1
    return requests[last]
end

function done(summary, latency)
    local errors = summary.errors
    local lost = errors.connect + errors.read + errors.write + errors.timeout
    io.write(string.format(
        '{"requests": %d, "failed": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f}\n',
        summary.requests - errors.status, errors.status + lost, summary.duration / 1e6,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
