/** Lists the violations of one file's text; `file` is relative to the root, with forward slashes. */
export declare const violationsOf: (file: string, text: string) => readonly string[];
/** Lists the violations of a whole checkout. */
export declare const violationsIn: (root: string) => readonly string[];
