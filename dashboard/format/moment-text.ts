import type { Fact } from '../../analytics/api/schemas/moment.ts';
import type { StoreFormat } from './store-format.ts';

/** How a line of the stream is coloured. */
export type MomentTone = 'plain' | 'member' | 'warning' | 'good' | 'quiet';

export interface MomentText {
  readonly title: string;
  readonly note: string | undefined;
  readonly tone: MomentTone;
}

/** Says a fact in a few words. Nobody is named whose name the API does not give. */
export function momentText(fact: Fact, format: StoreFormat): MomentText {
  switch (fact.kind) {
    case 'visit.started':
      return {
        title: 'A visitor came in',
        note: fact.inLane ? 'through the member lane' : undefined,
        tone: 'plain',
      };
    case 'visit.identified':
      return {
        title: fact.name === null ? 'A member was recognised' : `${fact.name} was recognised`,
        note: fact.name === null ? 'name not shown' : undefined,
        tone: 'member',
      };
    case 'visit.ended': {
      const duration = format.duration(fact.durationSeconds);
      return {
        title: fact.reason === 'seen-leaving' ? 'A visitor left' : 'A visit ended',
        note: `${fact.reason === 'seen-leaving' ? 'after' : WHY_ENDED[fact.reason]} ${duration}`,
        tone: 'quiet',
      };
    }
    case 'visit.found':
      return { title: 'Somebody is on the floor', note: 'no camera saw them come in', tone: 'quiet' };
    case 'visit.resumed':
      return {
        title: 'A visitor came back',
        note: `after ${format.duration(fact.awaySeconds)}; the visit goes on`,
        tone: 'quiet',
      };
    case 'visit.identity-withdrawn':
      return { title: 'A visitor is anonymous again', note: WHY_WITHDRAWN[fact.reason], tone: 'quiet' };
    case 'visit.excluded':
      return {
        title: 'A visitor is staff',
        note: fact.reason === 'staff-zone' ? 'was in a zone of staff' : 'marked on the page',
        tone: 'quiet',
      };
    case 'queue.abandoned':
      return {
        title: `Gave up waiting at ${fact.queue}`,
        note: `after ${format.duration(fact.waitSeconds)}`,
        tone: 'warning',
      };
    case 'camera.connected':
      return { title: `Camera ${fact.cameraId} connected`, note: undefined, tone: 'good' };
    case 'camera.lost':
      return { title: `Camera ${fact.cameraId} lost`, note: fact.detail, tone: 'warning' };
    case 'camera.recovered':
      return {
        title: `Camera ${fact.cameraId} is back`,
        note: `no data for ${format.duration(fact.downSeconds)}`,
        tone: 'good',
      };
    case 'member.enrolled':
      return { title: 'Somebody became a member', note: undefined, tone: 'quiet' };
    case 'consent.given':
      return {
        title: 'A member gave a consent',
        note: CONSENTS[fact.purpose] ?? fact.purpose,
        tone: 'quiet',
      };
    case 'consent.withdrawn':
      return {
        title: 'A member withdrew a consent',
        note: CONSENTS[fact.purpose] ?? fact.purpose,
        tone: 'quiet',
      };
  }
}

const WHY_ENDED = {
  'assumed-left': 'nobody saw the way out, assumed after',
  'entered-again': 'the same member came in again after',
  'lost-sight': 'nobody saw them any more, after',
  'same-person': 'counted twice and put right after',
} as const;

const WHY_WITHDRAWN = {
  'crossed-paths': 'too close to somebody else to be sure',
  'lost-from-sight': 'out of sight for a while',
  'seen-twice': 'the same member was recognised elsewhere',
  restarted: 'the store was not running for a while',
} as const;

const CONSENTS: Readonly<Record<string, string>> = {
  'door-recognition': 'to be recognised at the door',
  'show-name': 'to have the name shown',
};
