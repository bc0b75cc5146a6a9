#!/usr/bin/env bash
# Builds llmserve for the GPU of this machine and runs what needs one: tests, memory checkers,
# measurements. Each stage has a time limit; a failed one does not stop the others.
# usage: device_check.sh OUT [STAGE...]
#   OUT     folder for log.txt (everything), summary.txt, bench.jsonl, gpu.csv and, of the stages
#           compare busy start, JSON files; added to
#   STAGE   machine build smoke cpp ops long older models several memory memcheck racecheck
#           initcheck synccheck engine-1b engine-8b compare busy start cli; default: all, in this
#           order. several needs two GPUs
# environment: ARCH (90a) to build for, BUILD (build/device), PYTHON (python3), LIMIT (seconds, in
# place of every stage's own), SELECT (an expression of pytest's -k, for ops, long, older, models).
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
[ $# -gt 0 ] || { sed -n '4,11s/^# //p' "$0"; exit 2; }
mkdir -p "$1" && out=$(cd "$1" && pwd) && shift || exit 2
self=$root/bench/device_check.sh
cd "$root" || exit 2

arch=${ARCH:-90a}
build=${BUILD:-build/device}
[[ $build = /* ]] || build=$root/$build
package=$build/package
python=${PYTHON:-python3}
all="machine build smoke cpp ops long older models several memory memcheck racecheck initcheck \
synccheck engine-1b engine-8b compare busy start cli"
export PYTHONPATH=$package${PYTHONPATH:+:$PYTHONPATH} PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1

# The tests that know of devices and need neither msgspec nor sanic nor openai, which only the server
# does. Those of one op take turns on the GPU; whole engines each want its memory.
op_tests="tests/test_ops.py tests/test_op_rows.py tests/test_attention.py
tests/test_attention_shapes.py tests/test_sampling.py"
model_tests="tests/test_families.py tests/test_determinism.py tests/test_bench_cli.py"
select="cuda${SELECT:+ and ($SELECT)}"
# Under a checker everything is ten to a hundred times slower: one or two cases of each op.
checked="cuda and not alone and (
  (bfloat16 and (adds_to_the_residual or with_norm or with_activation or test_embedding
    or test_gather_rows or test_copy_pages or test_matches_torch))
  or (bfloat16 and test_logits_are_float32 and 130)
  or (bfloat16 and test_rms_norm and 1.0)
  or (bfloat16 and test_rope_and_cache and (64-64 or 20-8 or 80-32))
  or (bfloat16 and test_page_borders and 16)
  or (float32 and with_norm)
  or test_prepare or test_rope_table or test_score
  or (37 and (test_draws_the_token or test_logprobs_are)))"
checked=$(tr '\n' ' ' <<<"$checked")

pytest() {  # pytest ARGUMENTS...
  "$python" -m pytest -q -p no:cacheprovider --tb=short "$@"
}

several() {  # as many processes as have room, where pytest can
  "$python" -c 'import xdist' 2>/dev/null && echo "-n 6"
}

run_machine() {
  nvidia-smi || return 1
  nvidia-smi --query-gpu=name,driver_version,clocks.max.sm,clocks.max.mem,power.limit --format=csv
  nvcc --version | tail -2
  "$python" -c 'import platform, torch, transformers
print("Python", platform.python_version(), "torch", torch.__version__, "transformers",
      transformers.__version__)'
  nproc
  git log -1 --format='commit %h' 2>/dev/null || true
}

run_build() {
  cmake -S . -B "$build" -G Ninja --log-level=WARNING -DCMAKE_BUILD_TYPE=Release \
    -DLLMSERVE_CUDA=ON "-DLLMSERVE_CUDA_ARCHS=$arch-real" \
    "-DPython_EXECUTABLE=$(command -v "$python")" || return 1
  cmake --build "$build" --parallel "$(nproc)" || return 1
  # A package of its own, so that the checkout stays as it is.
  rm -rf "$package" && mkdir -p "$package" || return 1
  cp -r python/llmserve "$package/" && rm -f "$package"/llmserve/*.so || return 1
  cmake --install "$build" --prefix "$package/llmserve"
}

run_smoke() {
  "$python" - <<'END'
import numpy as np
from llmserve import _core

ops = _core.ops.OpBackend("cuda", 1)
print(ops.name)
x, w = np.ones((3, 64), np.float32), np.eye(8, 64, dtype=np.float32)
for dtype in ("float32", "bfloat16", "float16"):
    assert (ops.linear(x, w, dtype=dtype) == 1).all(), dtype
    print(dtype, "activations are", ops.activation_dtype(dtype))
END
}

run_cpp() {
  ctest --test-dir "$build" --parallel 4 --output-on-failure --no-tests=ignore \
    -R '[Cc]uda|backend_factory|Weight'
}

run_ops() { pytest $(several) -m 'not slow' -k "$select" $op_tests; }
run_long() { pytest -m slow -k "$select" $op_tests; }
run_older() { LLMSERVE_CUDA_ARCH=80 pytest $(several) -m 'not slow' -k "$select" $op_tests; }
run_models() { pytest -k "$select" $model_tests; }
run_several() { pytest -k "tensor_parallel and $select" tests/test_families.py; }
run_memory() { pytest -m slow -k "$select" tests/test_cuda_memory.py; }

checker() {  # checker TOOL
  compute-sanitizer --tool "$1" --error-exitcode 99 --print-limit 20 \
    "$python" -m pytest -q -x -p no:cacheprovider --tb=short -k "$checked" $op_tests
}
run_memcheck() { checker memcheck; }
run_racecheck() { checker racecheck; }
run_initcheck() { checker initcheck; }
run_synccheck() { checker synccheck; }

engine() {  # engine TAG FLAGS...: the loads of the peers' figures
  local tag=$1 sampler status
  shift
  echo "# $tag: time, busy %, MHz, W, MiB" >>"$out/gpu.csv"
  nvidia-smi --query-gpu=timestamp,utilization.gpu,clocks.sm,power.draw,memory.used \
    --format=csv,noheader,nounits -lms 200 >>"$out/gpu.csv" 2>/dev/null &
  sampler=$!
  "$build/bench/bench_engine" --tag "$tag" --device cuda --dtype bfloat16 --vocab 128256 "$@" |
    tee -a "$out/bench.jsonl"
  status=$?
  kill "$sampler" 2>/dev/null
  return $status
}

run_engine-1b() {
  engine llmserve-1b --layers 16 --hidden 2048 --intermediate 8192 --heads 32 --kv-heads 8 \
    --head-dim 64 --tied 1
}

run_engine-8b() {
  engine llmserve-8b --layers 32 --hidden 4096 --intermediate 14336 --heads 32 --kv-heads 8 \
    --head-dim 128
}

run_compare() {
  "$python" bench/compare_cuda.py "$build/bench/bench_ops" --rounds 2 --samples 2 --min-ms 8 \
    --budget 150 --json "$out/ops.json"
}

run_busy() {
  "$python" bench/gpu_busy.py --model 8b --json "$out/gpu-busy-8b.json" &&
    "$python" bench/gpu_busy.py --model 1b --json "$out/gpu-busy-1b.json"
}

run_start() { "$python" bench/start_up.py --model 8b --json "$out/start-up-8b.json"; }

run_cli() {  # the same path as users take it, through Python
  local folder=$build/model-1b flags
  PYTHONPATH=bench "$python" -c 'import pathlib, sys, model_sizes
model_sizes.write_config(pathlib.Path(sys.argv[1]), "1b")' "$folder" || return 1
  flags="--model $folder --device cuda --load-format dummy --skip-tokenizer-init
    --max-model-len 16384 --max-num-batched-tokens 8192"
  "$python" -m llmserve bench latency $flags --num-iters-warmup 2 --num-iters 5 \
    --output-json "$build/latency.json" || return 1
  "$python" -m llmserve bench throughput $flags --input-len 512 --output-len 128 \
    --num-prompts 512 --output-json "$build/throughput.json" || return 1
  for name in latency throughput; do
    "$python" -c 'import json, sys
print(json.dumps({"tag": "llmserve-1b", "what": "cli " + sys.argv[2], **json.load(open(sys.argv[1]))}))' \
      "$build/$name.json" $name | tee -a "$out/bench.jsonl"
  done
}

limit_of() {  # seconds
  case $1 in
    machine | smoke) echo 60 ;;
    build) echo 540 ;;
    cpp | long | several | memory | busy) echo 120 ;;
    ops | older | models | engine-*) echo 300 ;;
    *) echo 180 ;;
  esac
}

# A stage is a process of its own, so that its limit ends all that it started.
if [ "${1:-}" = --inside ]; then
  "run_$2"
  exit
fi

stages=${*:-$all}
for stage in $stages; do
  [[ " $all " = *" $stage "* ]] || { echo "there is no stage $stage; allowed: $all"; exit 2; }
done
failed=0
for stage in $stages; do
  begin=$SECONDS
  printf '\n== %s\n' "$stage" | tee -a "$out/log.txt"
  mark=$(wc -c <"$out/log.txt")
  timeout --kill-after=10 "${LIMIT:-$(limit_of "$stage")}" "$self" "$out" --inside "$stage" \
    >>"$out/log.txt" 2>&1
  status=$?
  case $status in
    0) verdict=passed ;;
    124 | 137) verdict="TIMED OUT" ;;
    *) verdict="FAILED ($status)" ;;
  esac
  # What came last says what went wrong; the measurements are all of interest.
  tail -c +$((mark + 1)) "$out/log.txt" | tail -n $([ $status = 0 ] && echo 14 || echo 60)
  printf '%5d s  %-10s %s\n' $((SECONDS - begin)) "$stage" "$verdict" | tee -a "$out/summary.txt"
  [ $status = 0 ] && continue
  failed=1
  case $stage in build | smoke) break ;; esac  # nothing else would work
done
printf '\n' && cat "$out/summary.txt"
exit $failed
