/** The arguments a user gave; pnpm, other than npm, hands on the `--` that may stand before them. */
export function userArguments() {
  const args = process.argv.slice(2);
  return args[0] === '--' ? args.slice(1) : args;
}
