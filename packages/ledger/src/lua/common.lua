-- What the functions share. Each function's name carries VERSION, so that nodes of an older and a newer
-- version run side by side; redis-library.ts puts the file together and says which version this is.

-- Before every entry, and where a shard stands that nobody has committed to.
local BEGINNING = "0-0"

-- A sender that was silent for so long is forgotten, and so is one that was buried so long ago. The
-- living append far more often: gateways compare digests with every shard each 10 s.
local FORGET_MS = 86400000
-- How often a shard looks for those.
local SWEEP_MS = 3600000

local function now()
  local time = redis.call("TIME")
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Lua writes large numbers with an exponent.
local function decimal(number)
  return string.format("%.0f", number)
end

-- The channels of a shard's ears, `{rh:<k>}:to:`, from the key of its state, `{rh:<k>}:state`.
local function ears(state)
  return string.sub(state, 1, -6) .. "to:"
end

-- Calls a command with argv[first..last], in pieces: Lua hands over some thousands at a time at most.
-- An even number, so that a field stays with its value.
local PIECE = 4000

local function each(command, key, argv, first, last)
  for at = first, last, PIECE do
    redis.call(command, key, unpack(argv, at, math.min(at + PIECE - 1, last)))
  end
end

-- What a shard knows of a sender: how far it is ("buried" if it is), the last entry, the owner.
local function look(state, sender)
  local known = redis.call("HMGET", state, "from:" .. sender, "tail", "owner")
  local mark = known[1] and string.match(known[1], "^%S+")
  return { mark = mark, tail = known[2] or BEGINNING, owner = known[3] or "" }
end

-- Puts an entry into the inbox and lets the owner hear it. The call that may fail comes first.
local function enter(publish, state, inbox, known, entry)
  local sender = entry.sender
  local id = redis.call("XADD", inbox, "*", "p", known.tail, "s", sender, "b", entry.bytes)
  redis.call("HSET", state, "tail", id, "from:" .. sender, entry.mark .. " " .. id)
  if known.owner ~= "" then
    local head = "e" .. known.tail .. " " .. id .. " " .. sender .. " "
    redis.call(publish, ears(state) .. known.owner, head .. entry.bytes)
  end
  return id
end

-- Forgets nodes that have been silent for long, now and then. Shards' outboxes are never forgotten.
local function sweep(state, id)
  local at = tonumber(string.match(id, "^%d+"))
  local swept = tonumber(redis.call("HGET", state, "swept") or "0")
  if at - swept < SWEEP_MS then return end
  local fields = redis.call("HGETALL", state)
  local old = {}
  for index = 1, #fields, 2 do
    if string.find(fields[index], "^from:%x+$") then
      local last = tonumber(string.match(fields[index + 1], " (%d+)"))
      if at - last > FORGET_MS then old[#old + 1] = fields[index] end
    end
  end
  each("HDEL", state, old, 1, #old)
  redis.call("HSET", state, "swept", decimal(at))
end

local function register(name, flags, callback)
  redis.register_function{
    function_name = VERSION .. "_" .. name,
    callback = callback,
    flags = flags,
  }
end
