/**
 * Gives every input to `submit` and every output to `onResult` in the order of the inputs. At most
 * `window` inputs are out at a time, so that memory does not grow with their number. Rejects with
 * the failure of the first input that failed, after the outputs before it were handed out.
 */
export async function inOrder<Input, Output>(
  inputs: Iterable<Input>,
  window: number,
  submit: (input: Input) => Promise<Output>,
  onResult: (output: Output, index: number) => void,
): Promise<void> {
  const rest = inputs[Symbol.iterator]();
  const out: Promise<Output>[] = [];
  let delivered = 0;
  for (;;) {
    while (out.length < window) {
      const next = rest.next();
      if (next.done === true) break;
      const output = submit(next.value);
      // It is looked at in its turn; until then a failure is no unhandled one.
      output.catch(() => undefined);
      out.push(output);
    }
    const first = out.shift();
    if (first === undefined) return;
    onResult(await first, delivered);
    delivered += 1;
  }
}
