import { Check } from 'typebox/value';
import { FloorLine, FloorPlan, PointsCalibration, Zone } from './floor-schema.ts';
import { asGroup, asList, type Group } from './loose-parts.ts';
import { polygonFault, type Point } from './polygon.ts';
import type { KeyPath, Problem } from './problem.ts';
import { FloorPoint } from './schema-parts.ts';
import { Camera } from './schema.ts';
import { suggest } from './suggestion.ts';

/** What on the floor contradicts itself: places outside of it, areas that are none, ceiling cameras that know no floor. */
export function checkFloor(store: Group, path: KeyPath): Problem[] {
  const place = placeCheck(store['floorPlan']);
  return [
    ...checkFixtures(asGroup(store['floorPlan']), place, [...path, 'floorPlan', 'fixtures']),
    ...checkZones(asList(store['zones']), place, [...path, 'zones']),
    ...checkLines(asList(store['lines']), place, [...path, 'lines']),
    ...asList(store['cameras']).flatMap((camera, index) =>
      checkCamera(asGroup(camera), place, [...path, 'cameras', index]),
    ),
  ];
}

export function checkPolygon(polygon: readonly Point[], path: KeyPath): Problem[] {
  const fault = polygonFault(polygon);
  if (fault === undefined) return [];
  return [
    {
      path,
      at: 'value',
      expected: 'the corners of an area, in order around it',
      found: `a polygon that encloses no clear area: ${fault}`,
      advice: 'write the corners in the order in which one walks around the area, each once',
    },
  ];
}

/** A line that somebody can cross. */
export function checkSegment(line: { readonly from: Point; readonly to: Point }, path: KeyPath): Problem[] {
  if (line.from[0] !== line.to[0] || line.from[1] !== line.to[1]) return [];
  return [
    {
      path,
      at: 'value',
      expected: 'a line between two different points',
      found: 'the same point twice: nobody can cross it',
      advice: 'move `to` away from `from`',
    },
  ];
}

/** The problem of a place that is not on the floor plan. */
type PlaceCheck = (point: Point, path: KeyPath, consequence: string, what: string) => Problem[];

/** A plan with mistakes of its own judges nothing. */
function placeCheck(plan: unknown): PlaceCheck {
  if (!Check(FloorPlan, plan)) return () => [];
  const { widthMetres, heightMetres } = plan;
  return (point, path, consequence, what) => {
    const [across, down] = point;
    if (across >= 0 && down >= 0 && across <= widthMetres && down <= heightMetres) return [];
    return [
      {
        path,
        at: 'value',
        expected: `a point on the floor plan, from [0, 0] to [${widthMetres}, ${heightMetres}] metres`,
        found: `[${point.join(', ')}], which is outside${consequence}`,
        advice: `move the ${what} onto the floor plan, or correct floorPlan`,
      },
    ];
  };
}

function checkFixtures(plan: Group, place: PlaceCheck, path: KeyPath): Problem[] {
  return asList(plan['fixtures']).flatMap((fixture, index) => {
    if (!isPolygon(fixture)) return [];
    const at = [...path, index];
    return [
      ...checkPolygon(fixture, at),
      ...fixture.flatMap((point, number) => place(point, [...at, number], ' of the shop', 'corner')),
    ];
  });
}

function checkZones(zones: readonly unknown[], place: PlaceCheck, path: KeyPath): Problem[] {
  const names = zones
    .map((zone) => asGroup(zone)['name'])
    .filter((name): name is string => typeof name === 'string');
  return zones.flatMap((zone, index) => {
    const at = [...path, index];
    const group = asGroup(zone);
    const problems = checkLeadsTo(group, names, at);
    const polygon = group['polygon'];
    if (!isPolygon(polygon) || !Check(Zone.properties.name, group['name'])) return problems;
    return [
      ...problems,
      ...checkPolygon(polygon, [...at, 'polygon']),
      ...polygon.flatMap((point, number) =>
        place(point, [...at, 'polygon', number], ': nobody can stand there', 'corner'),
      ),
    ];
  });
}

