import type { CrowdPerson, Sight } from './crowd-person.ts';
import { lookEvidence, looksOfSights } from './looks.ts';

/** A person is well known by so many sights; so many of the last ones that look like somebody else's (nats) are. */
const KNOWN_SIGHTS = 8;
const STRANGE_SIGHTS = 3;
const STRANGE = -3;
const RECENT_MS = 2_000;

/**
 * Learns how somebody looks. The newest sights wait: only when they look like the person do they become part of what is
 * known, so whoever has taken their place isn't learnt.
 * @returns the newest sights when they look like somebody else's; then they are nobody's any more
 */
export function noteOwnLooks(person: CrowdPerson, sight: Sight): readonly Sight[] | undefined {
  person.recent = [...person.recent.filter(({ atMs }) => sight.atMs - atMs <= RECENT_MS), sight];
  if (person.recent.length < STRANGE_SIGHTS) return undefined;
  const newest = person.recent.slice(-STRANGE_SIGHTS);
  if (person.looks.sights >= KNOWN_SIGHTS && lookEvidence(looksOfSights(newest), person.looks) < STRANGE) {
    person.recent = [];
    return newest;
  }
  if (person.recent.length <= STRANGE_SIGHTS) return undefined;
  const { cameraId, appearance } = person.recent.shift()!;
  if (appearance !== undefined) person.looks.add(cameraId, appearance);
  return undefined;
}
