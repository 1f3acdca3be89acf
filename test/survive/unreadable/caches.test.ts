import { describeCells } from '../support/bad-object-cells.ts';

describeCells(({ role }) => role === 'cache');
