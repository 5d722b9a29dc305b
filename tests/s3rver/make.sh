#!/usr/bin/env bash
# Installs s3rver, an S3 server, and aws4, which signs requests to S3, both of others, into a folder for tests. Needs node and npm.
# Usage: tests/s3rver/make.sh [FOLDER]
set -euo pipefail

folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/nixsharp/s3rver}
packages=(s3rver@3.7.1 aws4@1.13.2)

if [ "$(cat "$folder/made-by" 2>/dev/null)" = "${packages[*]}" ]; then
  exit 0
fi

command -v npm >/dev/null || { echo "npm was not found" >&2; exit 1; }
rm -rf "$folder"
mkdir -p "$folder"
npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error "${packages[@]}" >"$folder/npm.log" 2>&1 ||
  { tail -n 5 "$folder/npm.log" >&2; exit 1; }
echo "${packages[*]}" >"$folder/made-by"
