#!lua flags=allow-oom
-- Take a turn, or keep one; also when Redis is full: places that are written to must not be left alone.
--
-- KEYS  1 the turn
-- ARGV  1 who takes it   2 for how long, in milliseconds
-- Answers 1 it is theirs · 0 somebody else has it.

local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
