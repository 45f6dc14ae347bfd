# shellcheck shell=bash
# Starts the installed engine when it is down, with or without systemd. It is left running at the end.

readonly ENGINE_START_SECONDS=90 ENGINE_LOG=/var/log/dockerd.log

start_engine() {
  [[ $(engine_state) == down ]] || return 0
  step 'Démarrage du moteur Docker, qui restera en marche' 'Starting the Docker engine, which will be left running'
  require_root
  if [[ -d /run/systemd/system ]]; then
    as_root systemctl start docker || engine_did_not_start
  else
    start_dockerd
  fi
  wait_for_engine
}

# runs PROGRAM PID_FILE: the process that the file names is alive, and is that program.
runs() { [[ -r $2 && $(cat "/proc/$(<"$2")/comm" 2>/dev/null) == "$1" ]]; }

# Installing the package may have started it already.
start_dockerd() {
  runs dockerd /var/run/docker.pid && return
  say "Son journal : $ENGINE_LOG" "Its log: $ENGINE_LOG"
  remove_stale_files
  # shellcheck disable=SC2016
  as_root sh -c 'setsid dockerd >>"$1" 2>&1 </dev/null &' sh "$ENGINE_LOG"
}

# An engine that was killed leaves files that keep the next one from starting: a number that another process has taken since,
# and the socket of a containerd that dockerd would use rather than start its own.
remove_stale_files() {
  as_root rm -f /var/run/docker.pid
  runs containerd /run/docker/containerd/containerd.pid || as_root rm -f /run/docker/containerd/containerd.pid
  running containerd || as_root rm -f /run/containerd/containerd.sock
}

wait_for_engine() {
  local deadline=$((SECONDS + ENGINE_START_SECONDS))
  while [[ $(engine_state) == down ]]; do
    ((SECONDS < deadline)) || engine_did_not_start
    sleep 1
  done
}

engine_did_not_start() {
  if [[ -d /run/systemd/system ]]; then
    as_root journalctl --unit docker --lines 20 --no-pager >&2 || true
  else
    as_root tail -n 20 "$ENGINE_LOG" >&2 || true
  fi
  fail "$EXIT_STEP_FAILED" "Le moteur Docker ne répond pas : les dernières lignes de son journal sont ci-dessus." \
    'The Docker engine does not answer: the last lines of its log are above.'
}
