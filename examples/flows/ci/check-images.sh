# Every image of the environment must have a fixed version.
set -eu
if grep -rn 'newTag: latest' apps/*/overlays/"$ENVIRONMENT"; then
  exit 1
fi
echo "checked=$VERSION" >> "$PROMOTE_OUTPUT"
