#!lua flags=allow-oom
-- Release a lease.
--
-- KEYS  1 the lease
-- ARGV  1 who releases it
-- Answers 1 done · 0 it was not theirs.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('DEL', KEYS[1])
