# shellcheck shell=bash
# Docker Engine and its two client plugins: which ones are there, which packages bring them, and the right to use them.

readonly ENGINE_MINIMUM=25 COMPOSE_MINIMUM=2.24 BUILDX_MINIMUM=0.12

# The version of the engine that answers, or its client's error.
engine_reply() { timeout 10 docker version --format '{{.Server.Version}}' 2>&1 </dev/null; }

# up, denied (it runs, but this user may not use it) or down
engine_state() {
  local reply
  command -v docker >/dev/null || { echo down; return; }
  if reply=$(engine_reply); then
    echo up
  elif ((EUID != 0)) && [[ $reply == *'ermission denied'* ]] && running dockerd; then
    echo denied
  else
    echo down
  fi
}

engine_is_remote() { [[ -n ${DOCKER_HOST:-}${DOCKER_CONTEXT:-} ]]; }

engine_version() {
  local reply
  command -v docker >/dev/null || return 0
  if reply=$(engine_reply); then
    version_in "$reply"
  elif command -v dockerd >/dev/null && ! engine_is_remote; then
    version_in "$(dockerd --version)"
  fi
}

inspect_engine() {
  local engine compose buildx
  engine=$(engine_version)
  compose=$(version_in "$(docker compose version --short 2>/dev/null || true)")
  buildx=$(version_in "$(docker buildx version 2>/dev/null || true)")

  at_least "$engine" "$ENGINE_MINIMUM" || need_engine "$engine"
  at_least "$compose" "$COMPOSE_MINIMUM" || need_plugin 'Docker Compose' "$COMPOSE_MINIMUM" "$compose" compose
  at_least "$buildx" "$BUILDX_MINIMUM" || need_plugin 'Docker buildx' "$BUILDX_MINIMUM" "$buildx" buildx
}

# need_engine FOUND
need_engine() {
  if engine_is_remote; then
    fail "$EXIT_STEP_FAILED" \
      "Le moteur désigné par DOCKER_HOST ou DOCKER_CONTEXT ne répond pas, ou est antérieur à $ENGINE_MINIMUM (trouvé : ${1:-rien})." \
      "The engine that DOCKER_HOST or DOCKER_CONTEXT names does not answer, or is older than $ENGINE_MINIMUM (found: ${1:-none})."
  fi
  if [[ $(readlink -f "$(command -v docker || true)") == /mnt/wsl/docker-desktop* ]]; then
    fail "$EXIT_STEP_FAILED" \
      'Docker Desktop est installé mais ne répond pas dans cette distribution : démarrez-le, puis relancez ce script.' \
      'Docker Desktop is installed but does not answer in this distribution: start it, then run this script again.'
  fi
  if [[ -n $1 ]] && ! engine_may_be_upgraded; then
    fail "$EXIT_INSTALL_BY_HAND" \
      "Docker Engine $1 est trop ancien ($ENGINE_MINIMUM au moins) et fait tourner des conteneurs, ou n'est pas celui de la distribution :
il n'est pas touché. Mettez-le à jour vous-même (https://docs.docker.com/engine/install/), puis relancez ce script." \
      "Docker Engine $1 is too old ($ENGINE_MINIMUM at least) and runs containers, or is not the distribution's own: it is not touched.
Upgrade it yourself (https://docs.docker.com/engine/install/), then run this script again."
  fi
  local names=(docker.io iptables)
  [[ $distribution != debian ]] || names+=(docker-cli)
  need "Docker Engine $ENGINE_MINIMUM ou plus récent (trouvé : ${1:-rien})" \
    "Docker Engine $ENGINE_MINIMUM or newer (found: ${1:-none})" "${names[@]}"
}

# An upgrade restarts the engine, so nothing may depend on it.
engine_may_be_upgraded() {
  package_installed docker.io && [[ -z $(docker ps --quiet 2>/dev/null) ]]
}

# need_plugin TITLE MINIMUM FOUND NAME
need_plugin() {
  local package="docker-$4"
  if package_installed docker-ce; then
    package="docker-$4-plugin"
  elif [[ $distribution == ubuntu && $4 == compose ]]; then
    package=docker-compose-v2
  fi
  need "$1 $2 ou plus récent (trouvé : ${3:-rien})" "$1 $2 or newer (found: ${3:-none})" "$package"
}

# An older Ubuntu without its updates, for instance, would install an engine that is too old.
check_engine_candidate() {
  local candidate
  [[ " ${packages[*]} " == *' docker.io '* ]] || return 0
  candidate=$(package_candidate docker.io)
  at_least "$(version_in "$candidate")" "$ENGINE_MINIMUM" || fail "$EXIT_INSTALL_BY_HAND" \
    "Les dépôts d'apt de cette machine n'offrent pas Docker Engine $ENGINE_MINIMUM (docker.io : ${candidate:-absent}).
Ajoutez-y les mises à jour de la distribution, ou installez le moteur (https://docs.docker.com/engine/install/), puis relancez ce script." \
    "This host's apt repositories do not offer Docker Engine $ENGINE_MINIMUM (docker.io: ${candidate:-absent}).
Add the distribution's updates to them, or install the engine (https://docs.docker.com/engine/install/), then run this script again."
}

# Membership of the group docker is worth root, so it is only given when asked for.
join_engine() {
  local user group_command
  [[ $(engine_state) == denied ]] || return 0
  user=$(id -un)
  if [[ " $(id -nG "$user") " != *' docker '* ]]; then
    group_command="sudo usermod -aG docker $user"
    say "Pour utiliser le moteur Docker, $user doit appartenir au groupe docker, ce qui équivaut à être root sur cette machine." \
      "To use the Docker engine, $user must belong to the group docker, which amounts to being root on this host."
    if ! agreed; then
      fail "$EXIT_NO_RIGHTS" "Lancez « $group_command », puis relancez ce script." "Run '$group_command', then run this script again."
    fi
    as_root usermod -aG docker "$user"
  fi
  [[ -z ${BIOMAID_IN_DOCKER_GROUP:-} ]] || fail "$EXIT_NO_RIGHTS" \
    "$user appartient au groupe docker, mais le moteur refuse toujours : $(engine_reply)" \
    "$user belongs to the group docker, but the engine still refuses: $(engine_reply)"
  # This session is older than the membership.
  export BIOMAID_IN_DOCKER_GROUP=1
  exec sg docker -c "$(printf '%q ' "${invocation[@]}")"
}

agreed() {
  local answer
  [[ -t 0 ]] || return 1
  read -r -p "$(text "L'y ajouter maintenant ? [o/N] " 'Add it now? [y/N] ')" answer
  [[ $answer == [oOyY]* ]]
}
