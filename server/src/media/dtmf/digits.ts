/** Digits in the order of their RFC 4733 event codes: 0 to 15. */
export const DIGITS = '0123456789*#ABCD';

/** Rows and columns of the keypad in Hz (ITU-T Q.23). */
export const ROW_HZ = [697, 770, 852, 941] as const;
export const COLUMN_HZ = [1209, 1336, 1477, 1633] as const;
export const KEYPAD = ['123A', '456B', '789C', '*0#D'] as const;

/** The two frequencies of a digit; undefined for what is none. */
export function digitTones(digit: string): [number, number] | undefined {
  const row = KEYPAD.findIndex((keys) => digit.length === 1 && keys.includes(digit));
  return row < 0 ? undefined : [ROW_HZ[row]!, COLUMN_HZ[KEYPAD[row]!.indexOf(digit)]!];
}

/** One character as people, INFO bodies and SDP write digits; undefined for what is no digit. */
export function asDigit(text: string): string | undefined {
  const upper = text.trim().toUpperCase();
  return upper.length === 1 && DIGITS.includes(upper) ? upper : undefined;
}
