import type { Prng } from '../../src/util/prng.ts';

const LONG = 'x'.repeat(100_000);
const DEPTH = 5000;

/** Values that a reader may not expect. */
const HOSTILE: readonly unknown[] = [
  null,
  -1,
  0.5,
  1e308,
  -0,
  '',
  '<script>alert(1)</script>',
  '\u202e\u0000\n\u001b[31m',
  '../../../../etc/passwd',
  LONG,
  [],
  {},
  true,
  'constructor',
  '__proto__',
];
const KEYS = ['__proto__', 'constructor', 'toString', '', 'file', '0'];

function pick<T>(choices: readonly T[], prng: Prng): T {
  return choices[prng.nextInt(choices.length)]!;
}

/** JSON with one value replaced, doubled, added or taken away, somewhere inside. */
export function mutatedJson(text: string, prng: Prng): string {
  // As deep as no reader goes by itself: made as text, since a value of this depth can't be.
  if (prng.nextInt(50) === 0) return text.replace(/"[^"]*"(?=[,}])/, '['.repeat(DEPTH));
  const root = { value: JSON.parse(text) as unknown };
  let holder: object = root;
  let key = 'value';
  for (let level = prng.nextInt(8); level > 0; level -= 1) {
    const inner: unknown = Reflect.get(holder, key);
    if (typeof inner !== 'object' || inner === null || Object.keys(inner).length === 0) break;
    holder = inner;
    key = pick(Object.keys(inner), prng);
  }
  change(holder, key, prng);
  return JSON.stringify(root.value) ?? 'undefined';
}

function change(holder: object, key: string, prng: Prng): void {
  const choice = prng.nextInt(4);
  if (choice === 0) Reflect.deleteProperty(holder, key);
  else if (choice === 1) define(holder, pick(KEYS, prng), pick(HOSTILE, prng));
  else if (choice === 2 && Array.isArray(holder)) holder.push(...holder.slice(0, 2));
  else define(holder, key, pick(HOSTILE, prng));
}

/** An assignment to `__proto__` would change the prototype instead of adding a key. */
function define(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
