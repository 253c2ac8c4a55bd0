import { isCaptureFolder } from '../../../inputs/capture.ts';
import { UserError } from '../../../util/user-error.ts';

/** Whether both folders are captures; throws UserError('usage') if one is and the other is not. */
export function areCaptures(a: string, b: string): boolean {
  const [first, second] = [isCaptureFolder(a), isCaptureFolder(b)];
  if (first === second) return first;
  const cure = 'Name two captures, or the folders of two finished runs';
  throw new UserError('usage', first ? b : a, 'it is no capture and the other folder is one', cure);
}
