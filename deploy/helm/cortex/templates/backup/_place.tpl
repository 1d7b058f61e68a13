{{- /* What backup and restore need to find everything: the volumes of all parts side by side. */ -}}
{{- define "cortex.placeEnv" -}}
- { name: CORTEX_HOME, value: /data }
- { name: TASKS_DIR, value: /data/tasks }
- { name: CORTEX_WORKSPACE, value: /workspace/repository }
{{- if eq .Values.store "sqlite" }}
- { name: CHAT_HOME, value: /chat }
{{- else }}
{{ include "cortex.databaseEnv" . }}
{{- end }}
{{- end }}

{{- define "cortex.databaseEnv" -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      {{- include "cortex.databaseSecret" . | nindent 6 }}
{{- end }}

{{- define "cortex.placeMounts" -}}
- { name: tmp, mountPath: /tmp }
- { name: data, mountPath: /data }
{{- if eq .Values.store "sqlite" }}
- { name: chat, mountPath: /chat }
{{- end }}
- { name: workspace, mountPath: /workspace }
{{- if .Values.backup.enabled }}
- { name: backups, mountPath: /backups }
{{- end }}
{{- end }}

{{- define "cortex.placeVolumes" -}}
{{- $name := include "cortex.name" . }}
{{- include "cortex.tmpVolume" . }}
{{- if eq .Values.store "sqlite" }}
- name: data
  persistentVolumeClaim: { claimName: {{ .Values.orchestrator.persistence.existingClaim | default (printf "%s-orchestrator" $name) }} }
- name: chat
  persistentVolumeClaim: { claimName: {{ .Values.chat.persistence.existingClaim | default (printf "%s-chat" $name) }} }
{{- else }}
- name: data
  emptyDir: { sizeLimit: 1Gi }
{{- end }}
- name: workspace
  persistentVolumeClaim: { claimName: {{ .Values.workspace.existingClaim | default (printf "%s-workspace" $name) }} }
{{- if .Values.backup.enabled }}
- name: backups
  persistentVolumeClaim: { claimName: {{ .Values.backup.persistence.existingClaim | default (printf "%s-backups" $name) }} }
{{- end }}
{{- end }}

{{- /* A container with the tools of PostgreSQL, of an image of the operator. */ -}}
{{- define "cortex.databaseTools" -}}
name: database
image: {{ .Values.backup.databaseImage | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- include "cortex.containerSecurity" . | nindent 2 }}
env:
  {{- include "cortex.databaseEnv" . | nindent 2 }}
resources:
  {{- toYaml .Values.backup.resources | nindent 2 }}
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  - { name: backups, mountPath: /backups }
{{- end }}
