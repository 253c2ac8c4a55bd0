/** A mutant that no test can tell from the original, and why. */
export interface EquivalentMutant {
  readonly path: string;
  /** The whole line that it changes, without the spaces around it: lines move. */
  readonly line: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** A test fails when one of these no longer is a mutant of its file. */
export const EQUIVALENT_MUTANTS: readonly EquivalentMutant[] = [
  {
    path: 'src/statistics/bca-interval.ts',
    line: 'if (sampleCount < 2) return 0;',
    from: '<',
    to: '<=',
    why: 'Two jackknife values lie symmetrically around their mean, so their cubes cancel: the acceleration is 0.',
  },
  {
    path: 'src/statistics/sign-flip.ts',
    line: 'const middle = Math.ceil(magnitudes.length / 2);',
    from: '/',
    to: '*',
    why: 'Where the differences are parted changes how long the count takes, never what it is: one half may be empty.',
  },
  {
    path: 'src/statistics/signed-rank.ts',
    line: 'for (let at = from; at < to; at++) ranks[order[at]!] = from + 1 + to;',
    from: '<',
    to: '<=',
    why: 'The rank that is written too far is that of the next tie, which is written next; past the end there is none.',
  },
  {
    path: 'src/statistics/bca-interval.ts',
    line: 'if (divisor <= 0) return shifted < 0 ? 0 : 1;',
    from: '<',
    to: '<=',
    why: 'Where `shifted` is 0 the divisor is 1, so that this line is not reached.',
  },
  {
    path: 'src/checker/pair-index.ts',
    line: 'const FEW_SLOTS = 1 << 12;',
    from: '12',
    to: '(12 + 1)',
    why: 'An index that begins with more slots holds the same pairs in the same places.',
  },
  {
    path: 'src/checker/symmetry.ts',
    line: 'for (let at = 0; at < this.vcpuAt.length; at += 1) this.vcpu[this.vcpuAt[at]!] = at;',
    from: '<',
    to: '<=',
    why: 'Past the end there is no vCPU, and a typed array has no place for one without a number.',
  },
  {
    path: 'src/checker/vcpu-codec.ts',
    line: 'const isLevel = !spec.nptEnabled && root > 0;',
    from: '>',
    to: '>=',
    why: 'Root 0 is that of L1, whose level has the name 0 whatever those of L2 are called.',
  },
  {
    path: 'src/hardware/pcpu.ts',
    line: 'this.sawStale = false;',
    from: 'false',
    to: 'true',
    why: 'As if a stale hit had been seen: the rest is run touch by touch, which is slower and gives the same.',
  },
  {
    path: 'src/checker/surroundings.ts',
    line: 'this.numbers = new Int32Array(2 + pcpus);',
    from: '2',
    to: '(2 + 1)',
    why: 'A place more, which is written by nobody and is 0 in every tuple.',
  },
];
