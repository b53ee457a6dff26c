#!/usr/bin/env bash
# Serving against the peers and against ONNX Runtime alone, on the same parameters; one system at a time, in turns.
# Prints a table and "RATIO name value target" lines; exit code 1 if a target is missed.
#   PEERS=../shared/peers  MODELS="minilm mini"  ROUNDS=3  SECONDS_EACH=8  bench/serving.sh
# About 50 minutes with the defaults, on a machine that does nothing else. Needs wrk, node, Debian's python3-torch and
# python3-onnx (see the peers' README).
set -euo pipefail
cd "$(dirname "$0")/.."
PEERS=$(realpath "${PEERS:-../shared/peers}") MODELS=${MODELS:-minilm mini} ROUNDS=${ROUNDS:-3} SECONDS_EACH=${SECONDS_EACH:-8}
WORK=$PWD/artifacts/serving RESULTS=$PWD/artifacts/serving/results.jsonl
for tool in wrk node npm dotnet curl; do command -v $tool >/dev/null || { echo "$tool is not installed"; exit 2; }; done
/usr/bin/python3 -c 'import torch, onnx' 2>/dev/null || { echo "install python3-torch and python3-onnx"; exit 2; }
[ -d "$PEERS/load" ] || { echo "no peers in $PEERS: set PEERS"; exit 2; }

mkdir -p "$WORK/models"
dotnet build src/Functions -c Release -v q -nologo
dotnet build bench/Serving -c Release -v q -nologo
BENCH="dotnet $PWD/bench/Serving/bin/Release/net10.0/Droptune.Bench.Serving.dll"
HOST="dotnet $PWD/src/Functions/bin/Release/net10.0/Droptune.Functions.dll"
if [ ! -d "$WORK/node/node_modules" ]; then
  mkdir -p "$WORK/node" && cp -rL "$PEERS/transformersjs-server/." "$WORK/node" && chmod -R u+w "$WORK/node"
  [ -d "$WORK/node/node_modules" ] || (cd "$WORK/node" && npm ci)
fi
VOCAB=${VOCAB:-$PEERS/../reference/vocab/bert-base-uncased.txt}
[ -f "$VOCAB" ] || { echo "no vocabulary in $VOCAB: set VOCAB to a BERT vocab.txt"; exit 2; }
for model in $MODELS; do
  if [ ! -f "$WORK/models/$model/model.int8.onnx" ]; then
    LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/openblas-openmp \
      /usr/bin/python3 bench/Serving/peer_model.py "$PEERS" --vocab "$VOCAB" --out "$WORK/models/$model" --size "$model"
    $BENCH export "$WORK/models/$model"
  fi
done
: >"$RESULTS"

server=""
stop() { [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=""; }; }
trap 'stop; [ -z "${storage_pid:-}" ] || kill "$storage_pid" 2>/dev/null || true' EXIT
free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Waits for the first right answer of URL, and prints how long that took since START.
first_answer() {
  for _ in $(seq 6000); do
    curl -sf -o /dev/null -H 'content-type: application/json' --data @"$PEERS/load/short.json" "$1" && { echo "$(($(date +%s%N) - $2))"; return; }
    sleep 0.01
  done
  echo "no answer from $1" >&2; exit 1
}

# measure SYSTEM MODEL PRECISION URL
measure() {
  for body in short long batch32; do
    for connections in 1 8 32; do
      texts=1; [ $body != batch32 ] || texts=32
      "$PEERS/load/load.sh" "$4" "$PEERS/load/$body.json" $connections "$SECONDS_EACH" | /usr/bin/python3 -c '
import json, sys
load = json.load(sys.stdin)
system, model, precision, body, connections, texts = sys.argv[1:]
print(json.dumps({"system": system, "model": model, "precision": precision, "body": body, "connections": int(connections),
  "textsPerSecond": load["requests_per_s"] * int(texts), "p50": load["p50_ms"], "p99": load["p99_ms"], "errors": load["errors"]}))' \
        "$1" "$2" "$3" $body $connections $texts >>"$RESULTS"
      sleep 1 # wrk hangs up with requests still queued: let the server finish them
    done
  done
}

node_peer() { # SYSTEM MODEL PRECISION DTYPE SCRIPT VARIABLES…
  local port; port=$(free_port); local start; start=$(date +%s%N)
  (cd "$WORK/node" && exec env MODEL="$WORK/models/$2" PORT="$port" DTYPE="$4" "${@:6}" node "$5") 2>/dev/null & server=$!
  echo "$1 $2 $3: first answer after $(($(first_answer "http://127.0.0.1:$port/predict" "$start") / 1000000)) ms, $(resident "$server") MB"
  measure "$1" "$2" "$3" "http://127.0.0.1:$port/predict"
  stop
}

ours() { # MODEL PRECISION NAME
  local port; port=$(free_port); local start; start=$(date +%s%N)
  $HOST --port "$port" --Storage "$connection" --Logging:LogLevel:Default=Warning >/dev/null & server=$!
  local url="http://127.0.0.1:$port/api/models/$3/predict"
  echo "droptune $1 $2: first answer after $(($(first_answer "$url" "$start") / 1000000)) ms, $(resident "$server") MB"
  measure droptune "$1" "$2" "$url"
  echo "droptune $1 $2 after the load: $(resident "$server") MB"
  stop
}

bare() { # MODEL PRECISION FILE
  for body in short long batch32; do
    $BENCH bare "$WORK/models/$1" "$3" "$PEERS/load/$body.json" 2 | /usr/bin/python3 -c '
import json, sys
for line in sys.stdin:
    run = json.loads(line)
    print(json.dumps({"system": "bare", "model": sys.argv[1], "precision": sys.argv[2], "body": sys.argv[3], "connections": run["batch"],
      "textsPerSecond": run["texts_per_s"], "p50": run["p50_ms"], "p99": run["p50_ms"], "errors": 0}))' "$1" "$2" $body >>"$RESULTS"
  done
}

resident() { awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$1/status"; }

mkfifo "$WORK/storage.in" 2>/dev/null || true
$BENCH storage $(printf "$WORK/models/%s " $MODELS) <"$WORK/storage.in" >"$WORK/storage.out" & storage_pid=$!
exec 7>"$WORK/storage.in" # the account lives until this closes
until connection=$(grep -m1 AccountKey "$WORK/storage.out" 2>/dev/null); do kill -0 $storage_pid || exit 1; sleep 0.2; done

for round in $(seq "$ROUNDS"); do
  echo "round $round, load $(cut -d' ' -f1 /proc/loadavg)"
  for model in $MODELS; do
    for precision in fp32 int8; do
      [ $precision = fp32 ] && { file=model.onnx name=$model dtype=fp32; } || { file=model.int8.onnx name=$model-int8 dtype=q8; }
      bare "$model" $precision $file
      ours "$model" $precision "$name"
      node_peer node-pipeline "$model" $precision $dtype server.mjs THREADS=2
      node_peer node-raw-1x2 "$model" $precision $dtype server-raw.mjs THREADS=2
      node_peer node-raw-2x1 "$model" $precision $dtype server-raw.mjs WORKERS=2 THREADS=1
    done
  done
done
$BENCH report "$RESULTS"
