/** One line of a function's log; `at` is real time, epoch ms. */
type LogLine = { at: number; requestId: string; text: string };

export type FunctionLogs = {
  add(functionId: string, line: LogLine): void;
  /** Oldest first; only the last 10,000 of a function. */
  list(functionId: string): LogLine[];
};

const MAX_LINES = 10_000;

/** The printed lines of each function. */
export function createFunctionLogs(): FunctionLogs {
  const logs = new Map<string, LogLine[]>();
  return {
    add(functionId, line) {
      const lines = logs.get(functionId) ?? [];
      logs.set(functionId, lines);
      lines.push(line);
      if (lines.length > MAX_LINES) lines.splice(0, lines.length - MAX_LINES);
    },
    list: (functionId) => [...(logs.get(functionId) ?? [])],
  };
}