function checkLeadsTo(zone: Group, names: readonly string[], path: KeyPath): Problem[] {
  const { leadsTo, name, kind } = zone;
  if (typeof leadsTo !== 'string') return [];
  if (typeof kind !== 'string' || kind !== 'queue') {
    return [
      {
        path: [...path, 'leadsTo'],
        at: 'key',
        expected: 'leadsTo only on a zone of kind queue',
        found: `leadsTo on a zone of kind ${typeof kind === 'string' ? kind : 'area'}: nobody waits there`,
        advice: 'remove leadsTo, or write `kind: queue`',
      },
    ];
  }
  const others = names.filter((other) => other !== name);
  if (others.includes(leadsTo)) return [];
  const meant = suggest(leadsTo, others);
  return [
    {
      path: [...path, 'leadsTo'],
      at: 'value',
      expected: `another zone of this store${others.length === 0 ? '' : ` (${others.join(', ')})`}`,
      found: `${JSON.stringify(leadsTo)}: everybody who leaves the queue would count as not served`,
      advice: meant === undefined ? 'add that zone, or name another one' : `did you mean \`${meant}\`?`,
    },
  ];
}

function checkLines(lines: readonly unknown[], place: PlaceCheck, path: KeyPath): Problem[] {
  return lines.flatMap((line, index) => {
    if (!Check(FloorLine, line)) return [];
    const at = [...path, index];
    return [
      ...checkSegment(line, at),
      ...place(line.from, [...at, 'from'], ' of the shop', 'end of the line'),
      ...place(line.to, [...at, 'to'], ' of the shop', 'end of the line'),
    ];
  });
}

function checkCamera(camera: Group, place: PlaceCheck, path: KeyPath): Problem[] {
  const { purpose, calibration } = camera;
  const problems: Problem[] = [];
  const at = camera['place'];
  if (Check(FloorPoint, at)) problems.push(...place(at, [...path, 'place'], ' of the shop', 'camera'));
  if (purpose === 'ceiling' && calibration === undefined) {
    problems.push({
      path: [...path, 'calibration'],
      at: 'key',
      expected: 'a calibration, because this is a ceiling camera',
      found: 'no calibration: nobody whom it sees would have a place on the floor',
      advice:
        'measure where it hangs and looks with a tape (`kind: pose`), start the store, and mark points in its page (#calibrate) for more exactness',
    });
  }
  problems.push(...checkCalibration(asGroup(calibration), place, [...path, 'calibration']));
  for (const [index, polygon] of asList(camera['ignore']).entries()) {
    if (isPolygon(polygon)) problems.push(...checkPolygon(polygon, [...path, 'ignore', index]));
  }
  const { framesPerSecond: frames = Camera.properties.framesPerSecond.default } = camera;
  const { detectionsPerSecond: detections = Camera.properties.detectionsPerSecond.default } = camera;
  const known = typeof detections === 'number' && typeof frames === 'number';
  if (purpose === 'ceiling' && known && detections > frames) {
    problems.push({
      path: [...path, 'detectionsPerSecond'],
      at: 'value',
      expected: `at most framesPerSecond, ${frames}`,
      found: `${detections}: no frame can be looked at twice`,
      advice: `write ${frames} or less, or raise framesPerSecond`,
    });
  }
  return problems;
}

function checkCalibration(calibration: Group, place: PlaceCheck, path: KeyPath): Problem[] {
  const { kind, points } = calibration;
  if (kind === 'pose') {
    const at = calibration['place'];
    return Check(FloorPoint, at) ? place(at, [...path, 'place'], ' of the shop', 'camera') : [];
  }
  if (kind !== 'points') return [];
  const Pair = PointsCalibration.properties.points.items;
  return asList(points).flatMap((pair, index) =>
    Check(Pair, pair) ? place(pair.floor, [...path, 'points', index, 'floor'], ' of the shop', 'point') : [],
  );
}

function isPolygon(value: unknown): value is readonly Point[] {
  return Array.isArray(value) && value.length >= 3 && value.every((point) => Check(FloorPoint, point));
}
