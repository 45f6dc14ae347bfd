# shellcheck shell=bash
# From whatever the host has to an engine that answers, a current Node and the project's npm packages.

# shellcheck source=script/lib/messages.sh
. "$root/script/lib/messages.sh"
# shellcheck source=script/lib/platform.sh
. "$root/script/lib/platform.sh"
# shellcheck source=script/lib/engine.sh
. "$root/script/lib/engine.sh"
# shellcheck source=script/lib/start-engine.sh
. "$root/script/lib/start-engine.sh"
# shellcheck source=script/lib/trixie.sh
. "$root/script/lib/trixie.sh"
# shellcheck source=script/lib/node.sh
. "$root/script/lib/node.sh"

inspections=(inspect_engine inspect_node inspect_tools)

# With plan_only set, says what would be installed and ends there.
bootstrap() {
  [[ -n ${plan_only:-} ]] || join_engine
  inspect
  ((${#needs[@]} == 0)) || announce
  announce_node
  [[ -z ${plan_only:-} ]] || exit 0
  ((${#needs[@]} == 0)) || install_needs
  start_engine
  join_engine
  use_node
  step 'Paquets npm du projet' "The project's npm packages"
  install_npm_packages "$root"
}

inspect() {
  local inspection
  needs=() packages=() by_hand=''
  for inspection in "${inspections[@]}"; do "$inspection"; done
}

# mmdebstrap makes base images where no registry answers; as another user than root it needs uidmap.
inspect_tools() {
  command -v git >/dev/null || need 'git' 'git' git
  [[ -e /etc/ssl/certs/ca-certificates.crt ]] || need "les autorités de certification de la distribution" \
    "the distribution's certificate authorities" ca-certificates
  [[ $distribution == debian ]] || return 0
  command -v mmdebstrap >/dev/null || need "mmdebstrap, pour les images de base quand aucun registre ne répond" \
    'mmdebstrap, for base images when no registry answers' mmdebstrap
  ((EUID == 0)) || command -v newuidmap >/dev/null || need "uidmap, pour mmdebstrap" 'uidmap, for mmdebstrap' uidmap
}

announce() {
  step "Il manque à cette machine ($distribution_name) :" "This host ($distribution_name) lacks:"
  printf '  - %s\n' "${needs[@]}" >&2
  if [[ -n $by_hand ]] || ! platform_supported; then
    fail "$EXIT_INSTALL_BY_HAND" \
      'Ce script sait les installer sur Debian 12 et 13, Ubuntu 22.04 et 24.04, et WSL2. Ici, installez-les, puis relancez-le.' \
      'This script can install them on Debian 12 and 13, Ubuntu 22.04 and 24.04, and WSL2. Here, install them, then run it again.'
  fi
  say "Seront installés par apt : ${packages[*]}" "apt will install: ${packages[*]}"
  ! needs_trixie || say \
    "Le moteur et ses greffons viennent de la suite trixie du miroir Debian de cette machine (fichiers biomaid-compose dans /etc/apt)." \
    "The engine and its plugins come from the suite trixie of this host's Debian mirror (files biomaid-compose in /etc/apt)."
}

install_needs() {
  require_root
  apt_update
  ! needs_trixie || add_trixie
  check_engine_candidate
  apt_install "${packages[@]}"
  hash -r
  inspect
  ((${#needs[@]} == 0)) || fail "$EXIT_STEP_FAILED" \
    "Toujours absent après l'installation : $(printf '%s; ' "${needs[@]}")(client docker : $(command -v docker))" \
    "Still missing after the installation: $(printf '%s; ' "${needs[@]}")(docker client: $(command -v docker))"
}
