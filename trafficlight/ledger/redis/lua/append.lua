#!lua
-- Append a board's events at its next positions, all or none; under a key that was used, answer as the first time.
-- Without events: answer so, or that there was no first time; nothing is written.
--
-- KEYS  1 the ledger's mark   2 the heads   3 the board's stream   4 the counter of what was asked again
--       5 says that the ledger takes nothing any more, if it is there
--       6 the hash of used keys that an import has brought   7 the list of keys that are used, if it is there
--       8 the entry of the append's key (absent: it has none)
-- ARGV  1 the mark that is expected   2 the board   3 the position that is expected, "" for any
--       4 the digest of what was sent under the key   5 the instant in microseconds, "" for the server's own
--       6 how long a key is remembered, in milliseconds   7 the channel of news
--       8 how many bytes of events are told with the news; longer ones are to be read   9... the events, if any
-- Answers {0, first, count, at} kept now · {1, first, count, at} was kept before, and is written to disk once
--       more by the counter · {2, position} the board stands elsewhere · {3} the key was used for something
--       else · {4} this is another ledger · {5} it takes nothing any more · {6} what is kept
--       could not be told to others. Numbers are strings. Without events, {0, first, 0, at}: the key is unused.
--
-- Without `allow-oom` it is refused as a whole when Redis is full, before its first write.

local function whole(number)
  return string.format('%.0f', number)
end

if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {4}
end
if redis.call('EXISTS', KEYS[5]) == 1 then
  return {5}
end
-- Looked at before the first write: a command that is refused later would not undo those before it.
if not redis.acl_check_cmd('PUBLISH', ARGV[7], '') then
  return {6}
end

local board, at = ARGV[2], tonumber(ARGV[5])
if not at then
  local time = redis.call('TIME')
  at = tonumber(time[1]) * 1000000 + tonumber(time[2])
end

if KEYS[8] then
  local entry = redis.call('GET', KEYS[8]) or redis.call('HGET', KEYS[6], KEYS[8])
  if entry then
    local first, count, kept_at, length, rest = string.match(entry, '^(%d+):(%d+):(%d+):(%d+):(.*)$')
    if at - tonumber(kept_at) <= tonumber(ARGV[6]) * 1000 then
      length = tonumber(length)
      if string.sub(rest, 1, length) ~= board or string.sub(rest, length + 1) ~= ARGV[4] then
        return {3}
      end
      redis.call('INCR', KEYS[4])
      return {1, first, count, kept_at}
    end
  end
end

local position, before, sum = 0, 0, ''
local head = redis.call('HGET', KEYS[2], board)
if head then
  local p, a, s = string.match(head, '^(%d+):(%d+):(%x+)$')
  position, before, sum = tonumber(p), tonumber(a), s
end
if ARGV[3] ~= '' and tonumber(ARGV[3]) ~= position then
  return {2, whole(position)}
end
if before > at then
  at = before
end

local first, bytes, instant = position + 1, 0, whole(at)
local count = #ARGV - 8
if count == 0 then
  return {0, whole(first), '0', instant}
end
for i = 9, #ARGV do
  position = position + 1
  local p, body = whole(position), ARGV[i]
  sum = string.sub(redis.sha1hex(sum .. board .. ' ' .. p .. ' ' .. instant .. ' ' .. body), 1, 32)
  redis.call('XADD', KEYS[3], p .. '-0', 'a', instant, 's', sum, 'b', body)
  bytes = bytes + #body
end
redis.call('HSET', KEYS[2], board, whole(position) .. ':' .. instant .. ':' .. sum)

if KEYS[8] then
  local entry = whole(first) .. ':' .. count .. ':' .. instant .. ':' .. #board .. ':' .. board .. ARGV[4]
  redis.call('SET', KEYS[8], entry, 'PX', ARGV[6])
  redis.call('RPUSHX', KEYS[7], KEYS[8])
end

local news = {board, whole(first), tostring(count), instant, sum}
if bytes <= tonumber(ARGV[8]) then
  for i = 9, #ARGV do
    news[#news + 1] = ARGV[i]
  end
end
redis.call('PUBLISH', ARGV[7], table.concat(news, '\n'))
return {0, whole(first), tostring(count), instant}
