{{- /* An egress rule to networks. Takes cidrs, except?, ports. */ -}}
{{- define "cortex.toBlocks" -}}
- to:
    {{- range .cidrs }}
    - ipBlock:
        cidr: {{ . }}
        {{- if hasSuffix "/0" . }}
        {{- /* Those of its own family: a network of the other does not lie in it. */}}
        {{- $except := list }}{{ $six := contains ":" . }}{{ range $.except }}{{ if eq $six (contains ":" .) }}{{ $except = append $except . }}{{ end }}{{ end }}
        {{- with $except }}
        except: [{{ join ", " . }}]
        {{- end }}
        {{- end }}
    {{- end }}
  ports:
    {{- range .ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end }}

{{- define "cortex.toNames" -}}
- to:
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }
      podSelector: { matchLabels: { k8s-app: kube-dns } }
  ports:
    - { protocol: UDP, port: 53 }
    - { protocol: TCP, port: 53 }
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
