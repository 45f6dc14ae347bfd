# shellcheck shell=bash
# A current Node, and the npm packages of the project.

readonly NODE_MINIMUM=24.15

node_is_current() { at_least "$(version_in "$(node --version 2>/dev/null || true)")" "$NODE_MINIMUM"; }

node_can_come_from_npm() { [[ "$(uname -s) $(uname -m)" =~ ^Linux\ (x86_64|aarch64)$ ]]; }

inspect_node() {
  local has_npm=''
  if type -P npm >/dev/null; then has_npm=1; fi
  if node_is_current; then
    [[ -n $has_npm ]] || need npm npm npm
  elif node_can_come_from_npm && { [[ -n $has_npm ]] || platform_supported; }; then
    [[ -n $has_npm ]] || need npm npm npm
    # Node's own build needs this library, which a minimal host lacks.
    has_library libatomic.so.1 || need libatomic libatomic libatomic1
  else
    need "Node $NODE_MINIMUM ou plus récent, avec npm (https://nodejs.org/)" "Node $NODE_MINIMUM or newer, with npm (https://nodejs.org/)"
  fi
}

# No `grep -q`: it would leave at the first match, and ldconfig, still writing, would fail for it under pipefail.
has_library() { PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null | grep "^[[:space:]]*$1 " >/dev/null; }

announce_node() {
  ! node_is_current || return 0
  say "Node de cette machine : $(host_node) ; Node 26 est pris avec npm dans script/node, pour ce projet seulement." \
    "This host's Node: $(host_node); Node 26 is taken with npm into script/node, for this project only."
}

host_node() { node --version 2>/dev/null || text aucun none; }

# Puts a current Node on PATH for the rest of the script only; the host's own is not touched.
use_node() {
  local folder=$root/script/node binaries
  ! node_is_current || return 0
  # npm looks for its global configuration beside the node that runs it: without this the host's registry and CA would be lost.
  npm_config_globalconfig=$(npm config get globalconfig 2>/dev/null)
  export npm_config_globalconfig
  install_npm_packages "$folder" --ignore-scripts
  # Older npm make no link to an optional package's binary, so its own folder is named.
  binaries=("$folder"/node_modules/node-linux-*/bin)
  export PATH=${binaries[0]}:$folder/node_modules/.bin:$PATH
  node_is_current || fail "$EXIT_STEP_FAILED" "Le Node de script/node ne démarre pas : $(node --version 2>&1)" \
    "The Node of script/node does not start: $(node --version 2>&1)"
}

# install_npm_packages FOLDER [OPTION…]: npm ci, unless this very lock is what is installed.
install_npm_packages() {
  local folder=$1 stamp=$1/node_modules/.installed-lock
  cmp --silent "$folder/package-lock.json" "$stamp" && return
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error "${@:2}" </dev/null >&2) || fail "$EXIT_STEP_FAILED" \
    "« npm ci » a échoué dans $folder. Derrière un proxy ou avec un miroir, vérifiez « npm config list »." \
    "'npm ci' failed in $folder. Behind a proxy or with a mirror, check 'npm config list'."
  cp "$folder/package-lock.json" "$stamp"
}
