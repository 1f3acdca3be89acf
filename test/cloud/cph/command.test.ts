import { describe, expect, it } from 'vitest';
import { checkCommand } from '../../../lib/cloud/cph/command.ts';

describe('checkCommand', () => {
  it.each(['getprop ro.build.version.release', 'chown -R 10123:10123 /data/data/com.a_b'])(
    'returns %s, which CPH takes',
    (command) => {
      expect(checkCommand(command)).toBe(command);
    },
  );

  it.each(['', 'a; reboot', 'ls $HOME', 'ls /data/*', 'a | b', 'x'.repeat(1_025), 'a\nb'])(
    'throws for %j, which CPH refuses',
    (command) => {
      expect(() => checkCommand(command)).toThrow(RangeError);
    },
  );
});
