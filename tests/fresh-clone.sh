#!/usr/bin/env bash
# Does what a new user would do, as if on a new machine: clones the commit and runs the two commands of README.md, with
# empty caches, its own home, and every directory closed to others (mode 0700).
#
#   tests/fresh-clone.sh [--hide-postgres] [--user NAME] [--test]
#
# --hide-postgres  hides PostgreSQL in the usual directories from the commands (needs root on Linux); fails if it is still on the PATH
# --user NAME      runs the commands as an ordinary user (needs root)
# --test           runs dotnet test too, which takes some minutes
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

hide=false user=root test=false
while (($#)); do
  case $1 in
    --hide-postgres) hide=true ;;
    --user) user=$2; shift ;;
    --test) test=true ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  shift
done

usualDirectories=(/usr/lib/postgresql /opt/homebrew /usr/local/pgsql)
port=$((20000 + RANDOM % 20000))
place=$(mktemp -d)
# Removes everything. A cluster of root is in another place, where the server's account can reach it; it is removed too.
remove() {
  sed -n 's|.* data in \(/var/lib/claims-ledger/.*\)/data$|\1|p' "$place/tmp/said" 2>/dev/null | xargs -r rm -rf
  rm -rf "$place"
}
trap remove EXIT
mkdir -p "$place/home" "$place/tmp"
git clone --quiet . "$place/ledger"
if [[ -f ~/.npmrc ]]; then cp ~/.npmrc "$place/home/.npmrc"; fi     # Uses the same registries as the caller.
chmod 0700 "$place" "$place/home" "$place/tmp" "$place/ledger"
chown -R "$user" "$place"

cat >"$place/commands" <<'COMMANDS'
set -Eeuo pipefail
cd "$HOME/../ledger"
demo() { dotnet run --project src/Ledger.Server -- demo --exit --urls "http://127.0.0.1:$port" | tee "$TMPDIR/said"; }
said() { grep -qE "$1" "$TMPDIR/said" || { echo "FAILED: the demo did not say: $1"; exit 1; }; }
if [[ $hide == true ]] && command -v postgres >/dev/null; then echo "FAILED: $(command -v postgres) is still on the PATH"; exit 1; fi

demo
said '^50 assertions; [1-9][0-9]* events appended'
said '^t20: denied .*russia-mfa'
said '^ *ground: .*before 11 September 2017'
said '^ *concedes: '
said '^t01: reported .*conceded by russia-mfa'
if [[ $hide == true ]]; then said '^Started PostgreSQL .*embedded'; fi
demo
said '^50 assertions; .*nothing was appended'
if [[ $test == true ]]; then dotnet test; fi
echo "As $(id -un), PostgreSQL hidden: $hide: all of it held."
COMMANDS

run=(env -i PATH="$PATH" HOME="$place/home" TMPDIR="$place/tmp" DOTNET_CLI_HOME="$place/home" NUGET_PACKAGES="$place/home/packages"
  DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 port="$port" hide="$hide" test="$test")
while IFS= read -r certificates; do run+=("$certificates"); done < <(env | grep -E '^(SSL_CERT_|NODE_EXTRA_CA_CERTS|https?_proxy|HTTPS?_PROXY|DOTNET_ROOT|NUGET_CERT)' || true)
run+=(bash "$place/commands")
if [[ $user != root ]]; then run=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "${run[@]}"); fi
if [[ $hide == true ]]; then
  for directory in "${usualDirectories[@]}"; do
    if [[ -d $directory ]]; then mounts+="mount -t tmpfs none '$directory'; "; fi
  done
  run=(unshare --mount bash -c "${mounts:-}"' "$@"' hidden "${run[@]}")
fi
"${run[@]}"
