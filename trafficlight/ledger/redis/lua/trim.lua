#!lua flags=allow-oom
-- Let go of the beginning of a board's stream, which is in the archive.
-- Also when Redis is full: this makes room.
--
-- KEYS  1 the ledger's mark   2 the hash of what is archived of each board   3 the board's stream
-- ARGV  1 the mark that is expected   2 the board   3 the last position that was archived before   4 ... that is now
-- Answers 1 done · 0 somebody else has archived meanwhile, or this is another ledger.
--
-- Also while Redis is full, which this is to end: `allow-oom`.

if redis.call('GET', KEYS[1]) ~= ARGV[1] or (redis.call('HGET', KEYS[2], ARGV[2]) or '0') ~= ARGV[3] then
  return 0
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
redis.call('XTRIM', KEYS[3], 'MINID', '=', string.format('%.0f-0', tonumber(ARGV[4]) + 1))
return 1
