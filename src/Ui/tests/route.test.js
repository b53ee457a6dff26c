import { mount, until } from './browser.js';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { href, setQuery, useRoute } from '../app/route.js';

beforeEach(() => {
  location.hash = '';
});

test('href: names and values may hold anything', () => {
  assert.equal(href(['models', 'a/b c'], { text: '你&我' }), '#/models/a%2Fb%20c?text=%E4%BD%A0%26%E6%88%91');
});

test('href: leaves out empty values', () => assert.equal(href('runs', { model: '', state: undefined, page: null, limit: 0 }), '#/runs?limit=0'));

test('useRoute: reads what href wrote', async () => {
  location.hash = href(['models', 'a/b c%'], { text: '你&我' });

  const route = mount(useRoute);
  route.show();

  assert.deepEqual(route.last().parts, ['models', 'a/b c%']);
  assert.equal(route.last().query.get('text'), '你&我');
  route.end();
});

test('useRoute: an address that is no address leads nowhere', () => {
  location.hash = '#/models/100%?version=2';

  const route = mount(useRoute);
  route.show();

  assert.deepEqual(route.last().parts, ['models/100%']);
  assert.equal(route.last().query.get('version'), '2');
  route.end();
});

test('useRoute: follows the address', async () => {
  const route = mount(useRoute);
  route.show();
  assert.deepEqual(route.last().parts, []);

  await until(() => {
    location.replace('#/runs/3f9a');
    return route.last().parts.length > 0;
  });

  assert.deepEqual(route.last().parts, ['runs', '3f9a']);
  route.end();
});

test('setQuery: changes what is named and keeps the rest', () => {
  location.hash = '#/runs/3f9a?model=a&state=Running';

  setQuery({ state: '', page: 2 });

  assert.equal(location.hash, '#/runs/3f9a?model=a&page=2');
});
