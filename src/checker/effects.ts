import { PairIndex } from './pair-index.ts';

/** Names that a state is written under: old name to new name, and back. */
export interface Naming {
  readonly pcpu: Uint8Array;
  readonly pcpuAt: Uint8Array;
  readonly vcpu: Uint8Array;
  readonly vcpuAt: Uint8Array;
  readonly vm: Uint8Array;
  readonly vmAt: Uint8Array;
  /** Level of a vCPU (0 is L1 and stays): (old vCPU, old level) to new level. */
  readonly level: Uint8Array;
  readonly levelAt: Uint8Array;
}

function copyNaming(naming: Naming): Naming {
  return {
    pcpu: naming.pcpu.slice(),
    pcpuAt: naming.pcpuAt.slice(),
    vcpu: naming.vcpu.slice(),
    vcpuAt: naming.vcpuAt.slice(),
    vm: naming.vm.slice(),
    vmAt: naming.vmAt.slice(),
    level: naming.level.slice(),
    levelAt: naming.levelAt.slice(),
  };
}

/** More than any name of WORLD_LIMITS. */
const NAMES = 4;

/**
 * Namings, scripts and effects by number: many transitions share them. An effect is a script done to
 * translations, which are then written under a naming.
 */
export class Effects {
  private readonly namings: Naming[] = [];
  private readonly numberOfNaming = new Map<number, number>();
  /** Most often the same one comes again. */
  private lastKey = -1;
  private lastNaming = -1;
  private readonly scripts: (readonly number[])[] = [];
  private readonly numberOfScript = new Map<string, number>();
  private readonly joints = new PairIndex(Number.MAX_SAFE_INTEGER);
  private readonly joined: number[] = [];
  private readonly effects = new PairIndex(Number.MAX_SAFE_INTEGER);

  /** Effects have the numbers below it. */
  get count(): number {
    return this.effects.size;
  }

  numberNaming(naming: Naming): number {
    const key = keyOfNaming(naming);
    if (key === this.lastKey) return this.lastNaming;
    const number = this.numberOfKey(key, naming);
    this.lastKey = key;
    this.lastNaming = number;
    return number;
  }

  private numberOfKey(key: number, naming: Naming): number {
    const known = this.numberOfNaming.get(key);
    if (known !== undefined) return known;
    this.numberOfNaming.set(key, this.namings.length);
    return this.namings.push(copyNaming(naming)) - 1;
  }

  numberScript(script: readonly number[]): number {
    const key = String.fromCharCode(...script);
    const known = this.numberOfScript.get(key);
    if (known !== undefined) return known;
    this.numberOfScript.set(key, this.scripts.length);
    return this.scripts.push([...script]) - 1;
  }

  /** One script after another. */
  joinScripts(first: number, second: number): number {
    const before = this.joints.size;
    const at = this.joints.insert(first, second);
    if (this.joints.size > before) {
      this.joined.push(this.numberScript([...this.scripts[first]!, ...this.scripts[second]!]));
    }
    return this.joined[at]!;
  }

  numberEffect(script: number, naming: number): number {
    return this.effects.insert(script, naming);
  }

  naming(number: number): Naming {
    return this.namings[number]!;
  }

  scriptOf(effect: number): readonly number[] {
    return this.scripts[this.effects.firsts[effect]!]!;
  }

  namingOf(effect: number): Naming {
    return this.naming(this.namingNumber(effect));
  }

  /** The number of the naming that an effect writes under. */
  namingNumber(effect: number): number {
    return this.effects.seconds[effect]!;
  }
}

/** At most 2 bits for each of 4 vCPUs, 4 pCPUs, 3 VMs and 12 asid12s: an exact number. */
function keyOfNaming({ vmAt, vcpuAt, pcpuAt, levelAt, level }: Naming): number {
  let key = 0;
  for (let i = 0; i < vmAt.length; i += 1) key = key * NAMES + vmAt[i]!;
  for (let i = 0; i < vcpuAt.length; i += 1) key = key * NAMES + vcpuAt[i]!;
  for (let i = 0; i < pcpuAt.length; i += 1) key = key * NAMES + pcpuAt[i]!;
  const levels = level.length / vcpuAt.length;
  for (let i = 0; i < levelAt.length; i += 1) {
    // L1 keeps its name.
    if (i % levels !== 0) key = key * NAMES + levelAt[i]!;
  }
  return key;
}
