#!/bin/sh
# Fails if an application of the environment has no version.
for file in apps/*/"$ENVIRONMENT"/values.yaml; do
    grep -q "^  tag: ." "$file" || exit 1
done
