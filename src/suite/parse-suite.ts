import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { UserError } from '../util/user-error.ts';
import {
  causeOf,
  cureFor,
  type Issue,
  mostTelling,
  plainest,
  SEE_SCHEMA,
} from './explain-issue.ts';
import { type SuiteDocument, suiteSchema } from './suite.ts';

type Path = readonly PropertyKey[];

function position(lineCounter: LineCounter, offset: number): string {
  const { line, col } = lineCounter.linePos(offset);
  return `${line}:${col}`;
}

function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? String(step) : `.${String(step)}`;
  }
  return text;
}

/** Offset of the node at `path`, or of its nearest parent when a key is missing. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const steps = path.slice(0, length);
    const node = length === 0 ? document.contents : document.getIn(steps, true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function offsetOfKey(document: Document, path: Path, key: string): number {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(map)) {
    for (const { key: keyNode } of map.items) {
      if (isScalar(keyNode) && String(keyNode.value) === key && keyNode.range) {
        return keyNode.range[0];
      }
    }
  }
  return offsetOf(document, path);
}

function explainIssue(
  issue: Issue,
  document: Document,
  lineCounter: LineCounter,
  file: string,
): UserError {
  const { issue: plain, path } = plainest(issue, issue.path);
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  const value = isScalar(node) ? node.value : (node ?? undefined);
  const offset =
    plain.code === 'unrecognized_keys'
      ? offsetOfKey(document, path, plain.keys[0] ?? '')
      : offsetOf(document, path);
  const key = pathText(path);
  const place = `${file}:${position(lineCounter, offset)}${key === '' ? '' : ` ${key}`}`;
  return new UserError('input', place, causeOf(plain, value), cureFor(plain, value));
}

/** The parts of YAML that a suite may not use: they hide what a reader sees. */
function refuseTagsAndAliases(document: Document, lineCounter: LineCounter, file: string): void {
  visit(document, {
    Node(_key, node) {
      const offset = node.range ? node.range[0] : 0;
      const place = `${file}:${position(lineCounter, offset)}`;
      if (isAlias(node) || node.anchor !== undefined) {
        const cure = 'Write the value out where it is used';
        throw new UserError('input', place, 'anchors and aliases are not allowed', cure);
      }
      if (isScalar(node) && node.tag !== undefined) {
        throw new UserError('input', place, 'tags are not allowed', 'Write the value without it');
      }
    },
  });
}

/** The YAML composer recurses: a few thousand nested brackets exhaust its stack. */
function nestedTooDeeply(file: string): UserError {
  return new UserError('input', file, 'values are nested too deeply', SEE_SCHEMA);
}

/** A suite has some hundred of them; a megabyte of brackets keeps the parser busy for seconds. */
const MOST_MARKS = 50_000;

/** Counts what a parser makes an object of: keys, items, brackets, comments and line ends. */
function refuseTooManyMarks(text: string, file: string): void {
  let marks = 0;
  for (const _ of text.matchAll(/[\n\r:,?{}[\]&*!#%-]/g)) {
    marks += 1;
    if (marks <= MOST_MARKS) continue;
    const cause = `it has more than ${MOST_MARKS} keys, items, brackets and lines`;
    const cure = 'A suite is a page of YAML; check that this is one';
    throw new UserError('input', file, cause, cure);
  }
}

/** In linear time, unlike the parser's own check. */
function refuseDoubleKeys(document: Document, lineCounter: LineCounter, file: string): void {
  visit(document, {
    Map(_key, node) {
      const seen = new Set<string>();
      for (const { key } of node.items) {
        const name = isScalar(key) ? String(key.value) : '';
        if (seen.has(name)) {
          const offset = isNode(key) && key.range ? key.range[0] : 0;
          const place = `${file}:${position(lineCounter, offset)}`;
          const cause = 'this is not plain YAML: Map keys must be unique';
          throw new UserError('input', place, cause, 'Correct the line');
        }
        seen.add(name);
      }
    },
  });
}

function parseYaml(text: string, lineCounter: LineCounter, file: string): Document {
  refuseTooManyMarks(text, file);
  let document: Document;
  try {
    // A pretty error costs time for each line of the text, and damage can make thousands of them.
    document = parseDocument(text, {
      lineCounter,
      schema: 'core',
      stringKeys: true,
      prettyErrors: false,
      uniqueKeys: false,
    });
  } catch (error) {
    if (error instanceof RangeError) throw nestedTooDeeply(file);
    throw error;
  }
  const trouble = document.errors[0] ?? document.warnings[0];
  if (trouble !== undefined) {
    const what = trouble.message.split(/ at line |; please /)[0] ?? '';
    if (what.includes('call stack')) throw nestedTooDeeply(file);
    const place = `${file}:${position(lineCounter, trouble.pos[0])}`;
    throw new UserError('input', place, `this is not plain YAML: ${what}`, 'Correct the line');
  }
  refuseTagsAndAliases(document, lineCounter, file);
  refuseDoubleKeys(document, lineCounter, file);
  return document;
}

/**
 * A suite from the text of its YAML file. `file` is named in errors only. Throws UserError('input')
 * for the first thing that is wrong, as `suites/x.yaml:5:28 workload.kind: …`.
 */
export function parseSuite(text: string, file: string): SuiteDocument {
  const lineCounter = new LineCounter();
  const document = parseYaml(text, lineCounter, file);
  if (document.contents === null) {
    throw new UserError('input', file, 'the file is empty', SEE_SCHEMA);
  }
  const result = suiteSchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (result.success) return result.data;
  const issue = mostTelling(result.error.issues);
  if (issue === undefined) throw new TypeError(`${file}: zod refused without an issue`);
  throw explainIssue(issue, document, lineCounter, file);
}
