import { assign } from '../vision/tracking/assignment.ts';
import { presentAt, type FloorTruth, type PresentPerson, type TruthPerson } from './floor-truth.ts';

/** What the store said of the floor at a moment. */
export interface FloorSample {
  /** Of the video. */
  readonly seconds: number;
  readonly people: readonly SampledPerson[];
}
export interface SampledPerson {
  readonly visitId: string;
  readonly place: readonly [across: number, down: number];
  readonly subjectKey?: string;
  readonly seenSecondsAgo: number;
}

/** How well the floor was told; see {@link compareFloor}. */
export interface FloorFigures {
  /** Mean of |people told − people there|, of those whom a camera shows at that moment. */
  readonly countError: number;
  /** The same for everybody in the shop, also those whom no camera shows. */
  readonly countErrorInside: number;
  readonly medianErrorCm: number | null;
  readonly p95ErrorCm: number | null;
  /** Share of true visits that one visit, and no other, stood for as long as they were seen. */
  readonly identityKept: number | null;
  readonly visitsJudged: number;
  /** Visits told for one true visit, on average. */
  readonly visitsForOne: number | null;
  /** Seconds in which a name was on somebody else. */
  readonly wrongName: number;
  /** Share of the seconds in which members were shown by a camera that carried the name. */
  readonly namedShare: number | null;
  /** Share of the seconds in which somebody was shown by a camera that they were told, too. */
  readonly found: number | null;
  /** Share of what was told to be seen that was nobody. */
  readonly nobody: number | null;
}

export interface FloorComparison {
  readonly figures: FloorFigures;
  /** True visits that were not kept, in words; no names. */
  readonly lost: readonly string[];
}

/** Somebody told is somebody there within so many metres. */
const SAME_METRES = 1;
/** Whoever is told to be seen was seen at most so long ago. */
const TOLD_SEEN_SECONDS = 1.2;
/** A visit that stood for somebody for less than that was a moment's mistake beside a nearby person, not an identity. */
const STOOD_FOR_SECONDS = 3;
/** Nobody opens a full shop: whoever is inside when the video begins must be found first. */
const SETTLED_SECONDS = 5;
/** Whoever passes a camera for a moment has no identity to keep. */
const JUDGED_SECONDS = 5;
/** A name whose owner is as near as that is on the right person. */
const NAMED_METRES = 1.5;
/** Somebody who has just gone through the way out was there a moment ago. */
const MOMENT_SECONDS = 2;

/** One stay of the truth; people who are inside when the video begins again have two. */
interface TrueVisit {
  readonly person: TruthPerson;
  readonly secondsOf: Map<string, number>;
  shownSeconds: number;
}

/**
 * Tells how well samples of the floor, taken at even distances, agree with what was there. People told are matched with
 * people there by least distance within a metre; who was matched before stays so while that holds, as in CLEAR MOT (K.
 * Bernardin, R. Stiefelhagen, Evaluating multiple object tracking performance, EURASIP JIVP 2008).
 * @param identityOf the cast's id behind a pseudonym
 */
