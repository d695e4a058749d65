import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findEngineLibrary } from './engine-library.ts';

describe("the engine's library", () => {
  test('is found on this machine', () => {
    expect(existsSync(findEngineLibrary())).toBe(true);
  });

  test.each([
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['linux', 'riscv64'],
  ])('on %s-%s a person is told to use a server', (platform, arch) => {
    expect(() => findEngineLibrary(platform, arch)).toThrow(
      expect.objectContaining({
        code: 'clickhouse.platform',
        message: expect.stringContaining(`${platform}-${arch}`) as string,
        next: expect.stringContaining('analytics.url') as string,
      }),
    );
  });

  test('a platform whose package npm left out says how to get it', () => {
    const other = process.arch === 'x64' ? 'arm64' : 'x64';
    expect(() => findEngineLibrary('linux', other)).toThrow(
      expect.objectContaining({
        code: 'clickhouse.library-missing',
        next: expect.stringContaining('npm ci') as string,
      }),
    );
  });
});
