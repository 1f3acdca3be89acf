import { checkInstalled } from './support/installed.ts';

// Before the live tests: says what is missing in a line of its own, and fails.
try {
  checkInstalled();
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
