/** What is used here of cliui 9, which has no types of its own. */
declare module 'cliui' {
  type Cell = { text: string; width: number; align?: 'right'; padding?: number[] };
  type Ui = { div(...cells: Cell[]): void; toString(): string };
  export default function cliui(options: { width: number }): Ui;
}
