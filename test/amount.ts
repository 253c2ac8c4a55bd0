/** How much of a kind is tried: a few by `npm test`, more by `npm run test:all`. */
export function amount<T>(amounts: { readonly quick: T; readonly all: T }): T {
  return process.env.ASIDBENCH_TESTS === 'all' ? amounts.all : amounts.quick;
}
