import { combine } from '../../src/importers/combine.ts';
import { importFile } from '../../src/importers/import-file.ts';
import type { ByteSource } from '../../src/importers/importer.ts';
import { scenarioOf } from '../../src/importers/scenario.ts';
import { scenarioText } from '../../src/importers/scenario-text.ts';
import { parseSuite } from '../../src/suite/parse-suite.ts';
import { UserError } from '../../src/util/user-error.ts';

/** `imported`, or the sentence of a user's error. Anything else is thrown: a finding. */
export async function tryInput(bytes: Uint8Array, pieceBytes: number): Promise<string> {
  const context = { name: 'fuzz', tscGhz: 2, pageSwitches: { record: checkedSwitch } };
  try {
    const imported = await importFile(pieces(bytes, pieceBytes), context, () => null);
    const { profile } = combine([imported], 1000);
    if (profile === null) return 'imported';
    const scenario = scenarioOf(profile, { id: 'fuzz', machine: null, l2Trace: null });
    parseSuite(scenarioText(scenario.document, profile.report), 'fuzz.yaml');
    return 'imported';
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.message.startsWith('fuzz.yaml')) throw new Error(`no suite: ${error.message}`);
    if (!/^[^\n]{10,1200}$/.test(error.message)) throw new Error(`no sentence: ${error.message}`);
    return error.message;
  }
}

function checkedSwitch(page: number, _isData: boolean, instructions: number): void {
  if (!Number.isSafeInteger(page) || page < 0) throw new Error(`the page ${page} is none`);
  if (!Number.isSafeInteger(instructions) || instructions < 0) {
    throw new Error(`${instructions} instructions are no count`);
  }
}

async function* pieces(bytes: Uint8Array, size: number): ByteSource {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
