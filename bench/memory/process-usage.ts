import { readFile } from 'node:fs/promises';

/** The kernel counts processor time in ticks of a hundredth of a second (`man 5 proc`, USER_HZ). */
const TICKS_A_SECOND = 100;

/** Returns the ids of the processes that this one started and that live. */
export async function childIds(): Promise<number[]> {
  const text = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Returns the peak of a process's resident memory, in bytes, and its processor time so far, in seconds. */
export async function usageOf(pid: number): Promise<{ peak: number; cpu: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    peak: Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024,
    cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
  };
}
