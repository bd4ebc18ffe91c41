#!/bin/sh
# Assembles the pages that deploy/nginx.conf serves: the register at the top, the API explorer, the OpenAPI document.
#   tools/install_web.sh DESTINATION
# Swagger UI comes from npm, as web/package-lock.json pins it; its licence goes along. Needs Node.js 18 or newer with npm.
set -eu
destination=${1:?tools/install_web.sh DESTINATION}
root=$(cd "$(dirname "$0")/.." && pwd)
for needed in npm node; do
    command -v $needed >/dev/null ||
        { echo "install_web: there is no $needed: run tools/install_packages.sh client" >&2; exit 1; }
done
packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
trap 'exit 130' HUP INT TERM
cp "$root/web/package.json" "$root/web/package-lock.json" "$root/web/.npmrc" "$packages/"
(cd "$packages" && npm ci --omit=dev --prefer-offline --silent)
swagger_ui=$packages/node_modules/swagger-ui-dist

install -d -m 0755 "$destination" "$destination/explorer"
install -m 0644 "$root"/web/register/* "$root/docs/openapi.json" "$destination/"
install -m 0644 "$root"/web/explorer/* "$swagger_ui/swagger-ui.css" "$swagger_ui/swagger-ui-bundle.js" \
    "$swagger_ui/LICENSE" "$swagger_ui/NOTICE" "$swagger_ui/swagger-ui-bundle.js.LICENSE.txt" "$destination/explorer/"
