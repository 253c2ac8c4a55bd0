/**
 * Characters that say something to a terminal or to a reader's eyes instead of standing for themselves:
 * control characters (ESC, BEL, DEL, C1), halves of surrogate pairs, marks that turn the direction of
 * text, line ends that only some programs know, the byte order mark, and invisible tags.
 */
const UNSAFE =
  /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Text of anybody, fit to leave the program: what is unsafe becomes its escape, such as `\u001b`, which
 * in JSON still means the same. Line feeds and tabs stay, since our own texts have them.
 */
export function harmless(text: string): string {
  return text.replace(UNSAFE, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

/** The same for a text that must stay on its line and in its column. */
export function harmlessWord(text: string): string {
  return text.replace(UNSAFE, escaped);
}

function escaped(character: string): string {
  let text = '';
  for (let at = 0; at < character.length; at += 1) {
    text += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return text;
}
