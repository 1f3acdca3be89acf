import { describe, expect, it } from 'vitest';
import { chooseIncidents, describeFleet } from '../../../local/demo/incidents.ts';

const fleet = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    phone_id: String((index * 7_919) % 1_000).padStart(3, '0'),
    phone_name: `${index % 3 === 2 ? 'test' : 'game'}-${String(index + 1).padStart(4, '0')}`,
    server_id: `s${index % 3}`,
    status: index === 30 ? 8 : 2,
  }));

describe('chooseIncidents', () => {
  it('lets one thing at most happen to a phone, and only to running game phones', () => {
    const chosen = Object.values(chooseIncidents(fleet(96))).flat();
    expect(new Set(chosen.map(({ phone_id }) => phone_id)).size).toBe(chosen.length);
    for (const phone of chosen) {
      expect(phone.phone_name).toMatch(/^game-/);
      expect(phone.status).toBe(2);
    }
  });

  it('spares the first by name, which the policy leaves out', () => {
    const names = Object.values(chooseIncidents(fleet(30)))
      .flat()
      .map(({ phone_name }) => phone_name);
    expect(names).not.toContain('game-0001');
    expect(names).not.toContain('game-0002');
  });

  it('refuses a fleet that is too small', () => {
    expect(() => chooseIncidents(fleet(12))).toThrow(/needs 15 running/);
  });
});

it('describes the fleet by what is not running', () => {
  expect(describeFleet(fleet(96))).toMatch(
    /^A fleet of 96 phones on 3 servers: 1 stopped, 0 frozen, 0 abnormal, 0 being reset\./,
  );
});
