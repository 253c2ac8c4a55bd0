/** Names a scenario on a machine, as a key. */
export function placeOf(scenario: string, machine: string): string {
  return JSON.stringify([scenario, machine]);
}
