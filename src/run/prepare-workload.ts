import type { PageTrace } from '../inputs/page-trace.ts';
import type { Cell } from '../suite/cell.ts';
import type { ProgramWorkload, Suite, Workload } from '../suite/suite.ts';
import { windowTrips } from '../suite/window-content.ts';
import {
  askedFlushShare,
  capturedL0Exits,
  capturedTrips,
  pageTrace,
  shippedTracePath,
} from '../workloads/captures.ts';
import { EVENT_KINDS, type EventRates } from '../workloads/events.ts';
import { generatedTrace } from '../workloads/generated-trace.ts';
import { L1Traffic } from '../workloads/l1-traffic.ts';
import { capturedSizes, type SizeRule, sizesByRegion } from '../workloads/mapped-sizes.ts';
import { instructionsBetweenExits } from '../workloads/program.ts';
import { Traffic } from '../workloads/traffic.ts';
import type { World } from '../workloads/world.ts';

/** One round trip after another, of the workload's own choosing. */
export type NextTrip = () => void;

function capturesOf(workload: Workload) {
  return workload.kind === 'program'
    ? workload.handlers
    : [{ capture: workload.capture, reflectedExit: workload.reflectedExit, weight: 1 }];
}

/** The file of the page trace that a suite runs as L2; null for one that is generated. */
export function tracePath(suite: Suite, { trace }: ProgramWorkload): string | null {
  if (typeof trace === 'string') return shippedTracePath(trace);
  if ('generated' in trace) return null;
  if (suite.traceFile === undefined) throw new Error(`${suite.id} was not loaded from a file`);
  return suite.traceFile.path;
}

function traceOf(suite: Suite, workload: ProgramWorkload): PageTrace {
  const { trace } = workload;
  if (typeof trace === 'object' && 'generated' in trace) {
    const { hotPages, ...rest } = trace.generated;
    return generatedTrace({ ...rest, hotPages: Math.round(hotPages.nominal) });
  }
  return pageTrace(tracePath(suite, workload)!);
}

/** Events per round trip: a rate per second is spread over the round trips of a second. */
export function eventRatesOf(suite: Suite): EventRates {
  const { events, workload } = suite;
  const rates: Record<string, number> = {};
  for (const kind of EVENT_KINDS) {
    const rate = events?.[kind];
    if (rate === undefined) continue;
    const perSecond = workload.kind === 'program' ? workload.exitsPerSecond.nominal : 1;
    rates[kind] = rate.unit === 'ratio' ? rate.nominal : rate.nominal / perSecond;
  }
  return rates;
}

/** Null: the captured handlers keep the exits that L0 handled by itself. */
function exitsHandledByL0({ workload }: Suite) {
  if (workload.kind !== 'program' || workload.handledByL0 === undefined) return null;
  return workload.handledByL0.map(({ from, exit, capture, perRoundTrip }) => ({
    from,
    captured: capturedL0Exits(capture, exit, from),
    perRoundTrip: perRoundTrip.nominal,
  }));
}

function programOf(suite: Suite, frequencyGhz: number) {
  const { workload } = suite;
  if (workload.kind !== 'program') return null;
  return {
    trace: traceOf(suite, workload),
    meanInstructions: instructionsBetweenExits(workload.exitsPerSecond.nominal, frequencyGhz),
  };
}

/** Sizes of pages as the captures of a suite have them, one capture after another, else by region. */
export function sizesOfCaptures({ workload, kernel, paging, pageSizes }: Suite): SizeRule {
  let rule = sizesByRegion(paging, pageSizes);
  for (const { capture, reflectedExit } of capturesOf(workload)) {
    const { sizes } = capturedTrips(capture, reflectedExit, kernel);
    if (sizes !== null) rule = capturedSizes(sizes, rule);
  }
  return rule;
}

/** The guests of a cell in its world, entered once; each call runs the next round trip. */
export function prepareWorkload(cell: Cell, world: World): NextTrip {
  const { suite, seed } = cell;
  const { workload } = suite;
  const rates = eventRatesOf(suite);
  const placement = suite.fleet?.placement ?? 'spread';
  const handlers = capturesOf(workload).map(({ capture, reflectedExit, weight }) => ({
    captured:
      suite.window === undefined
        ? capturedTrips(capture, reflectedExit, suite.kernel)
        : windowTrips(suite.window, reflectedExit),
    weight,
  }));
  const traffic =
    workload.kind === 'l1-exits'
      ? new L1Traffic(world, handlers[0]!.captured, { rates, placement }, seed)
      : new Traffic(
          world,
          {
            handlers,
            program: programOf(suite, cell.config.frequencyGhz),
            askedShare:
              workload.kind === 'program' && workload.l1Asks !== undefined
                ? askedFlushShare(workload.l1Asks)
                : 0,
            handledByL0: exitsHandledByL0(suite),
            rates,
            placement,
            hyperV: suite.hyperV === true,
          },
          seed,
        );
  world.reserve();
  traffic.start();
  return () => traffic.next();
}
