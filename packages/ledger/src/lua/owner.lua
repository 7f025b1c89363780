-- assign: gives a shard to its next owner, if the epoch is still the one named, and lets that one hear.
--
-- KEYS: 1 state
-- ARGV: 1 PUBLISH or SPUBLISH, 2 epoch, 3 next owner or ""
-- Answers {1 if it is done, owner, epoch}
--
-- allow-oom: it changes two fields; without it no shard could be taken over while memory is full.

register("assign", { "allow-oom" }, function(keys, argv)
  local state = keys[1]
  local is = redis.call("HMGET", state, "owner", "epoch")
  local epoch = is[2] or "0"
  if epoch ~= argv[2] then return { 0, is[1] or "", epoch } end
  local heir, after = argv[3], decimal(tonumber(epoch) + 1)
  redis.call("HSET", state, "owner", heir, "epoch", after)
  if heir ~= "" then redis.call(argv[1], ears(state) .. heir, "g" .. after) end
  return { 1, heir, after }
end)

-- open: a shard as its new owner finds it.
--
-- KEYS: 1 state, 2 out
-- ARGV: none
-- Answers {field, value, … of state}, {field, value, … of out}

register("open", { "no-writes" }, function(keys)
  return { redis.call("HGETALL", keys[1]), redis.call("HGETALL", keys[2]) }
end)
