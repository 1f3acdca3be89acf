import { describeCells } from '../support/bad-object-cells.ts';

describeCells(({ role }) => !['cache', 'run', 'hint'].includes(role));
