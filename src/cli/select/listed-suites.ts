import { type ListedSuite, listedSuites } from '../../suite/suite-index.ts';

/** What is listed of the shipped suites; where their index is not true, they are parsed for it. */
export async function listShippedSuites(): Promise<readonly ListedSuite[]> {
  const listed = listedSuites();
  if (listed !== null) return listed;
  const { shippedSuites } = await import('../../suite/load-suite.ts');
  return shippedSuites();
}
