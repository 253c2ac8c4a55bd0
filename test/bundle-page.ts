import { bundlePage } from '../scripts/bundle-page.ts';

/** Pages get the script that the sources make now, whoever runs the tests and how. */
export default async function setup(): Promise<void> {
  await bundlePage();
}
