import { PhonevaultError } from '../../errors.ts';
import type { ValidationError } from '../../policy/parse/parse.ts';

/** A policy that cannot be used, with everything that is wrong with it. */
export class PolicyInvalid extends PhonevaultError {
  readonly errors: ValidationError[];

  constructor(policy: string, faults: ValidationError[]) {
    super('policy_invalid', `the policy ${policy} has faults\n${faults.map(tell).join('\n')}`, {
      hint: 'Mend the policy file; `phonevault validate` tells whether it is right.',
    });
    this.errors = faults;
  }
}

function tell({ line, column, message, hint }: ValidationError): string {
  const place = line === undefined ? '' : `line ${line}, column ${column ?? 1}: `;
  return `${place}${message}${hint === undefined ? '' : ` ${hint}`}`;
}
