/** One line of a function's log; `at` is true time, epoch ms. */
type LogLine = { at: number; requestId: string; text: string };

export type FunctionLogs = {
  add(functionId: string, line: LogLine): void;
  /** Oldest first; the last 10,000 of a function are kept. */
  list(functionId: string): LogLine[];
};

const KEPT = 10_000;

/** What the functions print, each in a log of its own. */
export function createFunctionLogs(): FunctionLogs {
  const logs = new Map<string, LogLine[]>();
  return {
    add(functionId, line) {
      const lines = logs.get(functionId) ?? [];
      logs.set(functionId, lines);
      lines.push(line);
      if (lines.length > KEPT) lines.splice(0, lines.length - KEPT);
    },
    list: (functionId) => [...(logs.get(functionId) ?? [])],
  };
}
