/** How a topic is laid out, and why. The event log creates them from here; nothing else names partitions or retention. */
export interface Topic {
  readonly name: string;
  /** Which attribute of the event keys the record: records with one key keep their order. */
  readonly keyedBy: 'visitid' | 'cameraId' | 'subjectKey' | 'origin';
  readonly partitions: number;
  readonly retentionDays: number;
  readonly why: string;
}

export const TOPICS = [
  {
    name: 'store.presence.v1',
    keyedBy: 'visitid',
    partitions: 4,
    retentionDays: 30,
    why: 'A visit starts, is identified and ends in that order, so its events share a key; visits are independent of each other and spread over partitions. 30 days rebuild every presence table.',
  },
  {
    name: 'store.operations.v1',
    keyedBy: 'cameraId',
    partitions: 1,
    retentionDays: 30,
    why: 'Lost and recovered of one camera must keep their order; there are few of them, so one partition keeps the whole order for the operator.',
  },
  {
    name: 'store.membership.v1',
    keyedBy: 'subjectKey',
    partitions: 1,
    retentionDays: 365,
    why: 'Given and withdrawn consents of one member must never swap; a year is the proof of consent that the ledger is checked against.',
  },
  {
    name: 'store.dead-letters.v1',
    keyedBy: 'origin',
    partitions: 1,
    retentionDays: 90,
    why: 'Keyed by topic and partition of origin so that a replay keeps the order; long enough for a person to look and mend.',
  },
] as const satisfies readonly Topic[];
