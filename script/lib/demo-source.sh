# shellcheck shell=bash
# Which application `script/demo` shows.

readonly UPSTREAM=https://bitbucket.org/ajaborsk/biomaid.git UPSTREAM_SECONDS=20

# Sets up_options: the operator's own, and the source where they have none. The choice of the operator comes first, then
# BIOMAID_SOURCE, then what an existing instance has; only a new one needs upstream.
choose_source() {
  local argument previous='' home=()
  up_options=("$@")
  for argument in "$@"; do
    case $argument in
      --source | --source=*) return ;;
      --home=*) home=("$argument") ;;
    esac
    [[ $previous != --home ]] || home=(--home "$argument")
    previous=$argument
  done
  if [[ -n ${BIOMAID_SOURCE:-} ]]; then
    up_options=(--source "$BIOMAID_SOURCE" "$@")
  elif ! biomaid_compose config show demo "${home[@]}" >/dev/null 2>&1 && ! upstream_answers; then
    shout "Le dépôt de BiomAid ($UPSTREAM) est injoignable d'ici.
CE QUI SUIT N'EST PAS BIOMAID, mais l'application d'exemple fournie avec
biomaid-compose. Pour le vrai BiomAid, une copie de son code suffit :
  ./script/demo --source DOSSIER" \
      "BiomAid's repository ($UPSTREAM) cannot be reached from here.
WHAT FOLLOWS IS NOT BIOMAID, but the sample application that comes with
biomaid-compose. For the real BiomAid, a copy of its code will do:
  ./script/demo --source FOLDER"
    drop_ref "$@"
    up_options=(--source sample "${up_options[@]}")
  fi
}

# The sample has no branch, tag nor commit to choose.
drop_ref() {
  local ref=''
  up_options=()
  while (($# > 0)); do
    case $1 in
      --ref)
        ref=${2:-}
        shift
        ;;
      --ref=*) ref=${1#--ref=} ;;
      *) up_options+=("$1") ;;
    esac
    (($# == 0)) || shift
  done
  [[ -z $ref ]] || say "--ref $ref ne vaut pas pour l'application d'exemple." \
    "--ref $ref does not apply to the sample application."
}

upstream_answers() {
  step "Recherche de BiomAid : $UPSTREAM" "Looking for BiomAid: $UPSTREAM"
  GIT_TERMINAL_PROMPT=0 timeout "$UPSTREAM_SECONDS" git ls-remote --quiet "$UPSTREAM" HEAD </dev/null >/dev/null 2>&1
}
