# Runs PostgreSQL for as long as its owner lives.
# stdin is a pipe that only the owner holds. It closes when the owner closes it or ends, even by SIGKILL.
# $1 postgres, $2 data directory, $3 log file, $4 seconds for a fast shutdown, $5 seconds for an immediate one

# Ctrl-C and hang-up of the terminal are ignored: they are for the owner, which stops this script in its own order.
trap '' HUP INT TERM
umask 077
exec 2>>"$3" 3<&0

"$1" -D "$2" </dev/null >>"$3" 2>&1 3<&- &
server=$!
echo "$server"

(
  # Nothing is ever written to the pipe, so read returns when it is closed.
  while read -r _ <&3; do :; done
  kill -INT "$server"
  waited=0
  while kill -0 "$server" && [ "$waited" -lt "$4" ]; do sleep 1; waited=$((waited + 1)); done
  kill -QUIT "$server"
  waited=0
  while kill -0 "$server" && [ "$waited" -lt "$5" ]; do sleep 1; waited=$((waited + 1)); done
  kill -KILL "$server"
) >/dev/null 2>&1 &
watcher=$!
exec 3<&- </dev/null

wait "$server"
status=$?
# The watcher is killed before the owner is told: a watcher that outlives the server could signal another process with the same process id.
kill -KILL "$watcher" 2>/dev/null
# The write may fail, because a dead owner no longer reads it.
echo "ended $status" 2>/dev/null
