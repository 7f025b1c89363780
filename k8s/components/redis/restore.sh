#!/bin/sh
# Puts a backup, which comes on standard input, in the place of all that a Redis holds. Every node must be stopped.
#
#   kubectl -n roundhouse exec -i roundhouse-redis-0 -- sh /etc/redis/restore.sh < backup.rdb
#   sh restore.sh -p 6380 -a password < backup.rdb        # options are redis-cli's; on the machine of that Redis
#
# A Redis with an AOF reads no backup when it starts. So a second one reads it, here beside the first. The first
# becomes its replica, takes everything, writes its AOF anew and is on its own again. It is never stopped: in a
# container that would be the end of the container.
set -eu

options=$*
port=${RESTORE_PORT:-6399}
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

first() {
  # shellcheck disable=SC2086
  redis-cli $options "$@"
}
second() { REDISCLI_AUTH=$password redis-cli -h 127.0.0.1 -p "$port" "$@" 2>/dev/null; }
says() { first info "$1" | grep -q "^$2"; }
fail() {
  # Read to its end all the same: kubectl exec waits for ever for somebody to take what it sends.
  [ -t 0 ] || cat >/dev/null
  echo "restore: $1" >&2
  exit 1
}

folder=
process=
is_replica=
masterauth=
finish() {
  if [ -n "$is_replica" ]; then
    first replicaof no one >/dev/null || true
    first config set masterauth "$masterauth" >/dev/null || true
  fi
  if [ -n "$process" ]; then kill -9 "$process" 2>/dev/null || true; fi
  if [ -n "$folder" ]; then rm -rf "$folder"; fi
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

says persistence aof_enabled:1 || fail "no Redis with an AOF answers (redis-cli $options info persistence)"
# What nodes have in memory is ahead of the backup: they would write over it, or be fenced.
if first client list | grep -q ' name=roundhouse '; then fail "nodes are still connected: stop all of them first"; fi

data=$(first config get dir | tail -n 1)
# What the copying leaves behind is nobody's, unless there was one before.
left=$data/$(first config get dbfilename | tail -n 1)
if [ -e "$left" ]; then left=; fi
folder=$(mktemp -d "$data/restore.XXXXXX")
cat >"$folder/dump.rdb"
# Its configuration comes by standard input, since a command line is seen by everybody on the machine.
redis-server - >"$folder/log" 2>&1 <<CONF &
bind 127.0.0.1
port $port
requirepass $password
dir "$folder"
appendonly no
save ""
repl-diskless-sync-delay 0
CONF
process=$!
until [ "$(second ping)" = PONG ]; do
  kill -0 "$process" 2>/dev/null || fail "the backup cannot be read, nothing was changed: $(tail -n 3 "$folder/log")"
  sleep 0.2
done
keys=$(second dbsize)
[ "$keys" -gt 0 ] || fail "the backup holds nothing; nothing was changed"

masterauth=$(first config get masterauth | tail -n +2)
is_replica=yes
first config set masterauth "$password" >/dev/null
first replicaof 127.0.0.1 "$port" >/dev/null
# All of it here, and all of it in the AOF: what is only here would be gone with the next restart.
until says replication master_link_status:up &&
  says persistence aof_enabled:1 &&
  says persistence aof_rewrite_in_progress:0 &&
  says persistence aof_rewrite_scheduled:0 &&
  says persistence aof_last_bgrewrite_status:ok; do
  kill -0 "$process" 2>/dev/null || fail "the second Redis ended: do it again, before any node is started"
  sleep 0.2
done
# Keys that expire meanwhile are removed from both, one after the other.
until [ "$(first dbsize)" = "$(second dbsize)" ]; do sleep 0.2; done
if [ -n "$left" ]; then rm -f "$left"; fi
echo "Restored: $(first dbsize) keys, all of them in the AOF."
