import { isGroup } from './defaults.ts';

// Parts of a file that may have mistakes elsewhere: what is not there is empty.

export type Group = Record<string, unknown>;

export function asGroup(value: unknown): Group {
  return isGroup(value) ? value : {};
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
