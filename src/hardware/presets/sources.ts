/** Where the numbers of the presets come from, each text once. */

const INSTLATX64 = 'InstLatx64/InstLatx64@087af2c7';
const AMD_DUMP = `${INSTLATX64}, CPUID dump AuthenticAMD`;
const INTEL_DUMP = `${INSTLATX64}, CPUID dump GenuineIntel`;
const LATENCY_LOG = `${INSTLATX64}, AIDA64 NewMemLat log`;

export const SOURCES = {
  // CPUID dumps: geometry, ASIDs, feature bits.
  dumpNaples: `${AMD_DUMP}/AuthenticAMD0800F12_K17_Zen_CPUID.txt (EPYC 7551P)`,
  dumpRome: `${AMD_DUMP}/AuthenticAMD0830F10_K17_Rome_CPUID.txt (EPYC 7742)`,
  dumpMilan: `${AMD_DUMP}/AuthenticAMD0A00F11_K19_Milan_CPUID1.txt (EPYC 7713)`,
  dumpGenoa: `${AMD_DUMP}/AuthenticAMD0A10F11_K19_Genoa_01_CPUID.txt (EPYC 9654)`,
  dumpTurin: `${AMD_DUMP}/AuthenticAMD0B00F21_K20_Turin_01_CPUID.txt (EPYC 9655)`,
  dumpBarcelona: `${AMD_DUMP}/AuthenticAMD0100F21_K10_Barcelona_CPUID.txt (Opteron 2347 HE)`,
  dumpSkylakeSp: `${INTEL_DUMP}/GenuineIntel0050654_SkylakeXeon_20_CPUID.txt (Xeon Platinum 8160)`,
  dumpIceLakeSp: `${INTEL_DUMP}/GenuineIntel00606A6_ICX_04_CPUID.txt (Xeon Gold 6336Y)`,
  dumpSapphireRapids: `${INTEL_DUMP}/GenuineIntel00806F8_SapphireRapids_05_CPUID.txt (w7-2475X)`,

  // Pointer-chase latencies: hit penalties and cache latencies.
  logZen1: `${LATENCY_LOG} AuthenticAMD0800F11_K17_Zen_NewMemLat.txt (Ryzen 7 1800X)`,
  logRome: `${LATENCY_LOG} (EPYC 7742)`,
  logZen2: `${LATENCY_LOG}s (EPYC 7742 and Threadripper 3970X)`,
  logZen3: `${LATENCY_LOG} (Ryzen 9 5900X)`,
  logZen4: `${LATENCY_LOG} (Threadripper PRO 7995WX)`,
  logZen4Both: `${LATENCY_LOG}s (Threadripper PRO 7995WX and Ryzen 9 7950X)`,
  logK10: `${LATENCY_LOG} (Phenom II X6 1055T)`,
  logSkylake: `${LATENCY_LOG} (Core i9-7900X)`,

  // Manuals.
  amdApm: "AMD64 Architecture Programmer's Manual vol. 2 (24593), sections 5.5, 15.16 and 15.25",
  intelSdm: "Intel 64 and IA-32 Architectures Software Developer's Manual (SDM)",
  intelOptimization: 'Intel optimisation reference manual, as recalled',
  k10NoSuchFeature: 'No such feature: K10 predates it',

  // Articles and papers.
  zen1Sog:
    'AMD Zen software optimisation guide 2.7.2, as quoted in stackoverflow.com/questions/69814823',
  wikichipZen2: 'WikiChip, amd/microarchitectures/zen_2',
  zen2Itlb: '7-cpu.com, Zen 2 (512 entries), against the CPUID dump of EPYC 7742 (1024 entries)',
  cncZen5Slide: 'Chips and Cheese, article on the leaked Zen 5 slide',
  cncX925: 'Chips and Cheese, Cortex X925 article',
  cncTurinUma: 'Chips and Cheese, "Evaluating Uniform Memory Access Mode on AMD Turin"',
  cncSunnyCove: 'Chips and Cheese, Tiger Lake/Sunny Cove article',
  cncLionCove: 'Chips and Cheese, Lion Cove article',
  bhargava2008:
    'Bhargava et al., "Accelerating Two-Dimensional Page Walks for Virtualized Systems", ' +
    'ASPLOS 2008, as recalled',
  revAnC2017: 'RevAnC (EuroSec 2017), sizes as recalled',
  goldenCove: 'Golden Cove, 48 KiB L1D, as recalled',

  // Mails and commits.
  roth2020:
    'LKML thread of 14-16 Dec 2020, Michael Roth (AMD), "KVM: SVM: use vmsave/vmload ...", ' +
    'lkml.iu.edu/hypermail/linux/kernel/2012.2/00527.html',
  avery2019:
    'kvm list, 9 Oct 2019, Cathy Avery, output of kvm-unit-tests x86/svm.flat (latency) under KVM',
  khorenko2023:
    'LKML 20231109180646.2963718-1-khorenko@virtuozzo.com (Khorenko, 9 Nov 2023), and the ' +
    '1,398 L0 instructions captured here for that exit on Linux 6.12',
  hansen2014:
    'Linux commit a5102476a24b = mail 20140701164856.3020D644@viggo.jf.intel.com ' +
    '(Dave Hansen, Jul 2014)',
  intelBench2015:
    'linux-mm, Jun 2015: Ingo Molnar, x86/bench output (unnamed Intel system); Dave Hansen, ' +
    'measure-tlb-stuff.patch (Haswell Xeon, Westmere Xeon)',
  hansen2017: 'LKML 3062e486-3539-8a1f-5724-16199420be71@intel.com (Dave Hansen, 5 Dec 2017)',
  yosry2025:
    'LKML 20250205182402.2147495-14-yosry.ahmed@linux.dev (RFC 13/13, "KVM: nSVM: Stop bombing ' +
    'the TLB on nested transitions")',
} as const;
