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

/** What an event does to translations, and the names of the state that it leads to. */
interface Effect {
  readonly script: readonly number[];
  readonly naming: number;
}

/** Namings and effects by number: many transitions share them. */
export class Effects {
  private readonly namings: Naming[] = [];
  private readonly effects: Effect[] = [];
  private readonly numberOfNaming = new Map<string, number>();
  private readonly numberOfEffect = new Map<string, number>();

  numberNaming(naming: Naming): number {
    const { vmAt, vcpuAt, pcpuAt, levelAt } = naming;
    const key = String.fromCharCode(...vmAt, ...vcpuAt, ...pcpuAt, ...levelAt);
    const known = this.numberOfNaming.get(key);
    if (known !== undefined) return known;
    this.numberOfNaming.set(key, this.namings.length);
    return this.namings.push(copyNaming(naming)) - 1;
  }

  numberEffect(script: readonly number[], naming: number): number {
    const key = `${naming} ${String.fromCharCode(...script)}`;
    const known = this.numberOfEffect.get(key);
    if (known !== undefined) return known;
    this.numberOfEffect.set(key, this.effects.length);
    return this.effects.push({ script: [...script], naming }) - 1;
  }

  naming(number: number): Naming {
    return this.namings[number]!;
  }

  effect(number: number): Effect {
    return this.effects[number]!;
  }
}
