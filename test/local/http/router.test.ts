import { expect, it } from 'vitest';
import { createRouter } from '../../../local/http/router.ts';

const find = createRouter([
  { method: 'GET', path: '/v1/:project/phones', operation: 'list' },
  { method: 'GET', path: '/v1/:project/phones/:id', operation: 'show' },
  { method: 'POST', path: '/v1/:project/phones', operation: 'create' },
]);

it.each([
  ['GET', '/v1/p1/phones', 'list', { project: 'p1' }],
  ['POST', '/v1/p1/phones', 'create', { project: 'p1' }],
  ['GET', '/v1/p1/phones/a%3Ab', 'show', { project: 'p1', id: 'a:b' }],
])('finds %s %s', (method, path, operation, params) => {
  expect(find(method, path)).toMatchObject({ route: { operation }, params });
});

it.each([
  ['PUT', '/v1/p1/phones'],
  ['GET', '/v1/p1/phones/'],
  ['GET', '/v1//phones'],
  ['GET', '/v2/p1/phones'],
])('does not find %s %s', (method, path) => {
  expect(find(method, path)).toBeUndefined();
});
