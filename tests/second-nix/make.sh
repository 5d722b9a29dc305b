#!/usr/bin/env bash
# Makes a folder with the Nix and skopeo of Debian 13 beside those of the machine, for tests against both. Needs root and
# debootstrap. The programs in FOLDER/bin run in a mount namespace of their own, with the machine's /tmp, /proc, /dev and /sys.
# Usage: tests/second-nix/make.sh [FOLDER]
set -euo pipefail

folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/nixsharp/debian-13}
suite=trixie
packages=nix-bin,libdbi-perl,skopeo,netavark,busybox-static,ca-certificates
made_by=$(sha256sum "${BASH_SOURCE[0]}" | cut -d' ' -f1)

if [ "$(cat "$folder/made-by" 2>/dev/null)" = "$made_by" ]; then
  exit 0
fi

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -n 1)
rm -rf "$folder"
mkdir -p "$folder/bin"
debootstrap --variant=minbase --include="$packages" "$suite" "$folder/root" "${mirror:-}" >"$folder/debootstrap.log" 2>&1 ||
  { tail -n 5 "$folder/debootstrap.log" >&2; exit 1; }
rm -rf "$folder/root/var/cache/apt/archives" "$folder/root/var/lib/apt/lists"

for program in nix nix-store nix-daemon nix-instantiate nix-build nix-env skopeo; do
  cat >"$folder/bin/$program" <<'WRAPPER'
#!/bin/sh
# Runs the program of the same name in ../root.
here=$(dirname "$(dirname "$(readlink -f "$0")")")
exec unshare --mount sh -c '
  set -e
  root=$1 program=$2 folder=$PWD
  shift 2
  # A root of its own instead of a chroot, in which the kernel allows no user namespaces: Nix makes them for its sandbox.
  mount --rbind "$root" "$root"
  for shared in /tmp /proc /dev /sys; do mount --rbind "$shared" "$root$shared"; done
  cd "$root"
  pivot_root . mnt
  umount -l /mnt
  cd "$folder" 2>/dev/null || cd /
  exec "$program" "$@"
' sh "$here/root" "$(basename "$0")" "$@"
WRAPPER
  chmod +x "$folder/bin/$program"
done
echo "$made_by" >"$folder/made-by"
