import { describe, expect, it } from 'vitest';

import { forwardedPorts } from './forward-ports.ts';

describe('ports in an address', () => {
  it.each([
    ['ports=80', [80]],
    ['ports=80,443&ports=65535', [80, 443, 65_535]],
    ['', []],
  ])('%s', (query, ports) => expect(forwardedPorts(new URLSearchParams(query))).toEqual(ports));

  it.each(['ports=99999', 'ports=65536', 'ports=0', 'ports=-1', 'ports=abc', 'ports=', 'ports=80,', 'ports=1e3'])(
    '%s is refused',
    (query) => expect(() => forwardedPorts(new URLSearchParams(query))).toThrow('as a port'),
  );

  it('are not more than channels can be numbered', () =>
    expect(() =>
      forwardedPorts(new URLSearchParams({ ports: Array.from({ length: 128 }, () => '80').join(',') })),
    ).toThrow('too many'));
});
