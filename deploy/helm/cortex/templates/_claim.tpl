{{- /* A volume for data that outlives pods, and the release: helm uninstall leaves it. Takes dict root, part, name, of, mode. */ -}}
{{- define "cortex.claim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "cortex.labels" . | nindent 4 }}
  annotations:
    helm.sh/resource-policy: keep
spec:
  accessModes: [{{ .mode | default "ReadWriteOnce" }}]
  {{- with .of.storageClass }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests: { storage: {{ .of.size }} }
{{- end }}
