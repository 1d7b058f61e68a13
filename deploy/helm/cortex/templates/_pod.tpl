{{- define "cortex.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "cortex.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- /* What every container has. Takes dict root, name, run (the process's file below packages/; without it the args follow). */ -}}
{{- define "cortex.container" -}}
name: {{ .name }}
image: {{ include "cortex.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  {{- include "cortex.containerSecurity" . | nindent 2 }}
{{- with .run }}
args: [packages/{{ . }}]
{{- end }}
{{- end }}

{{- /* What every pod has. Takes dict root, part, account, token (whether it speaks to the cluster). */ -}}
{{- define "cortex.pod" -}}
serviceAccountName: {{ .account }}
automountServiceAccountToken: {{ .token | default false }}
{{- /* Variables of services would be taken for settings of the same name. */}}
enableServiceLinks: false
terminationGracePeriodSeconds: 30
securityContext:
  {{- include "cortex.podSecurity" . | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* Replicas apart from each other, by node first and by zone where there are any; never so strictly that one cannot start. Takes dict root, part. */ -}}
{{- define "cortex.spread" -}}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "cortex.selector" . | nindent 14 }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "cortex.selector" . | nindent 8 }}
{{- end }}

{{- /* The three probes of a process that answers over HTTP on the port named http. A start may migrate a large store first. */ -}}
{{- define "cortex.probes" -}}
startupProbe:
  httpGet: { path: /livez, port: http }
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: {{ .starts | default 60 }}
livenessProbe:
  httpGet: { path: /livez, port: http }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: http }
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
{{- end }}

{{- /* Waits until no more is sent here before the process is told to stop; where another takes its place meanwhile. */ -}}
{{- define "cortex.preStop" -}}
lifecycle:
  preStop:
    exec: { command: [sleep, '5'] }
{{- end }}

{{- /* Settings of the operator as variables. Takes a list of parts, each with settings and secretSettings; a later one wins. */ -}}
{{- define "cortex.settings" -}}
{{- $plain := dict }}{{- $secret := dict }}
{{- range . }}{{- $plain = merge (deepCopy (.settings | default dict)) $plain }}{{- $secret = merge (deepCopy (.secretSettings | default dict)) $secret }}{{- end }}
{{- range $name, $value := $plain }}
- { name: {{ $name }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- range $name, $ref := $secret }}
- name: {{ $name }}
  valueFrom: { secretKeyRef: { name: {{ $ref.name }}, key: {{ $ref.key }} } }
{{- end }}
{{- end }}

{{- /* Variables that name the model. */ -}}
{{- define "cortex.modelEnv" -}}
{{- with .Values.model.secret.name }}
- name: ANTHROPIC_API_KEY
  valueFrom: { secretKeyRef: { name: {{ . }}, key: {{ $.Values.model.secret.key }} } }
{{- end }}
{{- with .Values.model.baseUrl }}
- { name: ANTHROPIC_BASE_URL, value: {{ . | quote }} }
{{- end }}
{{- end }}

{{- /* Where traces go; nothing is traced without. */ -}}
{{- define "cortex.tracingEnv" -}}
{{- with .Values.tracing }}
{{- if .endpoint }}
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ .endpoint | quote }} }
- { name: OTEL_TRACES_SAMPLER_ARG, value: {{ .sample | toString | quote }} }
{{- end }}
{{- end }}
{{- end }}

{{- define "cortex.tmpVolume" -}}
- name: tmp
  emptyDir: { sizeLimit: 256Mi }
{{- end }}
