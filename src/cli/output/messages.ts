/** Every longer text that the command line prints; errors are worded where they are found. */

import { escapeTerminal } from '../../report/escape.ts';
import { printError } from './io.ts';

/** How a user types a command: in a clone of the repository, or where the package is installed. */
export const INVOCATION = import.meta.url.includes('/node_modules/')
  ? 'npx asidbench'
  : 'npm run -s bench --';

export const PROGRAM_NAME = 'asidbench';

/** A sentence about what goes on, beside the results. */
export function say(sentence: string): void {
  printError(`${PROGRAM_NAME}: ${escapeTerminal(sentence)}\n`);
}

export const PROGRAM_SUMMARY =
  'How much does a separate ASID for L2 save, which patch buys what, and is each step safe? ' +
  "A cost-annotated model of x86 TLBs under KVM's SVM code.";

const EXIT_CODE_HELP = `Exit codes:
  0    done; every expectation held, every VMRUN agreed
  1    done, but an expectation of a suite did not hold, a replay disagrees or
       a comparison is slower than --fail-if-slower allows
  2    unknown flag or name
  3    the checker found a violation
  4    an input file can't be read or understood
  5    output can't be written
  70   a bug of this program
  130  interrupted; what was finished is kept`;

export const PROGRAM_HELP = `
A word that is no command is the name of a suite or of a group of suites, and
runs it; without any word the group "headline" runs.

Examples:
  ${INVOCATION}
      every headline question, with a report
  ${INVOCATION} cpuid-npt-npt --machine zen3-milan --json
      one question on one machine, as JSON
  ${INVOCATION} list
      what can be run
  ${INVOCATION} explain invlpga
      what a name means, and where its numbers come from
  ${INVOCATION} replay data/nested-kvm/hw/*.gz
      does the model flush when the captured KVM did?
  ${INVOCATION} report reports/example --format mail
      a finished run as text for a mail

${EXIT_CODE_HELP}`;

export const PATCHES_HELP = `
Costs are modelled, with 95 % intervals over seeds. Safety is what the checker
finds in small worlds within its bounds: a stale translation that is found is
one, and what is not found may still be there.

Examples:
  ${INVOCATION} patches
  ${INVOCATION} patches --suite kv-redis-l2 --seeds 20 --json
`;

export const RUN_HELP = `
A suite is named by its id, by its group, or by the path of a YAML file; a
machine by its id or by the path of a machine file (.json), as "probe" writes.
With --capture the words name windows of a capture (none: all with pages). Its
round trips run under the strategies; with --as executed they are compared with
what the captured kernel itself did.
All times are modelled; the same words give the same bytes, whatever --jobs is.
The run goes to a new folder under reports/, or to --out: results.jsonl (a line
for each cell as it finishes), manifest.json, report.md and report.html. A run
that was stopped, in whatever way, goes on with --resume and ends with the same
bytes.

Examples:
  ${INVOCATION} run headline
  ${INVOCATION} cpuid-npt-npt --machine zen3-milan --machine skx
  ${INVOCATION} run npf-npt-npt --set vmcb12TlbControl=ignored
  ${INVOCATION} run my/suite.yaml --seeds 20 --out my/run
  ${INVOCATION} run kv-redis-l2 --precision 0.5%
  ${INVOCATION} run --capture data/captures/stock --as executed
  ${INVOCATION} run --resume reports/headline-zen3-milan
  ${INVOCATION} run headline --shard 2/8 --out part-2
  ${INVOCATION} run --engine bullmq --redis redis://queue --verify 20

${EXIT_CODE_HELP}`;

export const MERGE_HELP = `
All shards of one run are needed, each finished; every line is checked. The
folder then holds what "run" without --shard would have written, byte for byte.

Examples:
  ${INVOCATION} run headline --shard 1/2 --out part-1
  ${INVOCATION} run headline --shard 2/2 --out part-2
  ${INVOCATION} merge part-1 part-2 --out whole

${EXIT_CODE_HELP}`;

