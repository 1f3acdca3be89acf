import { PhonevaultError } from '../../errors.ts';
import type { Fault } from '../../policy/parse/parse.ts';

/** A policy that cannot be used, with everything that is wrong with it. */
export class PolicyInvalid extends PhonevaultError {
  readonly faults: Fault[];

  constructor(policy: string, faults: Fault[]) {
    super('policy_invalid', `the policy ${policy} has faults\n${faults.map(tell).join('\n')}`, {
      hint: 'Mend the policy file; `phonevault validate` tells whether it is right.',
    });
    this.faults = faults;
  }
}

function tell({ line, column, message, hint }: Fault): string {
  const place = line === undefined ? '' : `line ${line}, column ${column ?? 1}: `;
  return `${place}${message}${hint === undefined ? '' : ` ${hint}`}`;
}
