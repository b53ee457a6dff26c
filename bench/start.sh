#!/usr/bin/env bash
# How long the deployed functions take to start: compiled at the start (jit), ahead of time (r2r), and ahead of time with the
# framework's generics (r2r-cross, what is deployed). Prints a row of medians for each; results/start.md has what was seen.
set -euo pipefail
cd "$(dirname "$0")/.."
forms="$PWD/artifacts/start"

publish() { # publish NAME ARGUMENTS...: each in folders of its own, as they would take each other's compiled files for theirs
  dotnet publish src/Functions -c Release --artifacts-path "$forms/build-$1" -o "$forms/$1" --disable-build-servers "${@:2}" > "$forms/$1.log"
}

mkdir -p "$forms"
publish jit -p:PublishReadyToRun=false
publish r2r -p:PublishReadyToRunCrossgen2ExtraArgs=
publish r2r-cross
echo "| form | initialised | functions loaded | first answer |"
echo "|---|---|---|---|"
FORMS="$forms/jit:$forms/r2r:$forms/r2r-cross" dotnet run --project tests/Pipeline.Tests -- -explicit only -class "*StartTimes" -showLiveOutput | grep '^| '
