#!/usr/bin/env bash
# The one door to this repository: see ./build.sh --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

# What the tests run as real peers, from Debian's packages.
test_packages=(age apache2-utils bubblewrap bash-static buildah busybox-static debootstrap cryptsetup-bin docker-registry dosfstools e2fsprogs fdisk gdisk git gpg gpg-agent nix-bin openssh-server mtools openssl podman qemu-utils rsync skopeo squashfs-tools umoci xfsprogs xorriso xz-utils zstd)

usage() {
  cat <<'TEXT'
Usage: ./build.sh [COMMAND] [OPTIONS]

  (none)   Publish samples/HelloWeb, put it into a store, build a container image and a
           hard-linked volume of it, and say what came of it. Needs only the .NET 10 SDK.
  test     Run all tests. As root on Debian, install the programs they need first.
  tool     Put a runnable nixsharp into artifacts/nixsharp.
  pack     Put the NuGet packages into artifacts/packages.
  bench    Run the benchmarks beside their peers. A name after it runs those that match.
  clean    Delete artifacts/, read-only volumes included.

Options without a command:
  --registry HOST:PORT/REPO   Push the image there as well.
  --store URI                 Use this store. Default: the chroot store in
                              ${XDG_DATA_HOME:-~/.local/share}/nix/root.
TEXT
}

need_sdk() {
  if ! command -v dotnet >/dev/null; then
    echo "error: the .NET 10 SDK was not found; install it from your distribution or from Microsoft, and put dotnet on PATH" >&2
    exit 1
  fi
}

main_job() {
  local arguments=()
  while [ $# -gt 0 ]; do
    case "$1" in
      --registry | --store)
        if [ $# -lt 2 ]; then
          echo "error: $1 needs a value; see ./build.sh --help" >&2
          exit 2
        fi
        arguments+=("$1=$2")
        shift 2
        ;;
      --registry=* | --store=*)
        arguments+=("$1")
        shift
        ;;
      *)
        echo "error: '$1' is not known; see ./build.sh --help" >&2
        exit 2
        ;;
    esac
  done
  need_sdk
  dotnet publish src/NixSharp.Cake -c Release -o artifacts/cake -v q
  dotnet tool restore -v q >/dev/null
  dotnet cake build/build.cake --verbosity=normal "${arguments[@]}"
}

install_test_packages() {
  local missing=()
  if ! command -v npm >/dev/null; then
    missing+=(npm)
  fi
  if ! command -v kubectl >/dev/null; then
    missing+=(kubernetes-client)
  fi
  for package in "${test_packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    echo "installing ${missing[*]}"
    apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
  fi
}

run_tests() {
  need_sdk
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    install_test_packages

    # A second Nix, so that two releases are tested. Kept between runs; without it its tests are skipped and say so.
    tests/second-nix/make.sh || echo "the programs of Debian 13 could not be made ready"
  fi
  # An S3 server that others wrote; without it its tests are skipped and say so.
  tests/s3rver/make.sh || echo "s3rver could not be made ready"
  local results=artifacts/tests status=0
  rm -rf "$results"
  mkdir -p "$results"
  dotnet build NixSharp.sln -c Release -v q
  dotnet test NixSharp.sln -c Release --no-build -m:1 --results-directory "$results" --logger trx \
    2>&1 | tee "$results/output.txt" || status=$?

  # Every skipped test says why: the reason is the first line of its message.
  grep -hA4 'outcome="NotExecuted"' "$results"/*.trx 2>/dev/null |
    sed -n 's/.*<Message>\(.*\)/skipped: \1/p' | sed 's/<.*//' | sort | uniq -c || true

  local passed failed
  passed=$(sed -n 's/.*Passed: *\([0-9]*\), Skipped.*/\1/p' "$results/output.txt" | paste -sd+ | add_up)
  failed=$(sed -n 's/.*Failed: *\([0-9]*\), Passed.*/\1/p' "$results/output.txt" | paste -sd+ | add_up)

  # A suite that broke off has no summary of its own: it counts as one failure.
  if [ "$status" != 0 ] && [ "$failed" = 0 ]; then
    failed=1
  fi
  echo "$passed passed, $failed failed"
  [ "$status" = 0 ] && [ "$failed" = 0 ] && [ "$passed" != 0 ]
}

add_up() {
  local terms
  read -r terms || true
  echo $((${terms:-0}))
}

build_tool() {
  need_sdk
  local runtime
  runtime=$(dotnet --info | sed -n 's/^ *RID: *//p')

  # Compiled ahead of time where the compiler for that can be had; the program is the same without it.
  local options=(src/NixSharp.Tool -c Release -o artifacts/nixsharp -v q
    -r "$runtime" --self-contained false -p:NuGetLockFilePath=obj/tool.lock.json -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false -p:DebugType=none)
  dotnet publish "${options[@]}" -p:PublishReadyToRun=true 2>/dev/null >/dev/null || dotnet publish "${options[@]}"
  echo "artifacts/nixsharp/nixsharp is ready: try artifacts/nixsharp/nixsharp --help"
}

pack() {
  need_sdk
  rm -rf artifacts/packages
  for project in Core Csi MSBuild Cake Tool; do
    dotnet pack "src/NixSharp.$project" -c Release -o artifacts/packages -v q "$@"
  done
  ls -1 artifacts/packages
}

clean() {
  if [ -d artifacts ]; then
    chmod -R u+w artifacts
    rm -rf artifacts
  fi
}

case "${1:-}" in
  test) run_tests ;;
  tool) build_tool ;;
  pack) shift; pack "$@" ;;
  bench) shift; need_sdk; exec dotnet run -c Release --project benchmarks/NixSharp.Benchmarks -- "$@" ;;
  clean) clean ;;
  -h | --help | help) usage ;;
  *) main_job "$@" ;;
esac
