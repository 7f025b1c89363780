-- The one step by which a shard changes anything that others can see: all of it, or nothing.
--
-- KEYS: 1 state, 2 in, 3 live, 4 kept, 5 out, 6 past, 7 names
-- ARGV: 1 PUBLISH or SPUBLISH, 2 owner, 3 epoch, 4 from, 5 to, 6 number of the commit before, 7 number of
--   this commit, 8 the first commit that the history keeps, 9 how many bytes for the history (0 or 1);
--   then how many fields are set and how many are removed: 10, 11 in state, 12, 13 in live, 14, 15 in
--   kept, 16, 17 in out; 18 how many frames; then all of it in this order: [history], and of each map
--   first field, value, … then the fields to remove; then node, frame, … What is set in state begins
--   with position and commit; the rest are notes.
-- Answers "done", or {"fenced", owner, epoch}
--
-- Nothing is rolled back when a call fails, so nothing may fail after the first write: the types of maps
-- are looked at first (and whether we may change names), and the one write that judges its arguments (an
-- id in the history) comes before all others. An inbox that is none would not be trimmed, and takes nothing anyway.
--
-- allow-oom: it finishes what was accepted, and frees the inbox. What it may add is bounded by what the
-- inboxes hold; while memory is full they take nothing new.

local FIRST = 19

-- Redis says WRONGTYPE here, if it must.
local function check(key, set, removed)
  if set ~= "0" or removed ~= "0" then redis.call("HLEN", key) end
end

-- Sets and removes fields; the place after them.
local function change(key, argv, at, set, removed)
  local last = at + 2 * set - 1
  each("HSET", key, argv, at, last)
  each("HDEL", key, argv, last + 1, last + removed)
  return last + removed + 1
end

-- Keys of records that can be searched for, and are counted: those stand in names as well, all of them
-- with the same score, and so in the order of their bytes.
local function isListed(key)
  return string.find(key, "^account/") or string.find(key, "^room/") or string.find(key, "^user/")
end

-- What of the kept fields, which begin at this place, comes to names and what leaves it.
local function list(argv, at, set, removed)
  local added, gone = {}, {}
  for field = at, at + 2 * set - 2, 2 do
    if isListed(argv[field]) then
      added[#added + 1] = "0"
      added[#added + 1] = argv[field]
    end
  end
  for field = at + 2 * set, at + 2 * set + removed - 1 do
    if isListed(argv[field]) then gone[#gone + 1] = argv[field] end
  end
  return added, gone
end

register("commit", { "allow-oom" }, function(keys, argv)
  local state, past = keys[1], keys[6]
  local is = redis.call("HMGET", state, "owner", "epoch", "position", "commit")
  local owner, epoch = is[1] or "", is[2] or "0"
  if owner ~= argv[2] or epoch ~= argv[3] then return { "fenced", owner, epoch } end
  local position, commit = is[3] or BEGINNING, is[4] or "0"
  if position == argv[5] and commit == argv[7] then return "done" end
  if position ~= argv[4] or commit ~= argv[6] then return { "fenced", owner, epoch } end

  check(keys[3], argv[12], argv[13])
  check(keys[4], argv[14], argv[15])
  check(keys[5], argv[16], argv[17])
  local kept = FIRST + tonumber(argv[9])
  for place = 10, 12, 2 do kept = kept + 2 * tonumber(argv[place]) + tonumber(argv[place + 1]) end
  local added, gone = list(argv, kept, tonumber(argv[14]), tonumber(argv[15]))
  if #added + #gone > 0 then redis.call("ZREM", keys[7], "") end
  local ms, count = string.match(argv[5], "^(%d+)-(%d+)$")
  local after = ms .. "-" .. decimal(tonumber(count) + 1)

  local at = FIRST
  if argv[9] == "1" then
    redis.call("XADD", past, "MINID", argv[8], argv[7] .. "-0", "b", argv[at])
    at = at + 1
  elseif argv[8] ~= "0" then
    redis.call("XTRIM", past, "MINID", argv[8])
  end
  at = change(state, argv, at, tonumber(argv[10]), tonumber(argv[11]))
  at = change(keys[3], argv, at, tonumber(argv[12]), tonumber(argv[13]))
  at = change(keys[4], argv, at, tonumber(argv[14]), tonumber(argv[15]))
  each("ZADD", keys[7], added, 1, #added)
  each("ZREM", keys[7], gone, 1, #gone)
  at = change(keys[5], argv, at, tonumber(argv[16]), tonumber(argv[17]))
  if argv[4] ~= argv[5] then redis.pcall("XTRIM", keys[2], "MINID", after) end

  local channel = ears(state)
  for frame = at, at + 2 * tonumber(argv[18]) - 1, 2 do
    redis.call(argv[1], channel .. argv[frame], "s" .. argv[frame + 1])
  end
  return "done"
end)
