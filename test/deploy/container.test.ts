import { readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { expect, it } from 'vitest';

const text = readFileSync(new URL('../../deploy/container/Dockerfile', import.meta.url), 'utf8');

it('is a valid Dockerfile', () => {
  expect(validate(text).map(({ message }) => message)).toEqual([]);
  expect(validate(text.replace('WORKDIR', 'WORKDIRS'))).not.toEqual([]);
});

it('runs as a user other than root, from an exact image, and holds no build tools', () => {
  const stages = text.split(/^(?=FROM )/m).slice(1);
  const last = stages.at(-1) ?? '';
  expect(stages).toHaveLength(2);
  expect(last).toMatch(/^USER node$/m);
  expect(last.indexOf('USER node')).toBeLessThan(last.indexOf('ENTRYPOINT'));
  for (const stage of stages) expect(stage).toMatch(/^FROM node:\d+\.\d+\.\d+-bookworm-slim\b/);
  expect(last).not.toMatch(/^COPY (?!--from=build)/m);
});
