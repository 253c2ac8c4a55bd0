import { type CutWindow, cutWindow } from '../../src/executed/iterations.ts';
import { readCpuLog } from '../../src/inputs/cpu-log.ts';
import { logSegments } from '../../src/inputs/log-segments.ts';
import { readPageTouches } from '../../src/inputs/page-touches.ts';
import { joinTouches, type TouchedWindow } from '../../src/inputs/touched-segments.ts';

const HEADER = 'segment,level,order,page4k,access,guestPageShift,nestedPageShift';
/** VMCBs of L1 and L2. */
const VMCB = { L1: 'a', L2: 'b' } as const;

/** One mode switch, or something between two of them, as a few words. */
export type Line = string;

/**
 * A captured window in short: `L1 asid=3 tlb=0` enters a guest, `exit L2 72` leaves one, `mark` begins an
 * iteration, and other lines are those of a log without their clock. Each segment lasts 100 instructions.
 * `touched` names the pages of each segment in turn: its level, then page and access.
 */
export function smallWindow(lines: readonly Line[], touched: readonly string[]): TouchedWindow {
  let clock = 0;
  const log = lines.map((line) => {
    const [what = '', ...rest] = line.split(' ');
    if (what === 'mark') return `${clock} MARK 3 g=1`;
    if (what !== 'exit' && what !== 'L1' && what !== 'L2') return `${clock} ${line}`;
    clock += 100;
    if (what === 'exit') {
      const [level, code] = rest;
      const vmcb = VMCB[level === 'L1' ? 'L1' : 'L2'];
      return `${clock} VMEXIT vmcb=${vmcb} code=${code} info1=0 info2=0 rip=0 cr3=0 cpl=0 ecx=0 eax=0`;
    }
    return `${clock} VMRUN vmcb=${VMCB[what]} ${rest.join(' ')} clean=0 ncr3=0 cr3=0 rip=0 intctl=0 virt=0 inj=0`;
  });
  const rows = touched.flatMap((text, segment) => {
    const [level, ...pages] = text.split(' ');
    return pages.map((page, order) => {
      const [number, access] = page.split(':');
      return `${segment},${level},${order},${number},${access},12,${level === 'L0' ? 0 : 12}`;
    });
  });
  const segments = logSegments(readCpuLog(`${log.join('\n')}\n`, 'log'));
  const touches = readPageTouches(`${[HEADER, ...rows].join('\n')}\n`, 'pages.csv');
  return joinTouches(segments, touches, 'pages.csv');
}

/** Round trips of a CPUID, each an iteration of the loop in L2. */
export interface CpuidTrips {
  readonly count: number;
  /** ASID of L1's VMRUN and of L2's. */
  readonly asids: readonly [number, number];
  /** Likewise TLB_CONTROL. */
  readonly tlbControls: readonly [number, number];
  /** Lines in the segment of L2, for example an INVLPG. */
  readonly inL2?: readonly Line[];
  /** Lines in the segment of L1. */
  readonly inL1?: readonly Line[];
}

/** L0 touches two pages in each of its segments, L1 and L2 one of the same number each. */
export function cpuidTrips(trips: CpuidTrips): CutWindow {
  const { count, asids, tlbControls, inL1 = [], inL2 = [] } = trips;
  const trip = [
    'exit L2 72',
    `L1 asid=${asids[0]} tlb=${tlbControls[0]}`,
    ...inL1,
    'exit L1 80',
    `L2 asid=${asids[1]} tlb=${tlbControls[1]}`,
    'mark',
    ...inL2,
  ];
  const lines = ['mark', ...Array.from({ length: count }, () => trip).flat(), 'exit L2 72'];
  const touched = Array.from({ length: count }, () => [
    'L0 ffff1:x ffff2:r',
    'L1 5:r',
    'L0 ffff1:x ffff3:w',
    'L2 5:r',
  ]).flat();
  return cutWindow(smallWindow(lines, touched));
}
