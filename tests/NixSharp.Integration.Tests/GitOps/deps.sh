#!/usr/bin/env bash
# deps.json the long way: ./deps.sh SOLUTION_FOLDER. Takes the packages that NuGet itself noted for each restored project,
# hashes every one with sha256sum, and writes the hashes as nix does. It knows nothing of sources other than the gallery.
set -euo pipefail
cd "$1"
export NIX_CONFIG="experimental-features = nix-command"

# The order of the packages folder: by folder, then by version, byte by byte.
mapfile -t packages < <(
  sed -n 's/^Project(.*, "\([^"]*\)\\[^"\\]*proj", .*/\1/p' ./*.sln | tr '\\' / | while read -r project; do
    grep -o '"[^"]*\.nupkg\.sha512"' "$project/obj/project.nuget.cache" || true
  done | tr -d '"' | tr / '\001' | LC_ALL=C sort -u | tr '\001' /
)

separator="["
for note in "${packages[@]}"; do
  archive=${note%.sha512}
  folder=$(dirname "$archive")
  name=$(sed -n 's/.*<id>\(.*\)<\/id>.*/\1/p' "$folder"/*.nuspec | head -n 1)
  digest=$(sha256sum "$archive" | cut -d ' ' -f 1)
  printf '%s\n  {\n    "pname": "%s",\n    "version": "%s",\n    "hash": "%s"\n  }' \
    "$separator" "$name" "$(basename "$folder")" "$(nix hash to-sri --type sha256 "$digest" 2>/dev/null)"
  separator=","
done
printf '\n]\n'
