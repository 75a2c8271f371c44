#!lua
-- Make what an import has brought the ledger, in one step, if the ledger is still empty.
--
-- KEYS  1 the ledger's mark   2 the heads   3 the import's heads
--       4 the import's used keys, if it brought any   5 the hash of used keys that an import has brought
--       6... the import's stream and the board's own, in pairs
-- ARGV  1 the mark that is expected   2 the channel of news   3 how long a key is remembered, in milliseconds
--       4... the boards, as in KEYS
-- Answers 0 done · 1 the ledger holds events already · 4 this is another ledger.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 4
end
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 1
end
if #KEYS == 5 then
  return 0
end
redis.call('RENAME', KEYS[3], KEYS[2])
redis.call('PERSIST', KEYS[2])
if redis.call('EXISTS', KEYS[4]) == 1 then
  redis.call('RENAME', KEYS[4], KEYS[5])
  redis.call('PEXPIRE', KEYS[5], ARGV[3])
end
for i = 6, #KEYS, 2 do
  redis.call('RENAME', KEYS[i], KEYS[i + 1])
  redis.call('PERSIST', KEYS[i + 1])
end
for i = 4, #ARGV do
  local p, a, s = string.match(redis.call('HGET', KEYS[2], ARGV[i]), '^(%d+):(%d+):(%x+)$')
  redis.call('PUBLISH', ARGV[2], table.concat({ARGV[i], '1', p, a, s}, '\n'))
end
return 0
