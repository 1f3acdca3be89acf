import { describe, expect, it } from 'vitest';
import { createGateway } from '../../../../local/iam/auth/gateway.ts';
import { createKeys } from '../../../../local/iam/auth/keys.ts';
import { createTokens } from '../../../../local/iam/auth/tokens.ts';
import { createRandom } from '../../../../local/simulation/random.ts';
import { rawRequest } from '../../../../local/http/raw-request.ts';
import { createTime } from '../../../../local/simulation/time.ts';
import { manualClock } from '../../support/clock.ts';
import { signSdk, type ToSign } from '../../support/sign-sdk.ts';

const MINUTE = 60_000;
const HOST = 'smn.cn-north-4.myhuaweicloud.com';
const principal = { userId: 'u', userName: 'user', domainId: 'd' };

function fixture() {
  const clock = manualClock();
  const time = createTime(clock);
  const keys = createKeys({ random: createRandom(1, 'keys'), time });
  const tokens = createTokens({ random: createRandom(1, 'tokens'), time });
  const gateway = createGateway({ keys, tokens, time, random: createRandom(1, 'ids') });
  const key = keys.issue({ principal, projectId: 'p', lifetimeMs: 60 * MINUTE });
  const send = async (
    toSign: Partial<ToSign>,
    change: (headers: Record<string, string>) => void = () => undefined,
    signer: Parameters<typeof signSdk>[1] = key,
  ) => {
    const request = { method: 'GET', host: HOST, path: '/x', date: clock.now(), ...toSign };
    const headers = signSdk(request, signer);
    change(headers);
    const body = Buffer.from(request.body ?? '');
    const url = `https://${HOST}${request.path}`;
    const found = await gateway.identify(
      rawRequest(url, { method: request.method, headers }),
      body,
    );
    return found instanceof Response ? await codeOf(found) : 'passed';
  };
  const sendToken = async (token: string) => {
    const request = rawRequest(`https://${HOST}/x`, { headers: { 'x-auth-token': token } });
    const found = await gateway.identify(request, new Uint8Array());
    return found instanceof Response ? await codeOf(found) : found.projectId;
  };
  return { clock, keys, tokens, key, gateway, send, sendToken };
}

async function codeOf(response: Response): Promise<string> {
  const { error_code, error_msg } = (await response.json()) as Record<string, string>;
  return `${response.status} ${error_code}: ${error_msg}`;
}

describe('a signature', () => {
  it('is refused if the request was changed', async () => {
    const { send } = fixture();
    expect(await send({ method: 'POST', path: '/x', body: '{}' })).toBe('passed');
    expect(await send({}, (headers) => (headers.host = 'other'))).toMatch(
      /^401 APIGW.0301: .*signature fail/,
    );
  });

  it.each([
    [15 * MINUTE, 'passed'],
    [-15 * MINUTE, 'passed'],
    [15 * MINUTE + 1_000, '401 APIGW.0301'],
    [-15 * MINUTE - 1_000, '401 APIGW.0301'],
  ])('dated %i ms off is %s', async (off, expected) => {
    const { send, clock } = fixture();
    expect(await send({ date: clock.now() + off })).toContain(expected);
  });

  it('of a temporary key needs its security token and expires with it', async () => {
    const { send, clock, key } = fixture();
    const { accessKey, secretKey } = key;
    expect(await send({}, undefined, { accessKey, secretKey })).toContain('X-Security-Token');
    const wrong = { accessKey, secretKey, securityToken: 'other' };
    expect(await send({}, undefined, wrong)).toContain('X-Security-Token');
    clock.move(60 * MINUTE);
    expect(await send({})).toContain('expired');
  });

  it('of a permanent key needs no security token', async () => {
    const { send, keys } = fixture();
    const permanent = keys.issue({ principal, projectId: 'p' });
    expect(await send({}, undefined, permanent)).toBe('passed');
    expect(await send({}, undefined, { ...permanent, securityToken: 'x' })).toContain('401');
  });

  it('of an unknown key or with an unknown scheme is refused', async () => {
    const { send } = fixture();
    expect(await send({}, undefined, { accessKey: 'NONE', secretKey: 'x' })).toContain(
      'does not exist',
    );
    const app = (headers: Record<string, string>) => (headers.authorization = 'Basic abc');
    expect(await send({}, app)).toContain('401 APIGW.0303');
  });

  it('locks its key for 5 minutes after five wrong ones in a row', async () => {
    const { send, clock, key } = fixture();
    const bad = () => send({}, undefined, { ...key, secretKey: 'wrong' });
    for (let i = 0; i < 4; i += 1) await bad();
    expect(await send({})).toBe('passed');
    for (let i = 0; i < 5; i += 1) expect(await bad()).toContain('signature fail');
    expect(await send({})).toContain('locked');
    clock.move(5 * MINUTE - 1);
    expect(await send({})).toContain('locked');
    clock.move(1);
    expect(await send({})).toBe('passed');
  });
});

describe('a token', () => {
  it('identifies its project for 24 hours', async () => {
    const { tokens, sendToken, clock } = fixture();
    const { token } = tokens.issue({
      principal,
      methods: ['password'],
      projectId: 'p',
      domainScoped: false,
    });
    expect(token).toMatch(/^MII[A-Za-z0-9+=-]{3000,}$/);
    clock.move(24 * 60 * MINUTE - 1);
    expect(await sendToken(token)).toBe('p');
    expect(await sendToken(`${token}x`)).toContain('401 APIGW.0301');
    clock.move(1);
    expect(await sendToken(token)).toContain('401 APIGW.0307');
  });
});
