import { KvmCodec } from './kvm-codec.ts';
import type { Names } from './symmetry.ts';
import type { Truth } from './truth.ts';
import { TruthCodec } from './truth-codec.ts';
import type { World } from './world.ts';

/** Both halves of a world's state as bytes, one behind the other. */
export class Codec {
  private readonly kvm: KvmCodec;
  private readonly truth: TruthCodec;

  /** `truth` is the world's. */
  constructor(world: World, truth: Truth) {
    this.kvm = new KvmCodec(world);
    this.truth = new TruthCodec(truth, this.kvm.names, this.kvm.bytes);
  }

  get names(): Names {
    return this.kvm.names;
  }

  /** The state as 32-bit words; `stride` bytes of them. */
  get words(): Int32Array {
    return this.kvm.bytes.words;
  }

  get stride(): number {
    return this.kvm.bytes.size + this.truth.bytes.size;
  }

  /** From now on every name stays what it is. */
  keepNames(): void {
    this.kvm.keepNames();
  }

  encode(): void {
    this.kvm.encode();
    this.truth.encode();
  }

  decode(): void {
    this.kvm.decode();
    this.truth.decode();
  }
}
