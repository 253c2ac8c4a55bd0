/** Rules about modules together: who imports whom, and who uses what. */
import { importsOf, resolvePath } from './tidy-rules.ts';

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Paths of the modules that each module imports, types included. */
export function importGraph(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  const known = new Set(files.map(({ path }) => path));
  return new Map(
    files.map(({ path, text }) => [
      path,
      importsOf(text)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => resolvePath(path, specifier))
        .filter((to) => known.has(to)),
    ]),
  );
}

/** The checker and the workloads each have a world of their own, and no module knows both. */
const TWICE = ['World'];

/** `name: file, file` for each name that two modules export a type or a class under. */
export function namesTwice(files: readonly SourceFile[]): readonly string[] {
  const places = new Map<string, string[]>();
  for (const { path, text } of files) {
    for (const [, name = ''] of text.matchAll(/^export (?:interface|type|class) (\w+)/gm)) {
      places.set(name, [...(places.get(name) ?? []), path]);
    }
  }
  return [...places]
    .filter(([name, paths]) => paths.length > 1 && !TWICE.includes(name))
    .map(([name, paths]) => `${name}: ${paths.join(', ')}`);
}

/** Sets of modules that import each other, directly or through others (Tarjan, 1972). */
export function circles(graph: ReadonlyMap<string, readonly string[]>): readonly string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): number => {
    const own = order.size;
    order.set(path, own);
    lowest.set(path, own);
    open.push(path);
    for (const to of graph.get(path) ?? []) {
      if (!order.has(to)) lowest.set(path, Math.min(lowest.get(path)!, visit(to)));
      else if (open.includes(to)) lowest.set(path, Math.min(lowest.get(path)!, order.get(to)!));
    }
    if (lowest.get(path) === own) {
      const circle = open.splice(open.indexOf(path));
      if (circle.length > 1) found.push(circle.sort());
    }
    return lowest.get(path)!;
  };
  for (const path of graph.keys()) if (!order.has(path)) visit(path);
  return found;
}
