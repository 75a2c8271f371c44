#!lua flags=allow-oom
-- Have the ledger take nothing any more; also when Redis is full, for then it has to move.
--
-- KEYS  1 says so, if it is there
-- ARGV  1 who says it
-- Answers who said it before, nil for nobody.

local before = redis.call('GET', KEYS[1])
if not before then
  redis.call('SET', KEYS[1], ARGV[1])
end
return before
