/**
 * OpenAPI v2 as the protobuf message that client-go asks for. @upstream github.com/google/gnostic-models openapiv2/OpenAPIv2.proto
 */
import { doubleField, joinParts, messageField, numberField, textField, type WireParts } from '@argosy/kube';

import type { SwaggerSchema } from './swagger-schema.ts';

/** A parameter in the query. */
export interface SwaggerParameter {
  readonly name: string;
  readonly in: 'query';
  readonly type: string;
  readonly uniqueItems: boolean;
}

/** What a method of a path takes and gives. */
export interface SwaggerOperation {
  readonly parameters: readonly SwaggerParameter[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly schema: SwaggerSchema }>>;
  readonly [extension: `x-${string}`]: unknown;
}

/** The methods of a path. */
export type SwaggerPath = Readonly<Partial<Record<keyof typeof METHODS, SwaggerOperation>>>;

/** The document. */
export interface SwaggerDocument {
  readonly swagger: '2.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, SwaggerPath>>;
  readonly definitions: Readonly<Record<string, SwaggerSchema>>;
}

/** Encodes the document. */
export const encodeSwagger = (document: SwaggerDocument): Uint8Array =>
  joinParts([
    ...textField(1, document.swagger),
    ...messageField(2, [...textField(1, document.info.title), ...textField(2, document.info.version)]),
    ...messageField(8, named(2, document.paths, pathItem)),
    ...messageField(9, named(1, document.definitions, schema)),
  ]);

/** Numbers of the methods' fields. */
const METHODS = { get: 2, put: 3, post: 4, delete: 5, patch: 8 } as const;

/** Maps are lists of names and values. */
const named = <T>(number: number, values: Readonly<Record<string, T>>, encode: (value: T) => WireParts): WireParts =>
  Object.entries(values).flatMap(([name, value]) =>
    messageField(number, [...textField(1, name), ...messageField(2, encode(value))]),
  );

/** Anything else is a text in YAML, which JSON is. */
const anything = (value: unknown): WireParts => textField(2, JSON.stringify(value));

const extensions = (number: number, of: object): WireParts =>
  named(number, Object.fromEntries(Object.entries(of).filter(([name]) => name.startsWith('x-'))), anything);

const pathItem = (path: SwaggerPath): WireParts =>
  Object.entries(METHODS).flatMap(([method, number]) => {
    const of = path[method as keyof typeof METHODS];
    return messageField(number, of && operation(of));
  });

const operation = (of: SwaggerOperation): WireParts => [
  ...of.parameters.flatMap((parameter) =>
    // A parameter that is none of the body, in the query: each distinction is a message of its own.
    messageField(8, messageField(1, messageField(2, messageField(3, queryParameter(parameter))))),
  ),
  ...messageField(
    9,
    named(1, of.responses, (response) =>
      messageField(1, [
        ...textField(1, response.description),
        ...messageField(2, messageField(1, schema(response.schema))),
      ]),
    ),
  ),
  ...extensions(13, of),
];

const queryParameter = (parameter: SwaggerParameter): WireParts => [
  ...textField(2, parameter.in),
  ...textField(4, parameter.name),
  ...textField(6, parameter.type),
  ...numberField(20, parameter.uniqueItems),
];

const schema = (of: SwaggerSchema): WireParts => [
  ...textField(1, of.$ref),
  ...textField(2, of.format),
  ...textField(4, of.description),
  ...(of.default === undefined ? [] : messageField(5, anything(of.default))),
  ...doubleField(7, of.maximum),
  ...doubleField(9, of.minimum),
  ...numberField(11, of.maxLength),
  ...numberField(12, of.minLength),
  ...textField(13, of.pattern),
  ...numberField(14, of.maxItems),
  ...numberField(15, of.minItems),
  ...numberField(16, of.uniqueItems),
  ...(of.required ?? []).flatMap((name) => textField(19, name)),
  ...(of.enum ?? []).flatMap((value) => messageField(20, anything(value))),
  ...additional(of.additionalProperties),
  ...messageField(22, of.type === undefined ? undefined : textField(1, of.type)),
  ...messageField(23, of.items && messageField(1, schema(of.items))),
  ...messageField(25, of.properties && named(1, of.properties, schema)),
  ...extensions(31, of),
];

const additional = (of: SwaggerSchema['additionalProperties']): WireParts => {
  if (of === undefined) return [];
  return messageField(21, typeof of === 'boolean' ? numberField(2, of) : messageField(1, schema(of)));
};
