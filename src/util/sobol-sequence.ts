import type { Prng } from './prng.ts';
import { SOBOL_DIRECTIONS } from './sobol-directions.ts';

const BITS = 32;
const SPAN = 4294967296;
/** Dimensions that there are direction numbers for. */
export const MOST_DIMENSIONS = SOBOL_DIRECTIONS.length + 1;

/** The 32 direction numbers of one dimension; the first dimension is van der Corput's. */
function directionsOf(dimension: number): Uint32Array {
  const directions = new Uint32Array(BITS);
  if (dimension === 0) {
    for (let bit = 0; bit < BITS; bit++) directions[bit] = 1 << (BITS - 1 - bit);
    return directions;
  }
  const [polynomial, ...initial] = SOBOL_DIRECTIONS[dimension - 1]!;
  const degree = initial.length;
  for (let bit = 0; bit < degree; bit++) directions[bit] = initial[bit]! << (BITS - 1 - bit);
  for (let bit = degree; bit < BITS; bit++) {
    let next = directions[bit - degree]! ^ (directions[bit - degree]! >>> degree);
    for (let k = 1; k < degree; k++) {
      if (((polynomial! >>> (degree - k)) & 1) === 1) next ^= directions[bit - k]!;
    }
    directions[bit] = next;
  }
  return directions;
}

function reversed(word: number): number {
  let bits = word;
  bits = ((bits >>> 1) & 0x55555555) | ((bits & 0x55555555) << 1);
  bits = ((bits >>> 2) & 0x33333333) | ((bits & 0x33333333) << 2);
  bits = ((bits >>> 4) & 0x0f0f0f0f) | ((bits & 0x0f0f0f0f) << 4);
  bits = ((bits >>> 8) & 0x00ff00ff) | ((bits & 0x00ff00ff) << 8);
  return (bits >>> 16) | (bits << 16);
}

/**
 * Nested uniform (Owen) scrambling of the bits, the highest first, by a hash in which each bit depends
 * on higher bits alone: B. Burley, "Practical hash-based Owen scrambling", Journal of Computer Graphics
 * Techniques 9(4), 2020.
 */
function scrambled(word: number, seed: number): number {
  let bits = reversed(word);
  bits ^= Math.imul(bits, 0x3d20adea);
  bits = (bits + seed) | 0;
  bits = Math.imul(bits, (seed >>> 16) | 1);
  bits ^= Math.imul(bits, 0x05526c56);
  bits ^= Math.imul(bits, 0x53a22864);
  return reversed(bits);
}

/**
 * The first `count` points of a Sobol sequence in [0, 1), row by row: `count` × `dimensions` numbers.
 * With a stream they are scrambled, which moves the points off the corners and makes each of them
 * uniform, while any 2^k of them stay spread out; without one they are the plain sequence.
 * `count` is at most 2^31, `dimensions` at most 80.
 */
export function sobolPoints(count: number, dimensions: number, prng: Prng | null): Float64Array {
  if (!(dimensions >= 1 && dimensions <= MOST_DIMENSIONS)) {
    throw new RangeError(`Sobol sequence: ${dimensions} dimensions; 1 to ${MOST_DIMENSIONS}`);
  }
  const points = new Float64Array(count * dimensions);
  for (let dimension = 0; dimension < dimensions; dimension++) {
    const directions = directionsOf(dimension);
    const seed = prng === null ? 0 : prng.nextUint32();
    let word = 0;
    for (let index = 0; index < count; index++) {
      const bits = prng === null ? word : scrambled(word, seed);
      points[index * dimensions + dimension] = (bits >>> 0) / SPAN;
      // Gray code: the lowest zero bit of the index says which direction comes next.
      let zero = 0;
      while (((index >>> zero) & 1) === 1) zero++;
      word ^= directions[zero]!;
    }
  }
  return points;
}
