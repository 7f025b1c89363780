-- Who is there, who is dead, and what is to be where. All keys have the tag {rh}.
--
-- members: node → "<end of its lease> <card>"
-- dead: nodes declared dead and not yet buried in every shard
-- gone: those that are, by the time at which they were forgotten
-- terms: pulse, the last renewal of anybody · grace, before which no lease ends · coordinator
--
-- allow-oom, all of them: what they write is bounded by the number of nodes and shards; without them
-- every lease would end while memory is full.

-- Whether a node's lease has ended. Who never renewed has none.
local function isEnded(members, terms, node, at)
  local member = redis.call("HGET", members, node)
  local ends = member and tonumber(string.match(member, "^%d+")) or 0
  local grace = tonumber(redis.call("HGET", terms, "grace") or "0")
  return at >= math.max(ends, grace)
end

local function isBuried(dead, gone, node)
  return redis.call("SISMEMBER", dead, node) == 1 or redis.call("ZSCORE", gone, node)
end

local function part(members, terms, node)
  redis.call("HDEL", members, node)
  if redis.call("HGET", terms, "coordinator") == node then
    redis.call("HSET", terms, "coordinator", "")
  end
end

-- No lease ends later than this, nor does a grace.
local function shorten(members, terms, latest)
  local all = redis.call("HGETALL", members)
  for index = 1, #all, 2 do
    local ends, card = string.match(all[index + 1], "^(%d+) (.*)$")
    if tonumber(ends) > latest then
      redis.call("HSET", members, all[index], decimal(latest) .. " " .. card)
    end
  end
  if tonumber(redis.call("HGET", terms, "grace") or "0") > latest then
    redis.call("HSET", terms, "grace", decimal(latest))
  end
end

-- renew: renews a node's lease; a node that may coordinate takes that lease along when it is free.
--
-- KEYS: 1 members, 2 dead, 3 gone, 4 terms, 5 drained, 6 wishes
-- ARGV: 1 node, 2 card, 3 "1" if it may coordinate, 4 length of a lease in ms, 5 the silence in ms after
--   which leases get a new term
-- Answers "buried", or {now, coordinator, grace, {node, member, …}, {drained …}, {shard, node, …}, {dead …}}

register("renew", { "allow-oom" }, function(keys, argv)
  local members, dead, gone, terms = keys[1], keys[2], keys[3], keys[4]
  local node, at = argv[1], now()
  if isBuried(dead, gone, node) then return "buried" end
  local lease = tonumber(argv[4])
  local pulse = tonumber(redis.call("HGET", terms, "pulse") or at)
  -- The server's clock was set back, or a copy whose clock is behind has taken over: leases that end in a
  -- future that is far away now would keep the dead alive.
  if at < pulse then shorten(members, terms, at + lease) end
  if at - pulse > tonumber(argv[5]) then redis.call("HSET", terms, "grace", decimal(at + lease)) end
  redis.call("HSET", terms, "pulse", decimal(at))
  redis.call("HSET", members, node, decimal(at + lease) .. " " .. argv[2])

  local before = redis.call("HGET", terms, "coordinator") or ""
  local coordinator = before
  if coordinator ~= "" and isEnded(members, terms, coordinator, at) then coordinator = "" end
  if coordinator == "" and argv[3] == "1" then coordinator = node end
  if coordinator == node and argv[3] ~= "1" then coordinator = "" end
  if coordinator ~= before then redis.call("HSET", terms, "coordinator", coordinator) end
  return {
    decimal(at),
    coordinator,
    redis.call("HGET", terms, "grace") or "0",
    redis.call("HGETALL", members),
    redis.call("SMEMBERS", keys[5]),
    redis.call("HGETALL", keys[6]),
    redis.call("SMEMBERS", dead),
  }
end)

-- leave: ends a lease at once.
--
-- KEYS: 1 members, 2 terms
-- ARGV: 1 node
-- Answers 1

register("leave", { "allow-oom" }, function(keys, argv)
  part(keys[1], keys[2], argv[1])
  return 1
end)

-- declare_dead: from now on no renewal of this node succeeds. Only with an ended lease.
--
-- KEYS: 1 members, 2 dead, 3 gone, 4 terms
-- ARGV: 1 node
-- Answers 1 if it is dead, 0 if its lease holds

register("declare_dead", { "allow-oom" }, function(keys, argv)
  local members, dead, gone, terms = keys[1], keys[2], keys[3], keys[4]
  local node = argv[1]
  if isBuried(dead, gone, node) then return 1 end
  if not isEnded(members, terms, node, now()) then return 0 end
  part(members, terms, node)
  redis.call("SADD", dead, node)
  return 1
end)

-- forget: it is buried in every shard. Still no renewal succeeds, until everybody has forgotten it.
--
-- KEYS: 1 dead, 2 gone
-- ARGV: 1 node
-- Answers 1

register("forget", { "allow-oom" }, function(keys, argv)
  local at = now()
  if redis.call("SREM", keys[1], argv[1]) == 1 then
    redis.call("ZADD", keys[2], decimal(at), argv[1])
    redis.call("ZREMRANGEBYSCORE", keys[2], "-inf", decimal(at - FORGET_MS))
  end
  return 1
end)

-- wish: where the coordinator wants shards to be.
--
-- KEYS: 1 wishes
-- ARGV: 1 how many are set, then shard, node, …, then shards whose wishes are removed
-- Answers 1

register("wish", { "allow-oom" }, function(keys, argv)
  local last = 1 + 2 * tonumber(argv[1])
  each("HSET", keys[1], argv, 2, last)
  each("HDEL", keys[1], argv, last + 1, #argv)
  return 1
end)

-- drain: an operator wants a node empty, or no longer.
--
-- KEYS: 1 drained
-- ARGV: 1 SADD or SREM, 2 name
-- Answers 1

register("drain", { "allow-oom" }, function(keys, argv)
  redis.call(argv[1], keys[1], argv[2])
  return 1
end)

-- constant: the first to name one decides.
--
-- KEYS: 1 constants
-- ARGV: 1 name, 2 value
-- Answers the value that holds

register("constant", { "allow-oom" }, function(keys, argv)
  redis.call("HSETNX", keys[1], argv[1], argv[2])
  return redis.call("HGET", keys[1], argv[1])
end)
