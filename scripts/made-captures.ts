/** How `make-captures` makes a folder of data/captures. */
export interface MadeCapture {
  /** Flags of `capture`. */
  readonly flags: readonly string[];
  /** Segments between mode switches whose pages are kept, from the first; more would say the same again. */
  readonly segments: number;
  /** Workloads whose pages, and sequences, are kept; the others keep their log alone. */
  readonly pagesOf: readonly string[];
  /** Its modules are a patched kernel's, which the project can't make. */
  readonly isPatched?: true;
}

const TABLES = ['--l0', 'npt=1', '--l0', 'npt=0', '--l1', 'npt=1', '--l1', 'npt=0'];
const LOOPS = ['cpuid', 'npf32', 'pio', 'ptechurn64'];
/** Every folder of data/captures that `capture` makes, by its name. */
export const MADE_CAPTURES: Readonly<Record<string, MadeCapture>> = {
  stock: { flags: [...TABLES, '--workloads', LOOPS.join()], segments: 480, pagesOf: LOOPS },
  rfc: {
    flags: [...TABLES, '--workloads', LOOPS.join(), '--patch', 'all 24 patches'],
    segments: 480,
    pagesOf: LOOPS,
    isPatched: true,
  },
  'stock-exits': {
    flags: ['--workloads', 'ptechurn64,msr,hlt,interrupt,two-l2s,two-vcpus,linux-cpuid,fork,tcp'],
    segments: 320,
    pagesOf: ['msr', 'hlt', 'linux-cpuid', 'ptechurn64'],
  },
  'stock-pge': {
    flags: ['--l1', 'npt=1', '--sequence', '--workloads', 'cpuid-nopge,pio-nopge,npf32-nopge'],
    segments: 120,
    pagesOf: ['cpuid-nopge', 'pio-nopge', 'npf32-nopge'],
  },
  'stock-linux': {
    flags: ['--l1', 'npt=1', '--workloads', 'mmap,fork,pipe,l3-cpuid'],
    segments: 480,
    pagesOf: ['mmap', 'fork', 'pipe'],
  },
  'stock-vcpus': {
    flags: ['--l1', 'npt=1', '--vcpus', '2', '--no-pages', '--workloads', 'two-vcpus,vcpus-apart'],
    segments: 0,
    pagesOf: [],
  },
  'stock-nopku': {
    flags: ['--features=-pku', '--no-pages', '--workloads', 'cpuid'],
    segments: 0,
    pagesOf: [],
  },
  'stock-moves': {
    flags: ['--pcpus', '2', '--l1', 'npt=1', '--no-pages', '--workloads', 'moves'],
    segments: 0,
    pagesOf: [],
  },
};
