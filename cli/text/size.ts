export { size } from '../../lib/amounts.ts';
