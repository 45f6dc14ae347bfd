# shellcheck shell=bash
# The browser of the end-to-end tests: the host's own, given to them in BIOMAID_CHROMIUM.

readonly BROWSERS=(chromium chromium-browser google-chrome google-chrome-stable)

host_browser() {
  local name
  for name in "${BROWSERS[@]}"; do
    if type -P "$name"; then break; fi
  done
}

# Ubuntu's package is a snap, which cannot run without systemd nor read the tests' folders: Playwright's own build serves there.
inspect_browser() {
  [[ -z ${BIOMAID_CHROMIUM:-} && $distribution != ubuntu && -z $(host_browser) ]] || return 0
  need 'chromium, pour les tests de bout en bout' 'chromium, for the end-to-end tests' chromium
}

use_browser() {
  BIOMAID_CHROMIUM=${BIOMAID_CHROMIUM:-$(host_browser)}
  if [[ -n $BIOMAID_CHROMIUM ]]; then
    export BIOMAID_CHROMIUM
    return
  fi
  step "Chromium de Playwright, et les bibliothèques qu'il lui faut (avec apt)" \
    "Playwright's Chromium, and the libraries that it needs (with apt)"
  require_root
  (cd "$root" && npx playwright-core install --with-deps chromium </dev/null >&2) || fail "$EXIT_INSTALL_BY_HAND" \
    'Chromium manque : installez-le, donnez son chemin dans BIOMAID_CHROMIUM, puis relancez ce script.' \
    'Chromium is missing: install it, give its path in BIOMAID_CHROMIUM, then run this script again.'
}
