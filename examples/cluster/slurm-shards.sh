#!/bin/bash
#SBATCH --job-name=asidbench
#SBATCH --array=1-16
#SBATCH --cpus-per-task=4
#SBATCH --time=02:00:00
#SBATCH --requeue
# One shard per task of the array, with no server at all:
#   sbatch examples/cluster/slurm-shards.sh headline --seeds 200
# A task that is killed or requeued goes on where it was. When the array is done:
#   npm run -s bench -- run --merge shards/* --out whole
set -euo pipefail
count=${SLURM_ARRAY_TASK_COUNT:?run this with sbatch}
shard=${SLURM_ARRAY_TASK_ID:?run this with sbatch}
exec node dist/src/cli/main.js run "$@" \
  --shard "$shard/$count" --resume "shards/$shard" --jobs "${SLURM_CPUS_PER_TASK:-1}"
