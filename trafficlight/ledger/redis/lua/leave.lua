#!lua flags=allow-oom
-- Give a turn back.
--
-- KEYS  1 the turn
-- ARGV  1 who gives it back
-- Answers 1 done · 0 it was not theirs.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
