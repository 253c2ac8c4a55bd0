#!/bin/bash
#SBATCH --job-name=asidbench-worker
#SBATCH --array=1-16
#SBATCH --cpus-per-task=4
#SBATCH --time=02:00:00
# Workers of a queue, which end when there was nothing to do for a minute:
#   ASIDBENCH_REDIS=rediss://user:password@queue-host:6380 sbatch examples/cluster/slurm-workers.sh
set -euo pipefail
exec node dist/src/cli/main.js worker --jobs "${SLURM_CPUS_PER_TASK:-1}" --idle 60
