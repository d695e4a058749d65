import { CameraConnected } from './camera-connected.ts';
import { CameraLost } from './camera-lost.ts';
import { CameraRecovered } from './camera-recovered.ts';
import { ConsentGiven } from './consent-given.ts';
import { ConsentWithdrawn } from './consent-withdrawn.ts';
import { LineCrossed } from './line-crossed.ts';
import { MemberEnrolled } from './member-enrolled.ts';
import { QueueJoined } from './queue-joined.ts';
import { QueueLeft } from './queue-left.ts';
import { VisitEnded } from './visit-ended.ts';
import { VisitExcluded } from './visit-excluded.ts';
import { VisitFound } from './visit-found.ts';
import { VisitGrouped } from './visit-grouped.ts';
import { VisitIdentified } from './visit-identified.ts';
import { VisitIdentityWithdrawn } from './visit-identity-withdrawn.ts';
import { VisitPositionSampled } from './visit-position-sampled.ts';
import { VisitResumed } from './visit-resumed.ts';
import { VisitStarted } from './visit-started.ts';
import { ZoneEntered } from './zone-entered.ts';
import { ZoneLeft } from './zone-left.ts';

/** Every kind of event that there is. A new contract is added here, with its golden file. */
export const EVENT_CONTRACTS = [
  VisitStarted,
  VisitIdentified,
  VisitEnded,
  VisitFound,
  VisitResumed,
  VisitIdentityWithdrawn,
  VisitPositionSampled,
  VisitGrouped,
  VisitExcluded,
  ZoneEntered,
  ZoneLeft,
  QueueJoined,
  QueueLeft,
  LineCrossed,
  CameraConnected,
  CameraLost,
  CameraRecovered,
  MemberEnrolled,
  ConsentGiven,
  ConsentWithdrawn,
] as const;

/** Any event; `type` tells which, and narrows `data`. */
export type AnyEvent = (typeof EVENT_CONTRACTS)[number]['example'];
