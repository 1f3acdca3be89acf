import { type Browser, chromium } from 'playwright-core';

/** Starts the Chromium of the system, or the one that PHONEVAULT_CHROMIUM names. It needs no sandbox of its own as root. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.PHONEVAULT_CHROMIUM ?? '/usr/bin/chromium',
    chromiumSandbox: process.getuid?.() !== 0,
  });
}
