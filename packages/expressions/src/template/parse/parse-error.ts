/**
 * Why a text is no template. Thrown inside this folder only.
 */

/** A refusal at a line of the text. */
export class TemplateParseError extends Error {
  readonly template: string;
  /** From 1. */
  readonly line: number;

  constructor(name: string, line: number, message: string) {
    super(`template: ${name}:${line}: ${message}`);
    this.name = 'TemplateParseError';
    this.template = name;
    this.line = line;
  }
}
