#!/usr/bin/env bash
# Serving against the peers and against ONNX Runtime alone, on the same parameters; one load at a time, the systems in turns.
# Prints a table and one line "RATIO name value target" a target; exit code 1 if a target is missed or was not measured.
#   PEERS=../shared/peers bench/serving.sh                    everything: half an hour, and the soak
#   MODELS=mini PRECISIONS=fp32 BODIES=short SOAK=0 COLD=0 MEMORY=0 bench/serving.sh     one question
#   KEEP=1 …                                                  adds to what was measured before, and reports all of it
# Wants a machine that does nothing else. Needs wrk, node, Debian's python3-torch and python3-onnx (see the peers' README).
set -euo pipefail
cd "$(dirname "$0")/.."
PEERS=$(realpath "${PEERS:-../shared/peers}") VOCAB=${VOCAB:-$PEERS/../reference/vocab/bert-base-uncased.txt}
MODELS=${MODELS:-minilm mini} PRECISIONS=${PRECISIONS:-fp32 int8} BODIES=${BODIES:-short long batch32 mixed}
CONNECTIONS=${CONNECTIONS:-1 8 32} SYSTEMS=${SYSTEMS:-bare droptune node} ROUNDS=${ROUNDS:-2}
SECONDS_EACH=${SECONDS_EACH:-3} # of one load; three times as long where a request takes long
WARM=${WARM:-4}                 # seconds before the first load: both runtimes compile what is hot while it runs
COLD=${COLD:-5}                 # starts of each system; 0: none
MEMORY=${MEMORY:-1}             # after every load, each system alone; 0: not
SOAK=${SOAK:-600}               # seconds of mixed load; 0: none
WORK=$PWD/artifacts/serving RESULTS=$PWD/artifacts/serving/results.jsonl
APP=$WORK/app/Droptune.Functions BENCH=$PWD/bench/Serving/bin/Release/net10.0/Droptune.Bench.Serving
for tool in wrk node npm dotnet; do command -v $tool >/dev/null || { echo "$tool is not installed"; exit 2; }; done
/usr/bin/python3 -c 'import torch, onnx' 2>/dev/null || { echo "install python3-torch and python3-onnx"; exit 2; }
[ -d "$PEERS/load" ] || { echo "no peers in $PEERS: set PEERS"; exit 2; }
[ -f "$VOCAB" ] || { echo "no vocabulary in $VOCAB: set VOCAB to a BERT vocab.txt"; exit 2; }

mkdir -p "$WORK/models"
if [ "${BUILD:-1}" = 1 ]; then
  # As it is deployed, compiled ahead of time, but with the local host: Azure's is not to be had on one machine.
  dotnet publish src/Functions -c Release -p:FunctionsHost=Local -r "$(dotnet --info | awk '/RID:/ { print $2 }')" --self-contained false -o "$WORK/app" -v q -nologo
  dotnet build bench/Serving -c Release -v q -nologo
fi
if [ ! -d "$WORK/node/node_modules" ]; then
  mkdir -p "$WORK/node" && cp -rL "$PEERS/transformersjs-server/." "$WORK/node" && chmod -R u+w "$WORK/node"
  [ -d "$WORK/node/node_modules" ] || (cd "$WORK/node" && npm ci)
fi
for model in $MODELS; do
  if [ ! -f "$WORK/models/$model/model.int8.onnx" ]; then
    LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/openblas-openmp \
      /usr/bin/python3 bench/Serving/peer_model.py "$PEERS" --vocab "$VOCAB" --out "$WORK/models/$model" --size "$model"
    "$BENCH" export "$WORK/models/$model"
  fi
done
/usr/bin/python3 bench/Serving/bodies.py "$PEERS/load" "$WORK/bodies"
[ "${KEEP:-0}" = 1 ] || : >"$RESULTS"

storage=""
declare -A pids=() urls=() # of the servers that run
stop() {
  for server in "${pids[@]}"; do kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; done
  pids=() urls=()
}
trap 'stop; [ -z "$storage" ] || kill "$storage" 2>/dev/null || true' EXIT
free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# The storage account lives until its input closes.
[ -p "$WORK/storage.in" ] || mkfifo "$WORK/storage.in"
: >"$WORK/storage.out"
# shellcheck disable=SC2086 # a list of models
"$BENCH" storage $(printf "$WORK/models/%s " $MODELS) <"$WORK/storage.in" >"$WORK/storage.out" & storage=$!
exec 7>"$WORK/storage.in"
until connection=$(grep -m1 AccountKey "$WORK/storage.out"); do kill -0 $storage || exit 1; sleep 0.2; done

# Starts a system and waits for its first answer: SYSTEM MODEL PRECISION
start() {
  local port command url; port=$(free_port)
  url=http://127.0.0.1:$port/predict
  local node=(env MODEL="$WORK/models/$2" PORT="$port" DTYPE="$([ "$3" = fp32 ] && echo fp32 || echo q8)")
  case $1 in
    droptune)
      url=http://127.0.0.1:$port/api/models/$2$([ "$3" = fp32 ] || echo -int8)/predict
      command=("$APP" --port "$port" --no-worker --Storage "$connection" --Serving:Folder "$WORK/cache" --Logging:LogLevel:Default=Warning) ;;
    node-pipeline) command=("${node[@]}" THREADS=2 node "$WORK/node/server.mjs") ;;
    node-raw-1x2) command=("${node[@]}" THREADS=2 node "$WORK/node/server-raw.mjs") ;;
    node-raw-2x1) command=("${node[@]}" WORKERS=2 THREADS=1 node "$WORK/node/server-raw.mjs") ;;
  esac
  "${command[@]}" >/dev/null 2>&1 & pids[$1]=$!
  urls[$1]=$url
  /usr/bin/python3 bench/Serving/first_answer.py "$url" "$WORK/bodies/short.json"
}

