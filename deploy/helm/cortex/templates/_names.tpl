{{- define "cortex.name" -}}
{{- if .Values.nameOverride }}{{ .Values.nameOverride }}{{ else if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name }}{{ end -}}
{{- end }}

{{- /* Labels that never change: what selects pods. Takes dict root, part. */ -}}
{{- define "cortex.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "cortex.labels" -}}
{{ include "cortex.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: cortex
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "cortex.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ printf "%s@%s" .repository .digest }}{{ else }}{{ printf "%s:%s" .repository (.tag | default $.Chart.AppVersion) }}{{ end }}
{{- end }}
{{- end }}

{{- define "cortex.orchestratorUrl" -}}
http://{{ include "cortex.name" . }}-orchestrator:8000
{{- end }}

{{- /* Who answers: rules (the offline planner), claude, or local (another server of the Messages API that needs no key). */ -}}
{{- define "cortex.modelKind" -}}
{{- if .Values.model.secret.name }}claude{{ else if .Values.model.baseUrl }}local{{ else }}rules{{ end -}}
{{- end }}

{{- /* The Secret and key that hold DATABASE_URL. */ -}}
{{- define "cortex.databaseSecret" -}}
{{- if .Values.postgresql.cluster.enabled }}
name: {{ include "cortex.name" . }}-postgresql-app
key: uri
{{- else }}
name: {{ .Values.postgresql.secret.name }}
key: {{ .Values.postgresql.secret.key }}
{{- end }}
{{- end }}
