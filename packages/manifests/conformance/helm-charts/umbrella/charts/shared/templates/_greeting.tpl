{{- define "shared.greeting" -}}
hello {{ .to }}
{{- end -}}
{{ define "who" }}shared{{ end }}