figure() { # SYSTEM MODEL PRECISION NAME VALUE
  echo "{\"system\":\"$1\",\"model\":\"$2\",\"precision\":\"$3\",\"name\":\"$4\",\"value\":$5}" >>"$RESULTS"
}

# PID, with its children: MB. Pss counts a page that is mapped twice, as model files are, once.
resident() {
  cat /proc/"$1"/smaps_rollup $(pgrep -P "$1" | sed 's|.*|/proc/&/smaps_rollup|') | awk '/^Pss:/ { sum += $2 } END { print sum / 1024 }'
}

# One load on a system that runs: SYSTEM MODEL PRECISION BODY CONNECTIONS
load() {
  local texts=1 seconds=$SECONDS_EACH
  case $4 in batch32 | mixed) texts=32 ;; esac
  [ $texts = 1 ] || [ "$5" = 1 ] || seconds=$((3 * SECONDS_EACH))
  "$PEERS/load/load.sh" "${urls[$1]}" "$WORK/bodies/$4.json" "$5" "$seconds" | /usr/bin/python3 -c '
import json, sys
load = json.load(sys.stdin)
system, model, precision, body, connections, texts = sys.argv[1:]
print(json.dumps({"system": system, "model": model, "precision": precision, "body": body, "connections": int(connections),
  "textsPerSecond": load["requests_per_s"] * int(texts), "p50": load["p50_ms"], "p99": load["p99_ms"], "errors": load["errors"]}))' \
    "$@" $texts
  sleep 0.5; [ $texts = 1 ] || sleep 1 # wrk hangs up with requests still queued: let the server finish them
}

# The connections that a system is loaded with: each in the setting that is best for them.
connections_of() {
  case $1 in droptune) echo "1 8 32" ;; node-raw-1x2) echo 1 ;; node-raw-2x1) echo "8 32" ;; node-pipeline) echo 8 ;; esac
}

# The servers of what is to be measured: PRECISION
servers() {
  for system in $SYSTEMS; do
    case $system in
      droptune) echo droptune ;;
      node) echo node-raw-1x2 node-raw-2x1; [ "$1" != fp32 ] || echo node-pipeline ;;
    esac
  done
}

for round in $(seq "$ROUNDS"); do
  for model in $MODELS; do
    for precision in $PRECISIONS; do
      echo "round $round, $model $precision, load $(cut -d' ' -f1 /proc/loadavg), $(date +%T)" >&2
      file=model.onnx; [ $precision = fp32 ] || file=model.int8.onnx
      # All run at the same time and are loaded in turns, load by load: the machine is faster in one minute than in the next.
      for system in $(servers $precision); do
        start $system "$model" "$precision"
        "$PEERS/load/load.sh" "${urls[$system]}" "$WORK/bodies/short.json" 4 "$WARM" >/dev/null
      done
      for body in $BODIES; do
        [[ " $SYSTEMS " != *" bare "* ]] || "$BENCH" bare "$WORK/models/$model" $file "$WORK/bodies/$body.json" 0.3 "$model" "$precision" "$body" >>"$RESULTS"
        for connections in $CONNECTIONS; do
          for system in $(servers $precision); do
            [[ " $(connections_of $system) " != *" $connections "* ]] || load $system "$model" "$precision" "$body" "$connections" >>"$RESULTS"
          done
        done
      done
      stop
    done
  done
done

# Memory, each alone, as processes that run the same program share its pages; a second of every load.
if [ "$MEMORY" = 1 ]; then
  for model in $MODELS; do
    for precision in $PRECISIONS; do
      for system in $(servers $precision); do
        start $system "$model" "$precision"
        for body in $BODIES; do
          for connections in $(connections_of $system); do SECONDS_EACH=1 load $system "$model" "$precision" "$body" "$connections" >/dev/null; done
        done
        figure $system "$model" "$precision" resident "$(resident "${pids[$system]}")"
        stop
      done
    done
  done
fi

for _ in $(seq "$COLD"); do
  for model in $MODELS; do
    for precision in $PRECISIONS; do
      for system in droptune node-raw-1x2; do
        begun=$(date +%s%N)
        start $system "$model" "$precision"
        figure $system "$model" "$precision" cold "$((($(date +%s%N) - begun) / 1000000))"
        figure $system "$model" "$precision" resident-at-start "$(resident "${pids[$system]}")"
        stop
      done
    done
  done
done

if [ "$SOAK" != 0 ]; then
  read -r model _ <<<"$MODELS"
  start droptune "$model" int8
  loads=()
  for body in short long mixed; do
    "$PEERS/load/load.sh" "${urls[droptune]}" "$WORK/bodies/$body.json" 4 "$SOAK" >"$WORK/soak-$body.json" & loads+=($!)
  done
  while kill -0 "${loads[0]}" 2>/dev/null; do figure droptune "$model" int8 soak-resident "$(resident "${pids[droptune]}")"; sleep 5; done
  wait "${loads[@]}"
  figure droptune "$model" int8 soak-errors "$(cat "$WORK"/soak-*.json | /usr/bin/python3 -c 'import json, sys; print(sum(json.loads(l)["errors"] for l in sys.stdin))')"
  stop
fi
"$BENCH" report "$RESULTS"
