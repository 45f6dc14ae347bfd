# shellcheck shell=sh
# Sourced by the build steps that need the network. The host's own way out (proxy, package mirrors, CA bundle) arrives in BuildKit secrets, which
# exist only while the step runs: nothing of them is in a layer, in the history or in the image's environment.
#   host  shell lines `export NAME=value`        ca  CA bundle (PEM)        apt  apt sources of bookworm, one-line format        apt-conf  apt's proxy
# Each is optional: without them the step goes straight to the internet with the sources of the image.

# shellcheck disable=SC1091
[ ! -f /run/secrets/host ] || . /run/secrets/host

# apt and Go read the lower-case names only, pip and Poetry either.
[ -z "${HTTP_PROXY:-}" ] || export http_proxy="$HTTP_PROXY"
[ -z "${HTTPS_PROXY:-}" ] || export https_proxy="$HTTPS_PROXY"
[ -z "${NO_PROXY:-}" ] || export no_proxy="$NO_PROXY"

# With a host's list the image's own sources are ignored, not added to: they may not answer from there.
host_apt_get() {
    [ ! -f /run/secrets/ca ] || set -- -o Acquire::https::CaInfo=/run/secrets/ca "$@"
    if [ -f "${APT_SOURCES:=/run/secrets/apt}" ]; then
        set -- -o "Dir::Etc::SourceList=$APT_SOURCES" -o Dir::Etc::SourceParts=/dev/null "$@"
    fi
    [ ! -f /run/secrets/apt-conf ] || export APT_CONFIG=/run/secrets/apt-conf
    DEBIAN_FRONTEND=noninteractive apt-get -q "$@"
}

apt_install() {
    host_apt_get update
    host_apt_get install -y --no-install-recommends "$@"
}

# What no container needs at run time. The Debian copyright files stay: the licences ask for it.
remove_package_leftovers() {
    rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/cache/ldconfig /var/log/* /usr/share/man /usr/share/info \
        /usr/share/locale /usr/share/lintian /usr/share/bug /usr/share/linda /root/.cache /tmp/* /var/tmp/*
    find /usr/share/doc -mindepth 1 ! -type d ! -name copyright -delete 2>/dev/null || true
    find /usr/share/doc -mindepth 1 -type d -empty -delete 2>/dev/null || true
}

# Nothing in these images changes user, so no file may offer to (su, mount, passwd, chage …).
remove_setuid_bits() {
    find / -xdev -type f -perm /6000 -exec chmod a-s {} +
}
