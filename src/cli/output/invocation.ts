/** How a user types a command: in a clone of the repository, or where the package is installed. */
export const INVOCATION = import.meta.url.includes('/node_modules/')
  ? 'npx asidbench'
  : 'npm run -s bench --';

export const PROGRAM_NAME = 'asidbench';
