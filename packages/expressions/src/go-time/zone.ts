/**
 * Zones, as the runtime's own tables know them.
 */

/** Minutes east of UTC in a zone at an instant. Throws RangeError for an unknown zone. `+02:00` is a zone too. */
export const zoneOffsetMinutes = (instant: number, zone: string): number => {
  if (zone === 'UTC' || zone === '' || zone === 'Local') return 0;
  const fixed = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return Math.round((wall - Math.floor(instant / 1000) * 1000) / 60_000);
};

/** The instant of a wall clock in a zone. */
export const instantOfWall = (wallMs: number, zone: string): number => {
  const first = wallMs - zoneOffsetMinutes(wallMs, zone) * 60_000;
  return wallMs - zoneOffsetMinutes(first, zone) * 60_000;
};
