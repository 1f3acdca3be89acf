import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Desired } from '../../../deploy/plugin/types.js';
import { desiredFunction } from '../../../deploy/plugin/desired/desired-function.js';

type Given = Parameters<typeof desiredFunction>[0];
export type Definition = Given['definition'];

export const TOPIC = 'urn:smn:cn-north-4:p1:phonevault';

export const provider: Given['provider'] = {
  region: 'cn-north-4',
  projectId: 'p1',
  runtime: 'Node.js20.15',
  agency: 'phonevault',
  logs: true,
  failureTopicUrn: `${TOPIC}-operators`,
  environment: { PHONEVAULT_BUCKET: 'phonevault-demo', PHONEVAULT_TOPIC_URN: TOPIC },
};

const file = new URL('../../../serverless.yml', import.meta.url);

/** Returns the functions of serverless.yml with these variables; all others are empty. */
export function definitions(variables: Record<string, string> = {}): Record<string, Definition> {
  const text = readFileSync(file, 'utf8').replaceAll(
    /\$\{(self:custom\.(\w+)|sls:(\w+)|param:(\w+)[^}]*|env:(\w+)[^}]*)\}/g,
    (...found: string[]) => {
      const name = found[2] ?? found[3] ?? found[4] ?? found[5] ?? '';
      return (
        variables[name] ?? (name === 'ctsServiceType' ? 'CPH' : name === 'stage' ? 'test' : '')
      );
    },
  );
  // The framework replaces an empty variable by '', YAML by null.
  const { functions } = parse(text, (_, value: unknown) => value ?? '') as {
    functions: Record<string, Definition>;
  };
  return functions;
}

export function desired(change: Partial<Definition> = {}, more: Partial<Given> = {}): Desired {
  const { drive } = definitions();
  const definition = { ...drive, ...change } as Definition;
  return desiredFunction({
    service: 'phonevault',
    stage: 'test',
    provider,
    key: 'drive',
    ...more,
    definition,
  });
}
