const NO_DIGIT = 255;

/** Value of each byte as a hexadecimal digit of either case; 255 if it is none. */
export const HEX_DIGIT = new Uint8Array(256).fill(NO_DIGIT);
for (let digit = 0; digit < 16; digit += 1) {
  const text = digit.toString(16);
  HEX_DIGIT[text.charCodeAt(0)] = digit;
  HEX_DIGIT[text.toUpperCase().charCodeAt(0)] = digit;
}

/** A 64-bit address has no more hexadecimal digits. */
export const MOST_HEX_DIGITS = 16;
