#!/usr/bin/env bash
# What a training reaches: each public dataset and the sample, three seeds, the default options, scored on dev and test with the file that
# is served. bench/quality.sh [DATA] [SEEDS]; DATA holds snips, banking77 and uner-zh-gsdsimp, default ../shared/data. BASE = what it
# starts from, such as scratch; left out, the default.
set -euo pipefail
cd "$(dirname "$0")/.."
data=$(realpath "${1:-../shared/data}")
seeds=${2:-1 2 3}
base=(${BASE:+--base "$BASE"})
job=src/TrainingJob/bin/Release/net10.0/Droptune.TrainingJob
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

dotnet build src/TrainingJob -c Release -v q -nologo
mkdir "$out"/{snips,banking77,uner-zh-gsdsimp}
cp "$data"/snips/conll/*.conll "$out/snips"
cp "$data"/uner-zh-gsdsimp/conll/*.conll "$out/uner-zh-gsdsimp"
cp "$data"/banking77/original/{train,test}.csv "$out/banking77"
echo '{"labelColumn": "category"}' > "$out/banking77/dataset.json" # the column's name in its files

cp -r samples/support "$out/support"

for dataset in support snips banking77 uner-zh-gsdsimp; do
  for seed in $seeds; do
    echo "== $dataset, seed $seed"
    "$job" train "$out/$dataset" --out "$out/$dataset-$seed" --seed "$seed" "${base[@]}" | tail -n 8
    "$job" evaluate "$out/$dataset-$seed" "$out/$dataset"
  done
done
