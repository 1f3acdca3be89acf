import { describe, expect, it } from 'vitest';
import { fakeIo } from '../support/fake-io.ts';

describe('wrong use', () => {
  it.each([
    [['valdate'], "unknown command 'valdate'", 'did you mean validate?'],
    [['validate', '--jsn'], "unknown option '--jsn'", 'did you mean --json?'],
    [['runs', 'shwo', 'x'], "unknown command 'runs shwo'", 'did you mean runs show?'],
    [['runs', 'frobnicate'], "unknown command 'runs frobnicate'", 'see phonevault runs --help'],
    [['invoke'], "missing required argument 'handler'", 'see phonevault invoke --help'],
    [['invoke', 'a', 'b'], 'too many arguments', 'see phonevault invoke --help'],
    [['invoke', 'a', '-t', 'soon'], '"soon" is not a duration such as', 'see phonevault'],
    [['validate', '--policy'], "'-p, --policy <name...>' argument missing", 'see phonevault'],
    [['validate', '--policy', 'a/b'], '"a/b" is not the name of a policy', 'see phonevault'],
    [['validate', 'a.yaml', '--policy', 'b'], 'files and --policy were given', 'one or the other'],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish', 'see phonevault'],
    [['runs', '--outcome', 'good'], 'Allowed choices are completed', 'see phonevault'],
    [['runs', '--limit', '1e3'], '"1e3" is not a whole number', 'see phonevault'],
    [['--frob'], "unknown option '--frob'", 'see phonevault --help'],
  ])('%j ends with 2 and says what was meant', async (argv, message, hint) => {
    const { code, out, err } = await fakeIo().run(...argv);

    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain('error: ');
    expect(err).toContain(message);
    expect(err).toContain(hint);
  });

  it('does not parse options after --', async () => {
    const { out, err } = await fakeIo().run('invoke', '--', 'a', '--json');

    expect(out).toBe('');
    expect(err).toContain('too many arguments');
  });
});
