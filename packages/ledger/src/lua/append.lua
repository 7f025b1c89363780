-- append: takes a sender's next batch into the inbox, once.
-- deliver: the same for what was promised, which passes the memory's bound too: it frees what waits in
-- an outbox, and the commit that takes it frees the inbox.
--
-- KEYS: 1 state, 2 in
-- ARGV: 1 PUBLISH or SPUBLISH, 2 sender, 3 number, 4 most entries or 0, 5 bytes
-- Answers "taken", "full", "buried", or {"gap", the last number that is known}

local function append(keys, argv)
  local state, inbox, sender = keys[1], keys[2], argv[2]
  local known = look(state, sender)
  if known.mark == "buried" then return "buried" end
  local last, number = tonumber(known.mark or "0"), tonumber(argv[3])
  if number <= last then return "taken" end
  if number > last + 1 then return { "gap", last } end
  local most = tonumber(argv[4])
  if most > 0 and redis.call("XLEN", inbox) >= most then return "full" end
  local entry = { sender = sender, mark = argv[3], bytes = argv[5] }
  local id = enter(argv[1], state, inbox, known, entry)
  if last == 0 then sweep(state, id) end
  return "taken"
end

register("append", {}, append)
register("deliver", { "allow-oom" }, append)
