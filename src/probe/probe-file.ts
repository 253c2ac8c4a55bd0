import { z } from 'zod';
import { hostNanoseconds } from '../units/quantity.ts';
import { UserError } from '../util/user-error.ts';
import type { CpuidRate, NoCpuidRate } from './cpuid-rate.ts';
import { type Estimate, estimateFrom } from './estimate.ts';
import type { Probe } from './probe.ts';

const PROBE_FILE_KIND = 'asidbench-probe';

const estimateSchema = z.object({ point: z.number(), low: z.number(), high: z.number() });
const hostNs = z.array(z.number().transform(hostNanoseconds));

const probeFileSchema = z.object({
  kind: z.literal(PROBE_FILE_KIND),
  schemaVersion: z.literal(1),
  host: z.object({
    modelName: z.string(),
    vendor: z.enum(['AMD', 'Intel', 'unknown']),
    family: z.int().nullable(),
    model: z.int().nullable(),
    stepping: z.int().nullable(),
    isVirtualMachine: z.boolean().nullable(),
    transparentHugePages: z.string(),
    node: z.string(),
  }),
  hugePageShare: z.number().nullable(),
  cpuidPerSecond: z.number().nullable(),
  cpuidPerSecondInterval: estimateSchema.nullable(),
  cpuidSamplesPerSecond: z.array(z.number()),
  cpuidCompiler: z.string().nullable(),
  cpuidMissing: z.string().nullable(),
  hypervisor: z.string().nullable(),
  rounds: z.object({
    clockGhz: z.array(z.number().positive()).min(1),
    byPages: z
      .array(z.object({ pages: z.int().positive(), spreadHostNs: hostNs, packedHostNs: hostNs }))
      .min(4),
  }),
});

type ProbeFile = z.infer<typeof probeFileSchema>;

function rounded({ point, low, high }: Estimate): Estimate {
  const round = (value: number) => Math.round(value * 1000) / 1000;
  return { point: round(point), low: round(low), high: round(high) };
}

function cpuidKeys(cpuid: CpuidRate | NoCpuidRate) {
  if ('reason' in cpuid) {
    return {
      cpuidPerSecond: null,
      cpuidPerSecondInterval: null,
      cpuidSamplesPerSecond: [],
      cpuidCompiler: null,
      cpuidMissing: cpuid.reason,
      hypervisor: null,
    };
  }
  return {
    cpuidPerSecond: rounded(cpuid.perSecond).point,
    cpuidPerSecondInterval: rounded(cpuid.perSecond),
    cpuidSamplesPerSecond: cpuid.samplesPerSecond,
    cpuidCompiler: cpuid.compiler,
    cpuidMissing: null,
    hypervisor: cpuid.hypervisor === '' ? null : cpuid.hypervisor,
  };
}

/** A probe as its file has it: what was estimated first, then every round that it rests on. */
export function probeFile(probe: Probe) {
  const { clockGhz, curve, knees } = probe.estimates;
  return {
    kind: PROBE_FILE_KIND,
    schemaVersion: 1,
    host: probe.host,
    hugePageShare: probe.hugePageShare,
    ...cpuidKeys(probe.cpuid),
    clockGhz: rounded(clockGhz),
    knees: knees.map(({ isClear, share, reachPages, rise }) => ({
      isClear,
      share,
      reachPages,
      riseHostNs: rise === null ? null : rounded(rise),
    })),
    curve: curve.map(({ pages, spread, packed, translation }) => ({
      pages,
      spreadHostNs: rounded(spread),
      packedHostNs: rounded(packed),
      translationHostNs: rounded(translation),
    })),
    rounds: {
      clockGhz: probe.samples.clockGhz,
      byPages: probe.samples.byPages.map(({ pages, spread, packed }) => ({
        pages,
        spreadHostNs: spread,
        packedHostNs: packed,
      })),
    },
  };
}

/** One size a line: a file of rounds stays readable and its diffs small. */
export function probeFileText(probe: Probe): string {
  const { curve, rounds, ...rest } = probeFile(probe);
  const lines = (rows: readonly unknown[]) =>
    rows.map((row) => `      ${JSON.stringify(row)}`).join(',\n');
  const head = JSON.stringify(rest, null, 2).slice(0, -2);
  return `${head},
  "curve": [
${lines(curve)}
  ],
  "rounds": {
    "clockGhz": ${JSON.stringify(rounds.clockGhz)},
    "byPages": [
${lines(rounds.byPages)}
    ]
  }
}
`;
}

function parse(text: string, file: string): ProbeFile {
  const cure = 'Write one with "probe --out FOLDER"';
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new UserError('input', file, `this is no JSON: ${what}`, cure);
  }
  const result = probeFileSchema.safeParse(data);
  if (!result.success) {
    const [issue] = result.error.issues;
    const place = `${file} ${issue?.path.join('.') ?? ''}`.trim();
    throw new UserError('input', place, issue?.message ?? 'this is no probe', cure);
  }
  const { clockGhz, byPages } = result.data.rounds;
  const uneven = byPages.find(
    (each) =>
      each.spreadHostNs.length !== clockGhz.length || each.packedHostNs.length !== clockGhz.length,
  );
  if (uneven !== undefined) {
    const place = `${file} rounds.byPages, ${uneven.pages} pages`;
    throw new UserError('input', place, `there are not ${clockGhz.length} samples each`, cure);
  }
  return result.data;
}

/**
 * A probe from the text of its file. The estimates are made anew from the rounds, so they are those
 * of this program. Throws UserError('input') for a file that no probe wrote.
 */
export function readProbeFile(text: string, file: string): Probe {
  const data = parse(text, file);
  const samples = {
    clockGhz: data.rounds.clockGhz,
    byPages: data.rounds.byPages.map(({ pages, spreadHostNs, packedHostNs }) => ({
      pages,
      spread: spreadHostNs,
      packed: packedHostNs,
    })),
  };
  const cpuid =
    data.cpuidPerSecondInterval === null
      ? { reason: data.cpuidMissing ?? 'the file has none' }
      : {
          perSecond: data.cpuidPerSecondInterval,
          samplesPerSecond: data.cpuidSamplesPerSecond,
          compiler: data.cpuidCompiler ?? '',
          hypervisor: data.hypervisor ?? '',
        };
  const { host, hugePageShare } = data;
  return { host, hugePageShare, samples, estimates: estimateFrom(samples), cpuid };
}
