export { createSmn, type SmnMessage } from './service.ts';
