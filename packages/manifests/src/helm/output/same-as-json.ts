/**
 * Whether JSON keeps all that a manifest says.
 */

/** The one number that JSON does not give back is -0. */
const MAYBE_MINUS_ZERO = /(?:^|[\s[,{:"'])-(?:[0_.]|[\d._]*e-)/i;

/** Tells of a YAML text; where in doubt, no. */
export const isSameAsJson = (text: string): boolean => !MAYBE_MINUS_ZERO.test(text);
