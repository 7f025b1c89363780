-- From now on nothing of this node is taken, and its last word stands in the inbox. Once.
--
-- KEYS: 1 state, 2 in
-- ARGV: 1 PUBLISH or SPUBLISH, 2 node, 3 bytes
-- Answers "buried"
--
-- allow-oom: one entry for each node that dies; without it its users would stay online while memory is
-- full.

register("bury", { "allow-oom" }, function(keys, argv)
  local state, node = keys[1], argv[2]
  local known = look(state, node)
  if known.mark == "buried" then return "buried" end
  local entry = { sender = node, mark = "buried", bytes = argv[3] }
  sweep(state, enter(argv[1], state, keys[2], known, entry))
  return "buried"
end)
