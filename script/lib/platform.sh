# shellcheck shell=bash
# The host: its distribution, its package manager, the right to use it; and what it lacks.

# Exit statuses of the scripts, from sysexits.h so that they differ from those of biomaid-compose.
readonly EXIT_INSTALL_BY_HAND=69 EXIT_STEP_FAILED=71 EXIT_NO_RIGHTS=77

needs=()    # what is missing, for people
packages=() # what apt is asked for
by_hand=''  # not empty when something is missing that apt cannot bring

distribution=unknown distribution_version='' distribution_name=$(uname -s)
if [[ -r /etc/os-release ]]; then
  # shellcheck source=/dev/null
  eval "$(. /etc/os-release && printf 'distribution=%q distribution_version=%q distribution_name=%q' \
    "${ID:-unknown}" "${VERSION_ID:-}" "${PRETTY_NAME:-}")"
fi

# version_in TEXT: the first dotted number of it, or nothing.
version_in() {
  [[ $1 =~ [0-9]+(\.[0-9]+)+ ]] && printf '%s' "${BASH_REMATCH[0]}"
  return 0
}

# at_least VERSION MINIMUM; no version is never enough.
at_least() {
  [[ -n $1 && $(printf '%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

# WSL1 has no Linux kernel, so no engine can run in it.
platform_supported() {
  command -v apt-get >/dev/null || return 1
  [[ $(uname -r) != *-Microsoft ]] || return 1
  case $distribution in
    debian) at_least "$distribution_version" 12 ;;
    ubuntu) at_least "$distribution_version" 22.04 ;;
    *) return 1 ;;
  esac
}

package_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

package_candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p'; }

# running PROGRAM: under any user. A minimal host has no pgrep.
running() { grep -qsx "$1" /proc/[0-9]*/comm; }

# need FRENCH ENGLISH [PACKAGE…]
need() {
  needs+=("$(text "$1" "$2")")
  (($# > 2)) || by_hand=1
  packages+=("${@:3}")
}

# sudo drops the environment, and without its proxy apt or the engine may reach nothing.
as_root() {
  local name kept=()
  if ((EUID == 0)); then
    "$@"
    return
  fi
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!name:-} ]] || kept+=("$name=${!name}")
  done
  sudo env "${kept[@]}" "$@"
}

require_root() {
  ((EUID != 0)) || return 0
  command -v sudo >/dev/null || fail "$EXIT_NO_RIGHTS" \
    "Il faut être root pour cela, et sudo n'est pas installé : relancez ce script en root, ou installez sudo." \
    'This needs root, and sudo is not installed: run this script again as root, or install sudo.'
  [[ -z ${sudo_said:-} ]] || return 0
  sudo_said=1
  say 'sudo est utilisé pour ce qui demande root ; il peut demander votre mot de passe.' \
    'sudo is used for what needs root; it may ask for your password.'
}

# A host that was just switched on may be upgrading itself: its lock is waited for.
apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null >&2
}

# An unrelated repository that does not answer is no reason to stop: the installation tells what is really missing.
apt_update() { apt_get update || true; }

apt_install() {
  apt_get install -y --no-install-recommends "$@" || fail "$EXIT_STEP_FAILED" \
    "apt n'a pas pu installer : $*. Le message d'apt est ci-dessus." \
    "apt could not install: $*. Its message is above."
}
