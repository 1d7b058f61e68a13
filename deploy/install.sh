#!/bin/sh
# Installs what the named packages need to run, but for packages named with a !, from the lockfile and with no scripts of theirs. A secret `ca` is trusted beside the usual authorities.
set -eu
if [ -s /run/secrets/ca ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/ca SSL_CERT_FILE=/run/secrets/ca; fi
pnpm=$(node -p 'require("./package.json").packageManager')
filters=''
for name in "$@"; do
  case "$name" in
    !*) filters="$filters --filter $name" ;;
    *) filters="$filters --filter $name..." ;;
  esac
done
# shellcheck disable=SC2086
npx --yes "$pnpm" $filters install --frozen-lockfile --prod --ignore-scripts
npx --yes "$pnpm" sbom --sbom-format cyclonedx --sbom-type application --prod --lockfile-only --out sbom.cdx.json
rm -rf "$HOME/.npm" "$HOME/.cache" "$HOME/.local"
