# shellcheck shell=bash
# The ssh client and its tools, with which the tests read a private git repository.

inspect_ssh() {
  { command -v ssh && command -v ssh-agent; } >/dev/null || need 'openssh-client, pour les tests de git par ssh' \
    'openssh-client, for the tests of git over ssh' openssh-client
}
