#!lua flags=allow-oom
-- Acquire a lease, or renew one; also when Redis is full: places that are written to must not be left alone.
--
-- KEYS  1 the lease
-- ARGV  1 who acquires it   2 for how long, in milliseconds
-- Answers 1 it is theirs · 0 somebody else holds it.

local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
