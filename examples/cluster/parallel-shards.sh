#!/usr/bin/env bash
# All shards of a run with GNU parallel, here or on hosts with the same checkout, then the whole:
#   examples/cluster/parallel-shards.sh 8 FOLDER headline --seeds 50
# Started again it goes on: finished shards are left as they are, stopped ones are resumed.
# For other machines add --sshlogin and --workdir to parallel, with FOLDER on a shared disk.
set -euo pipefail
count=$1 folder=$2
shift 2
main=$(dirname "$0")/../../dist/src/cli/main.js
mkdir -p "$folder"
seq "$count" | parallel --will-cite --halt soon,fail=1 --joblog "$folder/joblog" \
  node "$main" run "$@" --jobs 1 --shard "{}/$count" --resume "$folder/shard-{}"
node "$main" run --merge "$folder"/shard-* --out "$folder/whole"
