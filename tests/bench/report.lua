-- Reports for wrk: valid, each of the next site and with a key of its own.
-- Arguments: the token, a file with a site's id a line, what the keys begin with.
local sites, headers, prefix, number = {}, {}, "", 0

function init(args)
  headers["Authorization"] = "Bearer " .. args[1]
  headers["Content-Type"] = "application/json"
  for site in io.lines(args[2]) do
    sites[#sites + 1] = site
  end
  prefix = args[3]
end

function request()
  number = number + 1
  headers["Idempotency-Key"] = prefix .. number
  local path = "/api/v1/sites/" .. sites[number % #sites + 1] .. "/reports"
  return wrk.format("POST", path, headers, '{"patients":' .. number % 100 .. "}")
end
