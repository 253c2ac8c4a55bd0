/**
 * Runs the sanitizer on the stock kernel and on every variant of it, and writes the tables of
 * docs/evidence/sanitizer.md: `npm run make -- sanitizer-evidence FOLDER`. What FOLDER has already is
 * taken from there, so that it can be stopped and started again. Some hours of CPU time from nothing:
 * a job for the night.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withRig } from '../src/cli/rig/open-rig.ts';
import { kernelOf, watchKernel } from '../src/cli/rig/watch-kernel.ts';
import { buildQemu, type Emulator } from '../src/rig/build-qemu.ts';
import type { Rig } from '../src/rig/rig.ts';
import {
  RUNS,
  replaceBlock,
  stockTable,
  variantTable,
  type Watched,
  wordTables,
} from '../src/sanitizer/evidence.ts';
import { findingsOf } from '../src/sanitizer/findings.ts';
import { readReport } from '../src/sanitizer/read-report.ts';
import { SANITIZER_RUNS } from '../src/sanitizer/runs.ts';
import { VARIANTS } from '../src/sanitizer/variants.ts';

const PAGE = 'docs/evidence/sanitizer.md';
const folder = process.argv[2] ?? 'reports/sanitizer';
const plan: readonly (readonly [variant: string | null, run: string])[] = [
  ...RUNS.map((run) => [null, run.id] as const),
  ...VARIANTS.flatMap((variant) => variant.seenIn.map((run) => [variant.id, run] as const)),
];
const watched = await withRig(false, async (rig) => {
  const emulator = await buildQemu(rig, null);
  const seen: Watched[] = [];
  const found = new Set<string>();
  for (const [id, name] of plan) {
    // The runs of a variant are tried in turn until one of them shows it.
    if (id !== null && found.has(id)) continue;
    const run = await watch(rig, emulator, id, name);
    seen.push({ variant: id, run });
    if (id !== null && findingsOf(run.report).missed.length > 0) found.add(id);
  }
  return seen;
});
const page = readFileSync(PAGE, 'utf8');
const blocks = [
  ['words', wordTables()],
  ['stock', stockTable(watched)],
  ['variants', variantTable(watched)],
] as const;
writeFileSync(
  PAGE,
  blocks.reduce((text, [name, block]) => replaceBlock(text, name, block), page),
);

async function watch(
  rig: Rig,
  emulator: Emulator,
  id: string | null,
  name: string,
): Promise<Watched['run']> {
  const subject = join(folder, id ?? 'stock');
  const path = join(subject, name, 'report.txt');
  const broken = join(subject, name, 'broken.txt');
  if (existsSync(path)) {
    const why = existsSync(broken) ? readFileSync(broken, 'utf8') : null;
    return { id: name, report: readReport(readFileSync(path, 'utf8'), path), broken: why };
  }
  const variant = VARIANTS.find((each) => each.id === id) ?? null;
  const run = SANITIZER_RUNS.find((each) => each.id === name)!;
  const kernel = await kernelOf(rig, variant);
  const seen = await watchKernel(rig, emulator, kernel, run, subject);
  mkdirSync(join(subject, name), { recursive: true });
  if (seen.broken !== null) writeFileSync(broken, seen.broken);
  return seen;
}
