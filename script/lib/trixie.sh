# shellcheck shell=bash
# Debian 12's own engine and Compose are too old. Debian 13's run on it: its suite is read from the mirrors that this host already
# uses, and pinned so that nothing else comes from it.

readonly TRIXIE_PREFERENCES=/etc/apt/preferences.d/biomaid-compose TRIXIE_SOURCES=/etc/apt/sources.list.d/biomaid-compose.sources

# Whether the engine or a plugin is to come from Debian 13.
needs_trixie() {
  [[ $distribution == debian && $distribution_version == 12 && " ${packages[*]} " =~ \ docker(.io|-compose|-buildx)\  ]]
}

# mirror_of CODENAME: where the host reads that suite.
mirror_of() {
  # shellcheck disable=SC2016 # apt expands it
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $1" 'Component: main' | grep -v '^cdrom:' | sed -n 1p
}

trixie_is_offered() {
  at_least "$(version_in "$(package_candidate docker.io)")" "$ENGINE_MINIMUM" &&
    at_least "$(version_in "$(package_candidate docker-compose)")" "$COMPOSE_MINIMUM" &&
    at_least "$(version_in "$(package_candidate docker-buildx)")" "$BUILDX_MINIMUM"
}

add_trixie() {
  local mirror security=''
  ! trixie_is_offered || return 0
  mirror=$(mirror_of bookworm) || trixie_is_unavailable
  security=$(mirror_of bookworm-security) || true
  # The pin comes first: an interruption never leaves the suite without it.
  as_root tee "$TRIXIE_PREFERENCES" >/dev/null <<'PIN'
Package: *
Pin: release n=trixie*
Pin-Priority: 100

Package: docker.io docker-cli docker-compose docker-buildx
Pin: release n=trixie*
Pin-Priority: 600
PIN
  {
    trixie_source "$mirror" trixie
    [[ -z $security ]] || trixie_source "$security" trixie-security
  } | as_root tee "$TRIXIE_SOURCES" >/dev/null
  apt_get update -o Dir::Etc::SourceList="$TRIXIE_SOURCES" -o Dir::Etc::SourceParts=- -o APT::Get::List-Cleanup=0 \
    -o APT::Update::Error-Mode=any || trixie_is_unavailable
  trixie_is_offered || trixie_is_unavailable
}

# trixie_source MIRROR SUITE
trixie_source() {
  cat <<SOURCE
Types: deb
URIs: $1
Suites: $2
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

SOURCE
}

trixie_is_unavailable() {
  local versions="Docker Engine $ENGINE_MINIMUM, Compose $COMPOSE_MINIMUM, buildx $BUILDX_MINIMUM" guide=https://docs.docker.com/engine/install/debian/
  as_root rm -f "$TRIXIE_SOURCES" "$TRIXIE_PREFERENCES"
  fail "$EXIT_INSTALL_BY_HAND" \
    "Le miroir Debian de cette machine ne donne pas la suite trixie, d'où vient le moteur sur Debian 12.
Installez $versions ou plus récents ($guide), puis relancez ce script." \
    "This host's Debian mirror does not give the suite trixie, where the engine comes from on Debian 12.
Install $versions or newer ($guide), then run this script again."
}
