#!/usr/bin/env bash
# Measures the dataset gate: time as a ratio to bare scans, memory at three sizes, a fuzz run.
# Prints "RATIO <name> <value> <target>"; needs 5 GB of temporary disk space. FUZZ = inputs for each of two seeds, 0 = none.
set -euo pipefail
cd "$(dirname "$0")/Gate"
dotnet build -c Release -v q -nologo
gate=bin/Release/net10.0/Droptune.Bench.Gate.dll
dotnet "$gate" throughput
for format in jsonl conll; do
  for megabytes in 100 1000 2000; do
    dotnet "$gate" memory "$megabytes" "$format"
  done
done
[ "${FUZZ:-500000}" = 0 ] || for seed in 1 2; do dotnet "$gate" fuzz "${FUZZ:-500000}" "$seed"; done
