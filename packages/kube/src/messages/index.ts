export { decodeEnvelope } from './decode-message.ts';
export { decodeProblem, type DecodeVoice } from './decode-problem.ts';
export { goStruct, goTextMap, goTexts } from './go-syntax.ts';
export { goText } from './go-text.ts';
export { fieldsOf, schemaOfKind, schemaOfMessage } from './schema-of-message.ts';
export {
  MESSAGES,
  messageNameOf,
  type FieldType,
  type Message,
  type MessageField,
  type MessageTable,
} from './message-table.ts';
export { withoutZeros } from './without-zeros.ts';
export { doubleField, joinParts, messageField, numberField, textField, type WireParts } from './wire-writer.ts';
