#!/usr/bin/env bash
# Training on a GPU against Hugging Face's BERT in PyTorch: same sentences, same vocabulary, same token budget, one machine.
#   On a development machine, in a checkout:      bench/gpu.sh pack            makes artifacts/gpu, under 64 MB: program, scripts, data
#   On the machine with the GPU, in that folder:  ./gpu.sh                     prints "RATIO name value target" as it goes
# Needs there an NVIDIA driver and a Python with PyTorch (CUDA), whose libtorch the program uses too; with `transformers` the peer
# is its BertModel, without it the same layers in plain PyTorch. Ends within GPU_S seconds (360).
#   DATA=../shared/data (pack)   GPU_S=360   ONLY="base-4096 …" (names of ratios)   WORK=/tmp/droptune-gpu
# GPU_DEVICE=cpu tries the whole course on a few sentences with the smallest model; APP names a program that brings its libtorch.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

if [ "${1:-}" = pack ]; then
  cd "$here/.."
  data=$(realpath "${DATA:-../shared/data}")
  pack=artifacts/gpu
  rm -rf $pack && mkdir -p $pack/{app,snips,banking77}
  dotnet publish src/TrainingJob -c Release -r linux-x64 --self-contained -p:TorchBackend=none -p:PublishReadyToRun=false -v q -nologo -o $pack/app
  (cd $pack/app && rm -f ./*.pdb ./*.xml libmscordbi.so libmscordaccore.so libcoreclrtraceptprovider.so libclrgc*.so)
  tar c -C $pack/app . | xz -T0 --x86 --lzma2=preset=6 > $pack/app.tar.xz
  rm -rf $pack/app
  cp "$here/gpu.sh" "$here/Gpu/measure.py" "$here/Gpu/peer.py" $pack/
  cp "$data"/snips/conll/*.conll $pack/snips/
  cp "$data"/banking77/jsonl/*.jsonl $pack/banking77/
  xz -dc "$data/../corpus/plain.en.txt.xz" | sed -n 1,40000p | gzip > $pack/corpus.txt.gz
  size=$(du -sm $pack | cut -f1)
  echo "$pack: $size MB"
  [ "$size" -lt 64 ] || { echo "more than 64 MB"; exit 1; }
  exit
fi

work=${WORK:-/tmp/droptune-gpu}
mkdir -p "$work"
python=${PYTHON:-python3}
if [ -z "${APP:-}" ]; then
  tar xJf "$here/app.tar.xz" -C "$work"
  APP=$work/Droptune.TrainingJob
  chmod +x "$APP"
  torch=$("$python" -c 'import os, torch; print(os.path.dirname(torch.__file__))')
  LD_LIBRARY_PATH=$torch/lib:$(ls -d "$(dirname "$torch")"/nvidia/*/lib 2>/dev/null | tr '\n' ':')
  export LD_LIBRARY_PATH
fi
[ "${GPU_DEVICE:-cuda}" = cpu ] || nvidia-smi -L
APP=$APP exec "$python" "$here/measure.py" "$here" "$work"
