export {
  generatedName,
  validateDns1035Label,
  validateDns1123Label,
  validateDns1123Subdomain,
  validateNamePrefix,
  validatePathSegmentName,
} from './dns-names.ts';
export { validateAnnotations, validateLabelKey, validateLabels, validateLabelValue } from './label-names.ts';
