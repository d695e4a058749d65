import type { FloorPerson } from '../../analytics/api/schemas/floor.ts';
import type { StoreFormat } from './store-format.ts';

/** Somebody whom no camera sees for longer than this is drawn as a guess. */
export const UNSEEN_SECONDS = 1.5;

/** Who somebody is, as far as the page may say. */
export function personText({ staff, member, name }: FloorPerson): string {
  if (staff) return 'Staff';
  return member ? (name ?? 'Member') : 'Visitor';
}

/** How somebody is drawn. */
export function personKind({ staff, member }: FloorPerson): 'staff' | 'member' | 'visitor' {
  if (staff) return 'staff';
  return member ? 'member' : 'visitor';
}

/** How many people, or that nobody knows. */
export function peopleText(people: number | null | undefined, format: StoreFormat): string {
  return people === null || people === undefined ? 'no data' : format.count(people);
}

/** A time that people spent, or a dash where there is none to tell. */
export function secondsText(seconds: number | null | undefined, format: StoreFormat): string {
  return seconds === null || seconds === undefined ? '–' : format.duration(seconds);
}
