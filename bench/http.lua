-- Sends the requests of the file that REQUESTS names, a token and a path in each line, at random.
local requests = {}
-- Called when the host is known, which each request names.
function init()
    for line in io.lines(os.getenv("REQUESTS")) do
        local token, path = line:match("^(%S+) (%S+)$")
        requests[#requests + 1] = wrk.format("GET", path, { Host = wrk.headers.Host, Authorization = "Bearer " .. token })
    end
    math.randomseed(1)
end

function request()
    return requests[math.random(#requests)]
end

function done(summary)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format("result %d %.1f\n", failed, summary.requests * 1e6 / summary.duration))
end
