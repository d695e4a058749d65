/*
 * Parts that the questions about the floor share. Parameters: storeId, from, to. A visit's events lie within a day of each
 * other, so what is said of a visit is looked for a day before and after the period.
 */

const NEARBY = `
      AND time >= {from:DateTime64(3, 'UTC')} - INTERVAL 1 DAY
      AND time < {to:DateTime64(3, 'UTC')} + INTERVAL 1 DAY`;

/**
 * Leaves out staff, also what they did before it was known. GLOBAL: asked once, also where shops are spread over servers.
 * @param since SQL: when the period begins
 */
export const noStaffSince = (since: string): string => `
  visit_id GLOBAL NOT IN (
    SELECT visit_id
    FROM floor_events
    WHERE store_id = {storeId:String} AND type = 'visit.excluded' AND time >= ${since} - INTERVAL 1 DAY
  )`;

/** Of the period that begins with the parameter \`from\`. */
export const NO_STAFF = noStaffSince("{from:DateTime64(3, 'UTC')}");

/**
 * A common table expression \`not_counted\`: visits that footfall counted when they came in and that were none: staff, and
 * whoever turned out to be the same person as another visit. Footfall is what was counted less these.
 * @param since SQL: when the period begins
 */
export const notCountedSince = (since: string): string => `
  not_counted AS (
    SELECT
      max(last_event_at) AS last_event,
      min(started_at) AS began,
      ifNull(max(visits.in_lane), false) AS lane,
      min(identified_at) AS identified,
      max(visits.simulated) AS is_simulated
    FROM visits
    WHERE store_id = {storeId:String}
    GROUP BY visit_id
    HAVING last_event >= ${since} AND (ifNull(max(end_reason), '') = 'same-person' OR NOT (${noStaffSince(since)}))
  )`;

/** A common table expression: visits that turned out to be one person, each with the visit that went on. */
export const SAME_PERSON = `
  (
    SELECT mapFromArrays(groupArray(visit_id), groupArray(assumeNotNull(other_id)))
    FROM floor_events FINAL
    WHERE store_id = {storeId:String} AND type = 'visit.ended' AND other_id IS NOT NULL${NEARBY}
  ) AS same_person`;

/** The visit that a person has, however many visits it was taken for; needs {@link SAME_PERSON}. */
export const PERSON = 'if(mapContains(same_person, visit_id), same_person[visit_id], visit_id)';

/**
 * A common table expression `stays`: who was in which zone (or queue) from when until when; `until` is null while the stay
 * lasts. Needs {@link SAME_PERSON}.
 *
 * What has ended says itself how long it was. What has begun and not ended lasts still, unless the visit is over: then the
 * store was switched off in between, and nobody knows how long it was.
 */
export const staysOf = (begins: string, ends: string): string => `
  stays AS (
    SELECT
      place,
      ${PERSON} AS person,
      time - toIntervalMillisecond(toInt64(1000 * assumeNotNull(seconds))) AS since,
      toNullable(time) AS until,
      simulated
    FROM floor_events FINAL
    WHERE store_id = {storeId:String} AND type = '${ends}' AND seconds IS NOT NULL
      AND time >= {from:DateTime64(3, 'UTC')} AND time < {to:DateTime64(3, 'UTC')} + INTERVAL 1 DAY
      AND ${NO_STAFF}
    UNION ALL
    SELECT
      place,
      ${PERSON} AS person,
      maxIf(time, type = '${begins}') AS since,
      NULL AS until,
      max(simulated) AS simulated
    FROM floor_events
    WHERE store_id = {storeId:String} AND type IN ('${begins}', '${ends}')${NEARBY}
      AND ${NO_STAFF}
      AND visit_id GLOBAL NOT IN (
        SELECT visit_id FROM visits WHERE store_id = {storeId:String} AND ended_at IS NOT NULL
          AND last_event_at >= {from:DateTime64(3, 'UTC')} - INTERVAL 1 DAY
      )
    GROUP BY place, visit_id
    HAVING since > maxIf(time, type = '${ends}')
  )`;

/** When a stay that lasts is counted until. Parameters: at, to. */
export const STAY_UNTIL = "ifNull(until, least({at:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')}))";

/** How many were there on average, by steps of the period, from {@link staysOf}. Parameters: from, to, at, stepSeconds. */
export const meanByStep = `
  SELECT
    place AS name,
    steps.starts_at AS starts_at,
    sum(greatest(0, dateDiff('millisecond',
      greatest(since, steps.starts_at),
      least(${STAY_UNTIL}, steps.ends_at)
    ))) / dateDiff('millisecond', any(steps.starts_at), least(any(steps.ends_at), {at:DateTime64(3, 'UTC')})) AS people
  FROM stays
  CROSS JOIN (
    SELECT
      {from:DateTime64(3, 'UTC')} + toIntervalSecond(number * {stepSeconds:UInt32}) AS starts_at,
      least(starts_at + toIntervalSecond({stepSeconds:UInt32}), {to:DateTime64(3, 'UTC')}) AS ends_at
    FROM numbers(toUInt64(ceil(
      dateDiff('millisecond', {from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')}) / 1000 / {stepSeconds:UInt32}
    )))
  ) AS steps
  WHERE since < steps.ends_at AND ${STAY_UNTIL} > steps.starts_at
    AND steps.starts_at < {at:DateTime64(3, 'UTC')}
  GROUP BY name, starts_at
  ORDER BY name, starts_at`;
