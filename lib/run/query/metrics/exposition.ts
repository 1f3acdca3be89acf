/** One number of a metric. A summary has two of its own: `_sum` and `_count`. */
type Sample = {
  suffix?: '_sum' | '_count';
  labels: Readonly<Record<string, string>>;
  value: number;
};

/** A metric with all its series. */
export type Family = {
  name: string;
  type: 'gauge' | 'counter' | 'summary';
  help: string;
  samples: readonly Sample[];
};

/** The media type of the text. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Returns metrics in the text format of Prometheus (version 0.0.4). A metric without a series is left out. Pure. */
export function expositionOf(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const lines = samples.map(
        ({ suffix = '', labels, value }) => `${name}${suffix}${labelsText(labels)} ${value}`,
      );
      return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
    })
    .join('');
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const each = Object.entries(labels).map(([name, value]) => `${name}="${quoted(value)}"`);
  return each.length === 0 ? '' : `{${each.join(',')}}`;
}

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const quoted = (text: string): string => escaped(text).replaceAll('"', '\\"');
