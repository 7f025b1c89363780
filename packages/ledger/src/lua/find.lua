-- find: what is kept under keys that begin so, in the order of their bytes.
--
-- KEYS: 1 names, 2 kept
-- ARGV: 1 what they begin with, 2 at most so many
-- Answers {key, value, …}

register("find", { "no-writes" }, function(keys, argv)
  -- No text has the byte 255: everything that begins so comes before that.
  local first, last = "[" .. argv[1], "(" .. argv[1] .. "\255"
  local found = redis.call("ZRANGEBYLEX", keys[1], first, last, "LIMIT", "0", argv[2])
  local answer = {}
  for _, key in ipairs(found) do
    local value = redis.call("HGET", keys[2], key)
    if value then
      answer[#answer + 1] = key
      answer[#answer + 1] = value
    end
  end
  return answer
end)
