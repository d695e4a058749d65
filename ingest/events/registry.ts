import { CameraConnected } from './camera-connected.ts';
import { CameraLost } from './camera-lost.ts';
import { CameraRecovered } from './camera-recovered.ts';
import { ConsentGiven } from './consent-given.ts';
import { ConsentWithdrawn } from './consent-withdrawn.ts';
import { MemberEnrolled } from './member-enrolled.ts';
import { VisitEnded } from './visit-ended.ts';
import { VisitIdentified } from './visit-identified.ts';
import { VisitStarted } from './visit-started.ts';

/** Every kind of event that there is. A new contract is added here, with its golden file. */
export const EVENT_CONTRACTS = [
  VisitStarted,
  VisitIdentified,
  VisitEnded,
  CameraConnected,
  CameraLost,
  CameraRecovered,
  MemberEnrolled,
  ConsentGiven,
  ConsentWithdrawn,
] as const;

/** Any event; `type` tells which, and narrows `data`. */
export type AnyEvent = (typeof EVENT_CONTRACTS)[number]['example'];
