#!/usr/bin/env bash
# Training against the PyTorch peer and against bare matrix products: same data, layers, width, batch and threads, one after
# the other. Prints a table and "RATIO name value target" lines; exit code 1 if a target is missed.
#   PEERS=../shared/peers  DATA=../shared/data/snips/conll  ROUNDS=1  SIZES="4x256 2x128 12x768"  bench/training.sh
#   In parts: BUILT=1 does not build, CONTINUE=1 keeps what was measured before.
# About five minutes a round on two cores that do nothing else. Needs Debian's python3-torch (see the peers' README).
set -euo pipefail
cd "$(dirname "$0")/.."
PEERS=$(realpath "${PEERS:-../shared/peers}") DATA=${DATA:-../shared/data/snips/conll} ROUNDS=${ROUNDS:-1}
SIZES=${SIZES:-4x256 2x128 12x768}
VOCAB=${VOCAB:-$PEERS/../reference/vocab/bert-base-uncased.txt} WORK=$PWD/artifacts/training
RESULTS=$WORK/results.jsonl
THREADS=2 # of both: what nproc says here, and libtorch takes by itself
[ -f "$PEERS/pytorch-train/train.py" ] || { echo "no peer in $PEERS: set PEERS"; exit 2; }
[ -f "$VOCAB" ] || { echo "no vocabulary in $VOCAB: set VOCAB to a BERT vocab.txt"; exit 2; }
/usr/bin/python3 -c 'import torch' 2>/dev/null || { echo "install python3-torch"; exit 2; }

mkdir -p "$WORK"
[ -n "${BUILT:-}" ] || dotnet build bench/Training -c Release -v q -nologo
bench=(env OMP_NUM_THREADS=$THREADS dotnet "$PWD/bench/Training/bin/Release/net10.0/Droptune.Bench.Training.dll")
"${bench[@]}" data "$DATA" "$WORK/data" 2000
[ -n "${CONTINUE:-}" ] || : >"$RESULTS"

# peer SIZE PADDING SENTENCES BATCH: the best of two epochs over the first sentences of the same file
peer() {
  LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/openblas-openmp /usr/bin/python3 "$PEERS/pytorch-train/train.py" \
    --data "$WORK/data" --vocab "$VOCAB" --layers "${1%x*}" --hidden "${1#*x}" --heads $((${1#*x} / 64)) --lr 5e-4 \
    --pad "$2" --limit "$3" --batch "$4" --epochs 2 --threads $THREADS 2>"$WORK/peer.log" | /usr/bin/python3 -c '
import json, sys
size, padding, batch = sys.argv[1:]
epochs = [run for run in map(json.loads, sys.stdin) if "epoch" in run]
print(json.dumps({"system": "pytorch", "size": size, "padding": padding, "batchTokens": 0, "rows": int(batch),
  "sentencesPerSecond": max(e["sentences_per_s"] for e in epochs), "tokensPerSecond": max(e["real_tokens_per_s"] for e in epochs)}))' \
    "$1" "$2" "$4" >>"$RESULTS"
  grep -q '"blas": "OPENBLAS' "$WORK/peer.log" || { echo "the peer does not use OpenBLAS: install libopenblas0-openmp"; exit 2; }
}

ours() { "${bench[@]}" "$@" >>"$RESULTS"; }

for round in $(seq "$ROUNDS"); do
  echo "round $round, load $(cut -d' ' -f1 /proc/loadavg)"
  for size in $SIZES; do
    if [ $size = 12x768 ]; then
      ours long "$VOCAB" 12x768 16 128 3
      continue
    fi
    peer $size fixed 320 16
    ours train "$WORK/data" "$VOCAB" $size 208 3 # 16 sentences on average
    peer $size dynamic 640 16
    ours train "$WORK/data" "$VOCAB" $size 2048 3
    peer $size dynamic 1280 160 # as many sentences as 2,048 tokens
    for tokens in 512 1024 4096; do
      ours train "$WORK/data" "$VOCAB" $size $tokens 3
    done
  done
done
"${bench[@]}" report "$RESULTS"
