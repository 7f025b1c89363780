-- The one step by which a shard changes anything that others can see: all of it, or nothing.
--
-- KEYS: 1 state, 2 in, 3 live, 4 kept, 5 out, 6 past
-- ARGV: 1 PUBLISH or SPUBLISH, 2 owner, 3 epoch, 4 from, 5 to, 6 number of the commit before, 7 number of
--   this commit, 8 the first commit that the history keeps, 9 how many bytes for the history (0 or 1);
--   then how many fields are set and how many are removed: 10, 11 in state (as notes), 12, 13 in live,
--   14, 15 in kept, 16, 17 in out; 18 how many frames; then all of it in this order:
--   [history], and of each map first field, value, … then the fields to remove; then node, frame, …
-- Answers "done", or {"fenced", owner, epoch}
--
-- Nothing is rolled back when a call fails, so nothing may fail after the first write: types are looked
-- at first, and the one write that judges its arguments (an id in the history) comes before all others.
--
-- allow-oom: it finishes what was accepted, and frees the inbox. What it may add is bounded by what the
-- inboxes hold; while memory is full they take nothing new.

local FIRST = 19

-- Sets and removes fields; the place after them.
local function change(key, argv, at, set, removed)
  local last = at + 2 * set - 1
  each("HSET", key, argv, at, last)
  each("HDEL", key, argv, last + 1, last + removed)
  return last + removed + 1
end

register("commit", { "allow-oom" }, function(keys, argv)
  local state, inbox, past = keys[1], keys[2], keys[6]
  local is = redis.call("HMGET", state, "owner", "epoch", "position", "commit")
  local owner, epoch = is[1] or "", is[2] or "0"
  if owner ~= argv[2] or epoch ~= argv[3] then return { "fenced", owner, epoch } end
  local position, commit = is[3] or BEGINNING, is[4] or "0"
  if position == argv[5] and commit == argv[7] then return "done" end
  if position ~= argv[4] or commit ~= argv[6] then return { "fenced", owner, epoch } end

  -- Redis says WRONGTYPE here, if it must.
  redis.call("XLEN", inbox)
  redis.call("XLEN", past)
  for index = 3, 5 do redis.call("HLEN", keys[index]) end
  local ms, count = string.match(argv[5], "^(%d+)-(%d+)$")
  local after = ms .. "-" .. decimal(tonumber(count) + 1)

  local at = FIRST
  if argv[9] == "1" then
    redis.call("XADD", past, argv[7] .. "-0", "b", argv[at])
    at = at + 1
  end
  redis.call("HSET", state, "position", argv[5], "commit", argv[7])
  at = change(state, argv, at, tonumber(argv[10]), tonumber(argv[11]))
  at = change(keys[3], argv, at, tonumber(argv[12]), tonumber(argv[13]))
  at = change(keys[4], argv, at, tonumber(argv[14]), tonumber(argv[15]))
  at = change(keys[5], argv, at, tonumber(argv[16]), tonumber(argv[17]))
  if argv[4] ~= argv[5] then redis.call("XTRIM", inbox, "MINID", after) end
  if argv[8] ~= "0" then redis.call("XTRIM", past, "MINID", argv[8]) end

  local channel = ears(state)
  for frame = at, at + 2 * tonumber(argv[18]) - 1, 2 do
    redis.call(argv[1], channel .. argv[frame], "s" .. argv[frame + 1])
  end
  return "done"
end)
