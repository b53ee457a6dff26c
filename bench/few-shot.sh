#!/usr/bin/env bash
# What few examples of a label reach: k random training texts a label of BANKING77, k sentences an intent of SNIPS; dev is split off those k, and
# the whole test split is scored once. bench/few-shot.sh [DATA] [SEEDS]; DATA holds snips and banking77, default ../shared/data.
#   ONLY="banking77-10" (of banking77-10, banking77-5, snips-10)   FEW_SHOT=off (the option; left out, the default)   BASE=scratch
set -euo pipefail
cd "$(dirname "$0")/.."
data=$(realpath "${1:-../shared/data}")
seeds=${2:-1 2 3 4 5 6 7 8 9 10}
job=src/TrainingJob/bin/Release/net10.0/Droptune.TrainingJob
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

dotnet build src/TrainingJob -c Release -v q -nologo
draw() { # draw FOLDER TRAIN TEST K SEED
  mkdir -p "$1"
  cp "$3" "$1/test.jsonl"
  python3 - "$@" << 'P'
import json, random, sys
folder, train, _, k, seed = sys.argv[1:]
rows = [json.loads(line) for line in open(train, encoding='utf-8')]
random.Random(int(seed)).shuffle(rows)
seen = {}
with open(f'{folder}/train.jsonl', 'w', encoding='utf-8') as file:
    for row in rows:
        seen[row['label']] = seen.get(row['label'], 0) + 1
        if seen[row['label']] <= int(k):
            file.write(json.dumps(row, ensure_ascii=False) + '\n')
P
  [ -z "${FEW_SHOT:-}" ] || echo "{\"training\": {\"fewShot\": \"$FEW_SHOT\"}}" > "$1/dataset.json"
}

for table in banking77-10 banking77-5 snips-10; do
  [[ " ${ONLY:-$table} " == *" $table "* ]] || continue
  name=${table%-*}
  for seed in $seeds; do
    draw "$out/$table-$seed" "$data/$name/jsonl/train.jsonl" "$data/$name/jsonl/test.jsonl" "${table#*-}" "$seed"
    "$job" train "$out/$table-$seed" --out "$out/model-$table-$seed" --seed "$seed" ${BASE:+--base "$BASE"} | tail -n 3 | sed "s/^/$table $seed: /"
    "$job" evaluate "$out/model-$table-$seed" "$out/$table-$seed" | sed "s/^/$table $seed: /"
  done
done
