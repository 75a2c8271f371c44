#!lua
-- Count one more or fewer, within the window that the first one opened.
--
-- KEYS  1 the count
-- ARGV  1 `more`, `fewer` or `none`   2 the window, in milliseconds
-- Answers {how many now, how long the window lasts yet in milliseconds}; {0, 0} where there is no window.

if ARGV[1] == 'more' then
  local times = redis.call('INCR', KEYS[1])
  if redis.call('PTTL', KEYS[1]) < 0 then
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
  end
  return {times, redis.call('PTTL', KEYS[1])}
end
local times = tonumber(redis.call('GET', KEYS[1]))
if not times then
  return {0, 0}
end
times = ARGV[1] == 'fewer' and math.max(times - 1, 0) or 0
redis.call('SET', KEYS[1], times, 'KEEPTTL')
return {times, redis.call('PTTL', KEYS[1])}
