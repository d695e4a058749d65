import { Check } from 'typebox/value';
import { isGroup } from './defaults.ts';
import { withoutLogin, type KeyPath, type Problem } from './problem.ts';
import { checkFloor, checkPolygon, checkSegment } from './floor-consistency.ts';
import { asGroup, asList, type Group } from './loose-parts.ts';
import { EntranceLine, Lane, OpeningHours } from './schema.ts';
import type { Environment } from './secret.ts';
import { suggest } from './suggestion.ts';

/**
 * Mistakes that no single key shows: things that contradict each other, names that mean nothing, secrets in the wrong
 * place. Each says its consequence. Works on whatever parts of the file are well formed, so that a file with other
 * mistakes is judged as far as it can be.
 */
export function findInconsistencies(deployment: unknown, environment: Environment): Problem[] {
  const root = asGroup(deployment);
  return [
    ...asList(root['stores']).flatMap((store, index) =>
      checkStore(asGroup(store), ['stores', index], environment),
    ),
    ...checkKafka(asGroup(root['kafka']), environment),
    ...checkAnalytics(asGroup(root['analytics']), environment),
  ];
}

function checkStore(store: Group, path: KeyPath, environment: Environment): Problem[] {
  const cameras = asList(store['cameras']).map(asGroup);
  return [
    ...checkTimeZone(store['timeZone'], [...path, 'timeZone']),
    ...checkCurrency(store['currency'], [...path, 'currency']),
    ...checkOpeningHours(store['openingHours'], [...path, 'openingHours']),
    ...checkUnique(cameras, 'id', [...path, 'cameras'], 'events of the two cameras could not be told apart'),
    ...checkUnique(
      asList(store['zones']).map(asGroup),
      'name',
      [...path, 'zones'],
      'visits of the two zones would be added up',
    ),
    ...checkUnique(
      asList(store['lines']).map(asGroup),
      'name',
      [...path, 'lines'],
      'crossings of the two lines would be added up',
    ),
    ...checkFloor(store, path),
    ...cameras.flatMap((camera, index) => checkCamera(camera, [...path, 'cameras', index], environment)),
  ];
}

function checkCamera(camera: Group, path: KeyPath, environment: Environment): Problem[] {
  const purpose = camera['purpose'];
  const lanes = asList(camera['lanes']);
  const problems: Problem[] = [
    ...checkUnique(
      lanes.map(asGroup),
      'name',
      [...path, 'lanes'],
      'decisions could not say in which lane they were made',
    ),
    ...checkSource(asGroup(camera['source']), [...path, 'source'], environment),
  ];
  if (purpose === 'door' && camera['entranceLine'] === undefined) {
    problems.push({
      path: [...path, 'entranceLine'],
      at: 'key',
      expected: 'a line that people cross when they come in, because this is a door camera',
      found: 'no entranceLine: this camera would count nobody',
      advice: 'add entranceLine with `from` and `to`, or change `purpose`',
    });
  }
  if (lanes.length > 0 && typeof purpose === 'string' && purpose !== 'door' && purpose !== 'exit') {
    problems.push({
      path: [...path, 'lanes'],
      at: 'key',
      expected: 'opt-in lanes only on cameras of purpose door or exit',
      found: `lanes on a camera of purpose ${purpose}: nobody would be recognised in them`,
      advice: 'remove the lanes, or change `purpose`',
    });
  }
  for (const [index, lane] of lanes.entries()) {
    if (Check(Lane, lane)) problems.push(...checkPolygon(lane.polygon, [...path, 'lanes', index, 'polygon']));
  }
  const line = camera['entranceLine'];
  if (Check(EntranceLine, line)) problems.push(...checkSegment(line, [...path, 'entranceLine']));
  return problems;
}

function checkSource(source: Group, path: KeyPath, environment: Environment): Problem[] {
  const problems = checkVariable(source['credentials'], [...path, 'credentials'], environment);
  const url = source['url'];
  if (typeof url === 'string' && holdsLogin(url)) {
    problems.push({
      path: [...path, 'url'],
      at: 'value',
      expected:
        'an address without user and password, because this file is copied, shown and put under version control',
      found: `an address with a login (withheld)`,
      advice: `write ${JSON.stringify(bareAddress(url))}, put user:password into an environment variable, and name that variable in \`credentials\``,
    });
  }
  const credentials = source['credentials'];
  const login = typeof credentials === 'string' ? environment[credentials] : undefined;
  if (login !== undefined && login !== '' && !login.includes(':')) {
    problems.push({
      path: [...path, 'credentials'],
      at: 'value',
      expected: `user:password in the environment variable ${String(credentials)}`,
      found: 'a value without a colon (withheld): the camera would refuse it',
      advice: `set ${String(credentials)} to the user, a colon and the password`,
    });
  }
  return problems;
}

function checkKafka(kafka: Group, environment: Environment): Problem[] {
  const sasl = asGroup(kafka['sasl']);
  const tls = asGroup(kafka['tls']);
  const problems = checkVariable(sasl['password'], ['kafka', 'sasl', 'password'], environment);
  if (sasl['mechanism'] === 'plain' && kafka['tls'] === undefined) {
    problems.push({
      path: ['kafka', 'sasl', 'mechanism'],
      at: 'value',
      expected: 'tls beside plain, because plain sends the password as it is',
      found: 'plain without tls: whoever listens on the network would read it',
      advice: 'add `tls: {}` to `kafka`, or log in with scram-sha-512',
    });
  }
  for (const [one, other] of [
    ['certificate', 'key'],
    ['key', 'certificate'],
  ] as const) {
    if (tls[one] === undefined || tls[other] !== undefined) continue;
    problems.push({
      path: ['kafka', 'tls', one],
      at: 'key',
      expected: `\`${other}\` beside \`${one}\``,
      found: `${one} alone: the brokers could not be shown who asks`,
      advice: `name the ${other} too`,
    });
  }
  return problems;
}

