#!/usr/bin/env bash
# Serving against the peers and against ONNX Runtime alone, on the same parameters; one system at a time, in turns.
# Prints a table and one line "RATIO name value target" a target; exit code 1 if a target is missed or was not measured.
#   PEERS=../shared/peers bench/serving.sh                    everything: 20 minutes, and the soak
#   MODELS=mini PRECISIONS=fp32 BODIES=short SOAK=0 COLD=0 bench/serving.sh     one question
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

server="" storage=""
stop() { [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=""; }; }
trap 'stop; [ -z "$storage" ] || kill "$storage" 2>/dev/null || true' EXIT
free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# The storage account lives until its input closes.
[ -p "$WORK/storage.in" ] || mkfifo "$WORK/storage.in"
: >"$WORK/storage.out"
# shellcheck disable=SC2086 # a list of models
"$BENCH" storage $(printf "$WORK/models/%s " $MODELS) <"$WORK/storage.in" >"$WORK/storage.out" & storage=$!
exec 7>"$WORK/storage.in"
until connection=$(grep -m1 AccountKey "$WORK/storage.out"); do kill -0 $storage || exit 1; sleep 0.2; done

# Sets command and url of a system: SYSTEM MODEL PRECISION
choose() {
  local port; port=$(free_port)
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
}

figure() { # SYSTEM MODEL PRECISION NAME VALUE
  echo "{\"system\":\"$1\",\"model\":\"$2\",\"precision\":\"$3\",\"name\":\"$4\",\"value\":$5}" >>"$RESULTS"
}

# PID, with its children: MB. Pss counts a page that is mapped twice, as model files are, once.
resident() {
  cat /proc/"$1"/smaps_rollup $(pgrep -P "$1" | sed 's|.*|/proc/&/smaps_rollup|') | awk '/^Pss:/ { sum += $2 } END { print sum / 1024 }'
}

# Starts a system and loads it with each body at the given connections: SYSTEM MODEL PRECISION CONNECTIONS…
load() {
  choose "$1" "$2" "$3"
  "${command[@]}" >/dev/null 2>&1 & server=$!
  /usr/bin/python3 bench/Serving/first_answer.py "$url" "$WORK/bodies/short.json"
  "$PEERS/load/load.sh" "$url" "$WORK/bodies/short.json" 4 "$WARM" >/dev/null
  local texts seconds
  for body in $BODIES; do
    for connections in "${@:4}"; do
      [[ " $CONNECTIONS " = *" $connections "* ]] || continue
      case $body in batch32 | mixed) texts=32 ;; *) texts=1 ;; esac
      seconds=$SECONDS_EACH; [ $texts = 1 ] || [ "$connections" = 1 ] || seconds=$((3 * SECONDS_EACH))
      "$PEERS/load/load.sh" "$url" "$WORK/bodies/$body.json" "$connections" "$seconds" | /usr/bin/python3 -c '
import json, sys
load = json.load(sys.stdin)
system, model, precision, body, connections, texts = sys.argv[1:]
print(json.dumps({"system": system, "model": model, "precision": precision, "body": body, "connections": int(connections),
  "textsPerSecond": load["requests_per_s"] * int(texts), "p50": load["p50_ms"], "p99": load["p99_ms"], "errors": load["errors"]}))' \
        "$1" "$2" "$3" "$body" "$connections" $texts >>"$RESULTS"
      sleep 0.5; [ $texts = 1 ] || sleep 1 # wrk hangs up with requests still queued: let the server finish them
    done
  done
  figure "$1" "$2" "$3" resident "$(resident $server)"
  stop
}

for round in $(seq "$ROUNDS"); do
  for model in $MODELS; do
    for precision in $PRECISIONS; do
      echo "round $round, $model $precision, load $(cut -d' ' -f1 /proc/loadavg), $(date +%T)" >&2
      for system in $SYSTEMS; do
        case $system in
          bare)
            for body in $BODIES; do
              file=model.onnx; [ $precision = fp32 ] || file=model.int8.onnx
              "$BENCH" bare "$WORK/models/$model" $file "$WORK/bodies/$body.json" 0.3 "$model" "$precision" "$body" >>"$RESULTS"
            done ;;
          droptune) load droptune "$model" "$precision" 1 8 32 ;;
          node) # each in the setting that is best for the load
            load node-raw-1x2 "$model" "$precision" 1
            load node-raw-2x1 "$model" "$precision" 8 32
            [ "$precision" != fp32 ] || load node-pipeline "$model" "$precision" 8 ;;
        esac
      done
    done
  done
done

for _ in $(seq "$COLD"); do
  for model in $MODELS; do
    for precision in $PRECISIONS; do
      for system in droptune node-raw-1x2; do
        choose $system "$model" "$precision"
        start=$(date +%s%N)
        "${command[@]}" >/dev/null 2>&1 & server=$!
        /usr/bin/python3 bench/Serving/first_answer.py "$url" "$WORK/bodies/short.json"
        figure $system "$model" "$precision" cold "$((($(date +%s%N) - start) / 1000000))"
        figure $system "$model" "$precision" resident-at-start "$(resident $server)"
        stop
      done
    done
  done
done

if [ "$SOAK" != 0 ]; then
  read -r model _ <<<"$MODELS"
  choose droptune "$model" int8
  "${command[@]}" >/dev/null 2>&1 & server=$!
  /usr/bin/python3 bench/Serving/first_answer.py "$url" "$WORK/bodies/short.json"
  loads=()
  for body in short long mixed; do
    "$PEERS/load/load.sh" "$url" "$WORK/bodies/$body.json" 4 "$SOAK" >"$WORK/soak-$body.json" & loads+=($!)
  done
  while kill -0 "${loads[0]}" 2>/dev/null; do figure droptune "$model" int8 soak-resident "$(resident $server)"; sleep 5; done
  wait "${loads[@]}"
  figure droptune "$model" int8 soak-errors "$(cat "$WORK"/soak-*.json | /usr/bin/python3 -c 'import json, sys; print(sum(json.loads(l)["errors"] for l in sys.stdin))')"
  stop
fi
"$BENCH" report "$RESULTS"
