#!lua flags=allow-oom
-- Write something, so that WAIT tells how many replicas have all that was written before; also when Redis is full.
--
-- KEYS  1 the counter of what was asked again

return redis.call('INCR', KEYS[1])