export function compareFloor(
  samples: readonly FloorSample[],
  truth: FloorTruth,
  identityOf: (subjectKey: string) => string | undefined,
): FloorComparison {
  const step = samples.length < 2 ? 1 : samples[1]!.seconds - samples[0]!.seconds;
  const visits = new Map<string, TrueVisit>();
  const errorsMetres: number[] = [];
  let before = new Map<string, string>();
  const sum = { count: 0, inside: 0, shown: 0, found: 0, told: 0, nobody: 0, wrong: 0, members: 0, named: 0 };

  const judgedSamples = samples.filter(({ seconds }) => seconds >= SETTLED_SECONDS);
  for (const { seconds, people } of judgedSamples) {
    const everybody = presentAt(truth, seconds);
    const present = everybody.filter(({ inside }) => inside);
    const around = [...everybody, ...presentAt(truth, seconds - MOMENT_SECONDS)];
    const isShown = ({ inside, visibleTo }: PresentPerson): boolean => inside && visibleTo.length > 0;
    const shown = everybody.filter(isShown);
    const told = people.filter(({ seenSecondsAgo }) => seenSecondsAgo <= TOLD_SEEN_SECONDS);
    sum.inside += Math.abs(people.length - present.length);
    sum.shown += shown.length;
    sum.told += told.length;
    const keyOf = (one: PresentPerson): string =>
      `${one.person.visit} ${one.person.enteredAtSeconds > seconds ? 'again' : ''}`;
    const pairs = match(everybody, people, keyOf, before);
    // Somebody who is hardly to be seen or just outside of the door, and told all the same, is there: no mistake.
    const unasked = pairs.filter(({ there, said }) => !isShown(there) && told.includes(said));
    sum.count += Math.abs(told.length - unasked.length - shown.length);
    before = new Map(pairs.map(({ there, said }) => [keyOf(there), said.visitId]));
    for (const one of present) {
      const visit = visits.get(keyOf(one)) ?? {
        person: one.person,
        secondsOf: new Map<string, number>(),
        shownSeconds: 0,
      };
      visits.set(keyOf(one), visit);
      if (one.visibleTo.length > 0) visit.shownSeconds += step;
    }
    for (const { there, said, metres } of pairs) {
      const secondsOf = visits.get(keyOf(there))?.secondsOf;
      if (secondsOf === undefined) continue;
      secondsOf.set(said.visitId, (secondsOf.get(said.visitId) ?? 0) + step);
      if (there.visibleTo.length === 0) continue;
      sum.found += said.seenSecondsAgo <= TOLD_SEEN_SECONDS ? 1 : 0;
      errorsMetres.push(metres);
    }
    for (const one of shown) {
      if (!one.person.member) continue;
      sum.members++;
      const said = pairs.find(({ there }) => there === one)?.said;
      if (said?.subjectKey !== undefined && identityOf(said.subjectKey) === one.person.identity) sum.named++;
    }
    sum.nobody += told.filter((one) => !pairs.some(({ said }) => said === one)).length;
    sum.wrong += people.filter((one) =>
      isWrong(one, pairs.find(({ said }) => said === one)?.there, around, identityOf),
    ).length;
  }

  const judged = [...visits.values()];
  /** Whom a visit stood for: somebody who comes back soon goes on with it, so people are counted, not stays. */
  const stoodFor = new Map<string, Set<string>>();
  const lasting = (visit: TrueVisit): string[] =>
    [...visit.secondsOf].filter(([, seconds]) => seconds >= STOOD_FOR_SECONDS).map(([visitId]) => visitId);
  for (const visit of judged) {
    for (const visitId of lasting(visit)) {
      stoodFor.set(visitId, (stoodFor.get(visitId) ?? new Set()).add(visit.person.identity));
    }
  }
  const shownLong = judged.filter(({ shownSeconds }) => shownSeconds >= JUDGED_SECONDS);
  const isKept = (visit: TrueVisit): boolean => {
    const ids = lasting(visit);
    return ids.length === 1 && stoodFor.get(ids[0]!)?.size === 1;
  };
  errorsMetres.sort((a, b) => a - b);
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
  const kept = shownLong.filter(isKept);
  return {
    figures: {
      countError: sum.count / judgedSamples.length,
      countErrorInside: sum.inside / judgedSamples.length,
      medianErrorCm: centimetres(errorsMetres, 0.5),
      p95ErrorCm: centimetres(errorsMetres, 0.95),
      identityKept: share(kept.length, shownLong.length),
      visitsJudged: shownLong.length,
      visitsForOne: share(
        shownLong.reduce((all, visit) => all + lasting(visit).length, 0),
        shownLong.length,
      ),
      wrongName: sum.wrong * step,
      namedShare: share(sum.named, sum.members),
      found: share(sum.found, sum.shown),
      nobody: share(sum.nobody, sum.told),
    },
    lost: shownLong.filter((visit) => !isKept(visit)).map(describe),
  };

  function describe(visit: TrueVisit): string {
    const parts = lasting(visit).map((visitId) => {
      const others = (stoodFor.get(visitId)?.size ?? 0) - 1;
      return `${Math.round(visit.secondsOf.get(visitId)!)} s${others > 0 ? ' as somebody else, too' : ''}`;
    });
    return `Visit ${visit.person.visit}: ${parts.length === 0 ? 'never found' : parts.join(', then ')}.`;
  }
}

interface Pair {
  readonly there: PresentPerson;
  readonly said: SampledPerson;
  readonly metres: number;
}

function match(
  present: readonly PresentPerson[],
  people: readonly SampledPerson[],
  keyOf: (one: PresentPerson) => string,
  before: ReadonlyMap<string, string>,
): Pair[] {
  const stays = present.flatMap((there) => {
    const said = people.find(({ visitId }) => visitId === before.get(keyOf(there)));
    if (said === undefined) return [];
    const metres = metresBetween(there.place, said.place);
    return metres <= SAME_METRES ? [{ there, said, metres }] : [];
  });
  const freePresent = present.filter((one) => !stays.some(({ there }) => there === one));
  const freePeople = people.filter((one) => !stays.some(({ said }) => said === one));
  const costs = freePresent.flatMap((one) =>
    freePeople.map((other) => metresBetween(one.place, other.place)),
  );
  const { columnOfRow } = assign(costs, freePresent.length, freePeople.length, SAME_METRES);
  const fresh = freePresent.flatMap((there, row) => {
    const said = freePeople[columnOfRow[row]!];
    return said === undefined ? [] : [{ there, said, metres: metresBetween(there.place, said.place) }];
  });
  return [...stays, ...fresh];
}

function isWrong(
  said: SampledPerson,
  there: PresentPerson | undefined,
  present: readonly PresentPerson[],
  identityOf: (subjectKey: string) => string | undefined,
): boolean {
  if (said.subjectKey === undefined) return false;
  const identity = identityOf(said.subjectKey);
  if (there !== undefined) return there.person.identity !== identity;
  return !present.some(
    (one) => one.person.identity === identity && metresBetween(one.place, said.place) <= NAMED_METRES,
  );
}

function metresBetween([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]): number {
  return Math.hypot(ax - bx, ay - by);
}

function centimetres(sorted: readonly number[], quantile: number): number | null {
  const at = sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))];
  return at === undefined ? null : 100 * at;
}