export const IMPORT_HELP = `
Takes text of ftrace, trace-cmd report or perf script with the events of KVM
(-e kvm), perf kvm stat report or live, kvm_stat, perf stat -x, or -j, maps of
bpftrace, and snapshots of KVM's counters (grep . /sys/kernel/debug/kvm/*, virsh
domstats --vcpu), two of them per host; address traces of Valgrind lackey, DynamoRIO, Pin and ChampSim.
Formats and compression (gz, zst, xz, br) are told from the content. Several
files are of one host; what one does not tell, another may.
What is not known becomes a range in the scenario, and is printed.

Examples:
  ${INVOCATION} import trace.txt.gz
  ${INVOCATION} import before.txt after.txt --seconds 10 --out mine.yaml
  ${INVOCATION} run mine.yaml

${EXIT_CODE_HELP}`;

export const ANSWER_HELP = `
Imports the files, writes scenarios, runs them and writes a report: what the
series would save on this host, how sure that is, and what to measure there to
check it. What L2 touches is in no file of KVM: a small, a middle and a large
program stand in for it, so the answer is a span.

Examples:
  ${INVOCATION} answer trace.txt.gz --machine zen4-genoa
  ${INVOCATION} answer before.txt after.txt --seconds 10 perf-stat.csv

${EXIT_CODE_HELP}`;

export const WORKER_HELP = `
Start any number of them on any machines with the same version, before or
after the run. A worker that is killed loses nothing: after --lock seconds its
cells are done by others.

Examples:
  redis-server --appendonly yes
      the queue; put a password and TLS on it where others reach it
  ${INVOCATION} worker --redis redis://queue
  ${INVOCATION} run headline --engine bullmq --redis redis://queue

${EXIT_CODE_HELP}`;

export const FIT_HELP = `
Two rates determine two parameters, one rate one; the rest stays open and is
listed. The result is a machine file for --machine. Repeat a flag for each run
to get an interval from their scatter; a single run is taken to be off by 1 %.
A kernel from 6.12.19 or 6.14 on makes one exit more on each trip than the
scenario has: say --kernel linux-6.15, or linux-6.12.117.

Examples:
  ${INVOCATION} fit --cpuid-before 256621 --cpuid-after 301113
  ${INVOCATION} fit --machine zen4-genoa --ghz 3.7 \\
      --cpuid-before 310200 --cpuid-before 309100 perf-stat.csv
  ${INVOCATION} fit --cpuid-before before/probe.json --cpuid-after after/probe.json
      (with "probe --out before" in L2, and again on the other kernel)

${EXIT_CODE_HELP}`;

export const LIVE_HELP = `
The page of a report ("Try it") computes answers to other assumptions and keeps
them in its address. This command runs the suite that such a link describes, on
the machine that it describes, and prints the same numbers. What a link may hold
is in docs/reference/formats.md; what it leaves out is as in the first example.

Examples:
  ${INVOCATION} live '#try?scenario=cpuid-npt-npt&strategy=rfc-2025-03'
  ${INVOCATION} live '#try?scenario=rate-sweep&rate=100000&pages=500&flush=2'
`;

export const LIST_HELP = `
Examples:
  ${INVOCATION} list
  ${INVOCATION} list --json

With --json: {"suites": [...], "strategies": [...], "machines": [...]}.`;

export const EXPLAIN_HELP = `
Topics: machine ID, strategy ID, behaviour KEY, patch NUMBER,
obligation O7, cause ID, scenario ID, parameter PATH.
A name alone is looked up in all of them. A strategy may be a prefix
(rfc-2025-03@17) or changed (ID+behaviour=value).

Examples:
  ${INVOCATION} explain zen3-milan
  ${INVOCATION} explain strategy rfc-2025-03
  ${INVOCATION} explain behaviour invlpga
  ${INVOCATION} explain patch 17
  ${INVOCATION} explain costs.flushAsidCycles
  ${INVOCATION} explain cause refillNestedTlb
  ${INVOCATION} explain scenario cpuid-npt-npt`;