function checkAnalytics(analytics: Group, environment: Environment): Problem[] {
  const problems = checkVariable(analytics['password'], ['analytics', 'password'], environment);
  const url = analytics['url'];
  if (typeof url === 'string' && holdsLogin(url)) {
    problems.push({
      path: ['analytics', 'url'],
      at: 'value',
      expected:
        'an address without user and password, because this file is copied, shown and put under version control',
      found: 'an address with a login (withheld)',
      advice: `write ${JSON.stringify(bareAddress(url))}, the user in \`user\`, and in \`password\` the name of an environment variable`,
    });
  }
  return problems;
}

/** An unset variable is found now, not when the camera is asked for the first time at night. */
function checkVariable(name: unknown, path: KeyPath, environment: Environment): Problem[] {
  if (typeof name !== 'string' || !/^[A-Z][A-Z0-9_]*$/.test(name)) return [];
  const value = environment[name];
  if (value !== undefined && value !== '') return [];
  return [
    {
      path,
      at: 'value',
      expected: `the environment variable ${name} to be set`,
      found: value === undefined ? 'it is not set' : 'it is set but empty',
      advice: `set ${name} in the environment that the store is started from`,
    },
  ];
}

function holdsLogin(address: string): boolean {
  return /\/\/[^/\s]*@/.test(address) || /(passw(or)?d|pwd)=/i.test(address);
}

function bareAddress(address: string): string {
  return withoutLogin(address)
    .replace('[withheld]@', '')
    .replace(/[?&/][^?&/]*(passw(or)?d|pwd)=.*$/i, '');
}

function checkTimeZone(zone: unknown, path: KeyPath): Problem[] {
  if (typeof zone !== 'string' || zone === '') return [];
  const known = Intl.supportedValuesOf('timeZone');
  if (zone === 'UTC' || known.includes(zone) || isLinkedZone(zone)) return [];
  const meant = suggest(zone, known) ?? known.find((name) => simpleCity(name) === simpleCity(zone));
  return [
    {
      path,
      at: 'value',
      expected: 'an IANA time zone such as Europe/Berlin, in exactly its spelling',
      found: `${JSON.stringify(zone)}: days and hours of every report would be undefined`,
      advice: meant === undefined ? 'write Continent/City, or UTC' : `did you mean \`${meant}\`?`,
    },
  ];
}

/** Older names that stay valid beside today's (Asia/Calcutta beside Asia/Kolkata); case must be right: ClickHouse insists. */
function isLinkedZone(zone: string): boolean {
  if (!/^[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z0-9_+-]*)+$/.test(zone)) return false;
  try {
    const used = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
    return used === zone || used.toLowerCase() !== zone.toLowerCase();
  } catch {
    return false;
  }
}

function simpleCity(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).toLowerCase();
}

function checkCurrency(currency: unknown, path: KeyPath): Problem[] {
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return [];
  const known = Intl.supportedValuesOf('currency');
  if (known.includes(currency)) return [];
  return [
    {
      path,
      at: 'value',
      expected: 'an ISO 4217 currency such as EUR',
      found: `${JSON.stringify(currency)}, which is none: amounts could be neither shown nor charged`,
      advice: 'write the three letters of the currency, for example EUR, USD or GBP',
    },
  ];
}

function checkOpeningHours(hours: unknown, path: KeyPath): Problem[] {
  const week = asGroup(hours);
  const problems: Problem[] = [];
  for (const [day, property] of Object.entries(OpeningHours.properties)) {
    const times = week[day];
    if (!Array.isArray(times) || !Check(property, times)) continue;
    const [from, to] = times;
    if (from < to) continue;
    problems.push({
      path: [...path, day],
      at: 'value',
      expected: 'an opening time before the closing time, on the same day',
      found: `from ${from} to ${to}: the shop would never be open on ${day}`,
      advice: 'swap them, write `closed`, or end the day at 24:00',
    });
  }
  const days = Object.keys(OpeningHours.properties);
  if (isGroup(hours) && days.every((day) => week[day] === undefined || week[day] === 'closed')) {
    problems.push({
      path,
      at: 'value',
      expected: 'at least one day on which the shop is open',
      found: 'none: a day that is left out is closed',
      advice: 'add a day, for example `monday: ["09:00", "18:00"]`',
    });
  }
  return problems;
}

function checkUnique(entries: readonly Group[], key: string, path: KeyPath, consequence: string): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const name = entry[key];
    if (typeof name !== 'string') continue;
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, index);
    else {
      problems.push({
        path: [...path, index, key],
        at: 'value',
        expected: `its own ${key}, which no other entry of the list has`,
        found: `${JSON.stringify(name)}, which entry ${earlier + 1} has already: ${consequence}`,
        advice: `choose another ${key} for entry ${index + 1}`,
      });
    }
  }
  return problems;
}
