/** Exit codes of the command line, one per kind of trouble; documented in README.md. */
export const EXIT_CODES = {
  ok: 0,
  /** The run finished; an expectation or a comparison did not hold. */
  verdict: 1,
  /** Bad flag or unknown name. */
  usage: 2,
  /** The checker found a violation. */
  violation: 3,
  /** A file that the user named can't be read or understood. */
  input: 4,
  /** Output can't be written. */
  output: 5,
  /** Interrupted; what was finished is kept. */
  interrupted: 130,
  /** A bug of ours. */
  internal: 70,
} as const;
export type ExitKind = keyof typeof EXIT_CODES;

/**
 * A user's mistake or a broken environment: where it is, what is wrong, what to do.
 * Printed as one sentence without a stack trace, and turned into the exit code of its kind.
 */
export class UserError extends Error {
  readonly kind: ExitKind;
  constructor(kind: ExitKind, place: string, cause: string, cure: string) {
    super(`${shortened(place)}: ${shortened(cause)}. ${cure}.`);
    this.name = 'UserError';
    this.kind = kind;
  }

  /** The same mistake again, from its kind and its whole sentence. */
  static fromSentence(kind: ExitKind, sentence: string): UserError {
    const error = new UserError(kind, '', '', '');
    error.message = sentence;
    return error;
  }
}

/** Longer than any of our own words: what is longer quotes somebody's damaged file. */
const QUOTED_CHARACTERS = 800;

function shortened(text: string): string {
  return text.length <= QUOTED_CHARACTERS ? text : `${text.slice(0, QUOTED_CHARACTERS)}…`;
}