export const SENSITIVITY_HELP = `
Computes the answer 1024 times with other numbers from their ranges, those only
that can give the published rates. Then: an interval with everything unknown,
the share of its variance that each unknown explains (Sobol indices), and where
the saving reaches 1, 5 and 10 % by working set and exits per second.
Sizes and rates are run at a few points; prices are applied to their events.

Examples:
  ${INVOCATION} sensitivity kv-redis-l2
  ${INVOCATION} sensitivity cpuid-npt-npt --machine zen5-turin --json
  ${INVOCATION} sensitivity kv-redis-l2 --html sensitivity.html

${EXIT_CODE_HELP}`;

export const REPLAY_HELP = `
Gives the model the exits and requests of a captured log. For a CPU log (hw.gz)
each VMRUN is compared by VMCB, ASID and TLB_CONTROL. A log of vmcb12s has no
hardware VMRUNs: there the model must flush exactly when the strategy should.

Examples:
  ${INVOCATION} replay data/nested-kvm/hw/*.gz
  ${INVOCATION} replay data/nested-vmcb12/vmcb12/*.gz --json
  ${INVOCATION} replay my.hw.gz --strategy rfc-2025-03

${EXIT_CODE_HELP}`;

export const CHECK_HELP = `
Runs KVM's code over an unbounded TLB in small worlds and tries every order of
events. With --without or --set it looks for what the plain strategy does not
do, and stops at the first: its transcript is a shortest one.

Examples:
  ${INVOCATION} check --strategy rfc-2025-03 --without 17
      what goes wrong when a patch is left out of the series
  ${INVOCATION} check --strategy kvm-6.14 --quick
      everything that goes wrong in a strategy, in small bounds
  ${INVOCATION} check --strategy rfc-2026-06 --world moving --json
  ${INVOCATION} check --strategy kvm-6.14 --replay transcript.txt

${EXIT_CODE_HELP}`;

export const REPORT_HELP = `
Formats:
  mail     plain text in 72 columns, for a cover letter or a reply
  md       Markdown as GitHub reads it
  html     one page with its figures in it
  csv      a row per cell; docs/reference/formats.md has the columns, with units
  parquet  the same columns, typed
  json     what "run --json" prints

Examples:
  ${INVOCATION} report reports/example
  ${INVOCATION} report reports/example --format csv --out cells.csv
  ${INVOCATION} report reports/example --format md | less

${EXIT_CODE_HELP}`;

export const QUERY_HELP = `
Tables, with their columns (times are modelled; units are in the names):
  cells       run scenario suiteGroup machine strategy baseline seed roundTrips
              frequencyGhz meanNs p50Ns p99Ns hardwareFlushesPerTrip
              walksPerTrip staleHitsHost staleHitsCrossVm staleHitsGuest,
              a ...CyclesPerTrip for each cause, cellId
  savings     run scenario machine strategy seed baseline beforeNs afterNs
              savingNs savingRatio (each cell against its baseline's)
  causes      run scenario machine strategy seed cause causeGroup label
              cyclesPerTrip
  trips       run scenario machine strategy seed trip ns
  runs        run version command cells
  scenarios   run scenario suiteGroup baseline question expected suiteSha256
  behaviours  run strategy behaviour value
  parameters  run owner path value low high unit confidence source

The database is made in memory from the folders, and gone afterwards. It can't
read or write anything else.

Examples:
  ${INVOCATION} query "SELECT scenario, avg(savingRatio) FROM savings
      WHERE strategy = 'rfc-2025-03' GROUP BY ALL ORDER BY 2 DESC"
  ${INVOCATION} query 'SELECT scenario, strategy, quantile_cont(ns, 0.999)
      FROM trips GROUP BY ALL' reports/example --json

${EXIT_CODE_HELP}`;

