import type { TestProject } from 'vitest/node';
import { checkInstalled } from './installed.ts';
import { type Servers, startServers } from './servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    servers: Servers;
  }
}

/** Before all live tests. What it throws ends the run as failed, with no test passed or skipped. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  try {
    checkInstalled();
    const { servers, stop } = await startServers();
    project.provide('servers', servers);
    return stop;
  } catch (error) {
    // The message is for a person: where it was thrown does not matter.
    if (error instanceof Error) error.stack = error.message;
    throw error;
  }
}
