{{- /* An egress rule to networks. Takes cidrs, except?, ports. */ -}}
{{- define "cortex.toBlocks" -}}
- to:
    {{- range .cidrs }}
    - ipBlock:
        cidr: {{ . }}
        {{- if and $.except (hasSuffix "/0" .) }}
        except: [{{ join ", " $.except }}]
        {{- end }}
    {{- end }}
  ports:
    {{- range .ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end }}

{{- define "cortex.toDatabase" -}}
{{- if .Values.postgresql.cluster.enabled }}
- to:
    - podSelector: { matchLabels: { cnpg.io/cluster: {{ include "cortex.name" . }}-postgresql } }
  ports:
    - { protocol: TCP, port: 5432 }
{{- else }}
{{- include "cortex.toBlocks" .Values.networkPolicy.postgresql }}
{{- end }}
{{- end }}