export const PROBE_HELP = `
Follows chains of dependent loads, one on each page, and as many side by side:
the difference is translation. Takes less than 30 seconds and one core; an idle
host gives narrow intervals. Where a C compiler exists, CPUID exits are counted
too: run it in a guest before and after a change of its host.
Writes probe.json (what was measured, host time), probe.svg (measured and
modelled curve) and machine.json (the host as a machine that run takes).

Examples:
  ${INVOCATION} probe
  ${INVOCATION} probe --json --out before
  ${INVOCATION} probe --from before/probe.json --machine zen3-milan
  ${INVOCATION} run cpuid-npt-npt --machine before/machine.json

${EXIT_CODE_HELP}`;

export const COMPARE_HELP = `
A and B are folders of finished runs. Cells of the same scenario, machine,
strategy and seed are compared in pairs. Where both sides name a strategy or a
machine of their own, those are compared with each other.
"No difference" means that the whole 95 % interval lies within --within.

Or A and B are captures: what kernel B saves over kernel A, window by window and
machine by machine, each priced as it executed. This is a run: its folder has
report.html, and "report" prints it as a mail. --model STRATEGY also runs the
trips of A in the model, under its baseline and under the strategy, and says by
how much the two answers differ.

Examples:
  ${INVOCATION} compare reports/before reports/after
  ${INVOCATION} compare reports/example --before kvm-6.14 \\
      --after rfc-2025-03
  ${INVOCATION} compare reports/milan reports/turin --html compared.html
  ${INVOCATION} compare reports/main reports/mine --fail-if-slower 1%
  ${INVOCATION} compare data/captures/stock data/captures/rfc \\
      --model rfc-2025-03

${EXIT_CODE_HELP}`;

export const RECORD_HELP = `
The program runs under Valgrind's tool lackey, some hundred times slower. Its text
is converted as it is printed and never lies on the disk. What comes out is a page
trace and, beside it, a suite that runs the program as L2.
Ctrl-C stops the program and keeps what is recorded. Forked children and programs
that it starts are not recorded: name the program itself, not a script.

Examples:
  ${INVOCATION} record -- sqlite3 my.db .dump
  ${INVOCATION} record --skip 5000000 --instructions 10000000 -- python3 job.py
  ${INVOCATION} record --out traces/job.ptr.br -- ./job --fast

Exit codes: 0 recorded; 1 recorded, but the program itself failed; 2 Valgrind or
the program can't be run; 5 the trace can't be written; 130 interrupted, and what
was recorded is kept.`;

export const VALIDATE_HELP = `
Each row has its source and setup, what was measured, what the model predicts
with its bounds, and whether the two agree. Calibration rows are those that a
parameter comes from. A miss is shown and does not fail the command.

Examples:
  ${INVOCATION} validate
  ${INVOCATION} validate --json
  ${INVOCATION} validate --probe reports/probe/probe.json

${EXIT_CODE_HELP}`;

/** Shown when the program itself failed. */
export function internalError(message: string): string {
  return (
    `${PROGRAM_NAME}: internal error: ${message}\n` +
    'This is a bug of asidbench. Please report it with the command that you typed and the ' +
    'output of the same command with ASIDBENCH_STACK=1.\n'
  );
}

/** Said on Ctrl-C; `folder` is null when nothing was written. */
export function interrupted(finished: number, folder: string | null): string {
  if (folder === null || finished === 0) {
    return `${PROGRAM_NAME}: interrupted before the first cell was finished; nothing is kept.\n`;
  }
  const cells = finished === 1 ? '1 finished cell is' : `${finished} finished cells are`;
  return (
    `${PROGRAM_NAME}: interrupted; ${cells} kept in ${folder}/results.jsonl.\n` +
    `Go on with: ${INVOCATION} run --resume ${folder}\n`
  );
}

/** Said at the end of a shard. */
export function shardDone(name: string, count: number, total: number, folder: string): string {
  return (
    `${name}: ${count} of ${total} cells are in ${folder}.\n` +
    `When all shards are there: ${INVOCATION} merge DIR… --out DIR\n`
  );
}
