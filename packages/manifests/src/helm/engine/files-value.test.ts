import { describe, expect, it } from 'vitest';

import { createMemoryTree } from '../../tree/memory-tree.ts';
import { renderHelmText } from '../render-helm-chart.ts';

const FILES = { 'files/a.txt': 'one\ntwo\n', 'files/b/c.txt': 'é', 'files/b/d.conf': 'x = 1\n', 'other.txt': '' };
const render = async (template: string): Promise<string> => {
  const chart = { 'Chart.yaml': 'name: web\nversion: 1.0.0\n', 'templates/a.yaml': `v: |\n  ${template}` };
  const { text } = await renderHelmText(createMemoryTree({ ...chart, ...FILES }));
  return text.replace('---\n# Source: web/templates/a.yaml\nv: |\n  ', '').trimEnd();
};

// Answers of helm 3.22.
describe('.Files', () => {
  it.each([
    ['{{ .Files.Get "files/a.txt" | quote }}', '"one\\ntwo\\n"'],
    ['{{ .Files.Get "none" | quote }}', '""'],
    ['{{ .Files.GetBytes "files/b/c.txt" }}', '[195 169]'],
    ['{{ .Files.GetBytes "files/b/c.txt" | toJson }}', '"w6k="'],
    ['{{ .Files.GetBytes "files/b/c.txt" | toString }}', 'é'],
    ['{{ len (.Files.GetBytes "files/a.txt") }} {{ index (.Files.GetBytes "files/a.txt") 1 }}', '8 110'],
    ['{{ range .Files.GetBytes "files/b/c.txt" }}<{{ . }}>{{ end }}', '<195><169>'],
    ['{{ .Files.Lines "files/a.txt" | join "," }} {{ len (.Files.Lines "none") }}', 'one,two 0'],
    [
      '{{ range $path, $bytes := .Files.Glob "files/**" }}{{ $path }}={{ len $bytes }} {{ end }}',
      'files/a.txt=8 files/b/c.txt=2 files/b/d.conf=6',
    ],
    ['{{ range $path, $_ := .Files.Glob "files/*" }}{{ $path }} {{ end }}', 'files/a.txt'],
    [
      '{{ range $path, $_ := .Files.Glob "**.{txt,conf}" }}{{ $path }} {{ end }}',
      'files/a.txt files/b/c.txt files/b/d.conf other.txt',
    ],
    ['{{ (.Files.Glob "files/b/*").AsConfig | quote }}', '"c.txt: é\\nd.conf: |\\n  x = 1"'],
    ['{{ (.Files.Glob "files/b/c*").AsSecrets }}', 'c.txt: w6k='],
    ['{{ if .Files.Glob "none/*" }}some{{ else }}none{{ end }}', 'none'],
  ])('%s', async (template, expected) => {
    expect(await render(template)).toBe(expected);
  });
});
