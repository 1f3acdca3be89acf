import { describe, expect, it } from 'vitest';
import { checkProject } from '../../../../cli/doctor/services/project.ts';
import { PhonevaultError } from '../../../../lib/errors.ts';
import { doctorNight } from '../../support/doctor-night.ts';

const projects = [
  { id: 'p4', name: 'cn-north-4' },
  { id: 'p4team', name: 'cn-north-4_team' },
  { id: 'p9', name: 'cn-north-9' },
];
const check = (projectId: string, acceptedByCph = true, list = async () => projects) =>
  checkProject({ region: 'cn-north-4', projectId, acceptedByCph, list });
const refused = () => Promise.reject(new PhonevaultError('access_denied', 'no'));

describe('project', () => {
  it('passes when IAM lists the project in the region', async () => {
    const cli = await doctorNight({ bare: true });
    const { projectId } = cli.night.cloud;
    expect(await cli.finding('project')).toMatchObject({
      outcome: 'ok',
      message: `${projectId} is cn-north-4`,
    });
  });

  it('fails for a project of another account, and names the right one', async () => {
    const cli = await doctorNight({ bare: true, env: { PHONEVAULT_PROJECT_ID: 'a'.repeat(32) } });
    const finding = await cli.finding('project');
    expect(finding).toMatchObject({ outcome: 'failed', code: 1 });
    expect(finding.fix).toContain(cli.night.cloud.projectId);
  });

  it.each([
    ['p4', 'ok'],
    ['p4team', 'ok'],
    ['p9', 'failed'],
  ])('project %s in region cn-north-4: %s', async (id, outcome) => {
    expect((await check(id)).outcome).toBe(outcome);
  });

  it('relies on CPH when IAM does not list the projects', async () => {
    expect((await check('p4', true, refused)).outcome).toBe('ok');
    expect((await check('p4', false, refused)).outcome).toBe('unknown');
  });
});
