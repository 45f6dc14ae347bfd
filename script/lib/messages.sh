# shellcheck shell=bash
# What the scripts say. Every message is given in French, then in English, so that none can lack a language.
# Messages go to stderr: stdout belongs to the command that is run in the end.

# The order of POSIX (XBD 8.2), as in the CLI.
case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
  [fF][rR]*) readonly LANGUAGE_OF_MESSAGES=fr ;;
  *) readonly LANGUAGE_OF_MESSAGES=en ;;
esac

bold='' plain=''
if [[ -t 2 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' plain=$'\e[0m'
fi

# text FRENCH ENGLISH
text() {
  if [[ $LANGUAGE_OF_MESSAGES == fr ]]; then printf '%s' "$1"; else printf '%s' "$2"; fi
}

say() { printf '%s\n' "$(text "$1" "$2")" >&2; }

step() { printf '%s==> %s%s\n' "$bold" "$(text "$1" "$2")" "$plain" >&2; }

# For what must not be missed: both languages, whatever the locale.
shout() {
  local line='**********************************************************************'
  printf '\n%s%s\n%s\n\n%s\n%s%s\n\n' "$bold" "$line" "$1" "$2" "$line" "$plain" >&2
}

# fail STATUS FRENCH ENGLISH
fail() {
  printf '%s%s%s\n' "$bold" "$(text "$2" "$3")" "$plain" >&2
  exit "$1"
}
