import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Work that any thread can do: a pure function of plain data, and where a worker thread finds it.
 * Write it as an exported constant of the module that it names:
 *
 *     export const square: Task<{ base: number }, number, number> = {
 *       module: import.meta.url,
 *       name: 'square',
 *       run: (input, shared) => shared.base + input * input,
 *     };
 *
 * `Shared`, `Input` and `Output` cross threads by structured clone: no functions, no classes. A
 * typed array over a SharedArrayBuffer is not copied.
 */
export interface Task<Shared, Input, Output> {
  /** `import.meta.url` of the module that exports this object. */
  readonly module: string;
  /** Under which name it exports it. */
  readonly name: string;
  readonly run: (input: Input, shared: Shared) => Output | Promise<Output>;
}

const SOURCE_ROOT = new URL('../../', import.meta.url).href;

/**
 * The module as a thread can load it. Node 20 runs no TypeScript, so that a program which runs from
 * its sources (the tests do) gives its threads what the compiler last wrote into dist.
 */
export function compiledModule(module: string): string {
  if (!module.endsWith('.ts') || !module.startsWith(SOURCE_ROOT)) return module;
  const inside = module.slice(SOURCE_ROOT.length).replace(/\.ts$/, '.js');
  const compiled = `${SOURCE_ROOT}dist/${inside}`;
  if (existsSync(fileURLToPath(compiled))) return compiled;
  throw new Error(`${fileURLToPath(compiled)} is missing: build first (npm run build)`);
}
