{{- /* What a pool may do where, as a list of namespace, write, secrets, rules. Unless said, it reads the release's own namespace. Takes dict root, pool. */ -}}
{{- define "cortex.poolAccess" -}}
{{- $access := list (dict "namespace" .root.Release.Namespace) }}
{{- if hasKey .pool "access" }}{{ $access = .pool.access }}{{ end }}
{{- toYaml ($access | default list) }}
{{- end }}

{{- define "cortex.poolNamespaces" -}}
{{- $names := list }}{{ range . }}{{ $names = append $names .namespace }}{{ end }}{{ join "," $names }}
{{- end }}

{{- /* The kinds tasks work with, by group. Secrets and RBAC are in none: they are given by name of the operator. */ -}}
{{- define "cortex.kinds" -}}
"": [configmaps, endpoints, events, limitranges, persistentvolumeclaims, pods, replicationcontrollers, resourcequotas, serviceaccounts, services]
apps: [controllerrevisions, daemonsets, deployments, replicasets, statefulsets]
autoscaling: [horizontalpodautoscalers]
batch: [cronjobs, jobs]
discovery.k8s.io: [endpointslices]
networking.k8s.io: [ingresses, networkpolicies]
policy: [poddisruptionbudgets]
{{- end }}

{{- define "cortex.changedKinds" -}}
"": [configmaps, limitranges, persistentvolumeclaims, resourcequotas, serviceaccounts, services]
apps: [daemonsets, deployments, statefulsets]
autoscaling: [horizontalpodautoscalers]
batch: [cronjobs, jobs]
networking.k8s.io: [ingresses, networkpolicies]
policy: [poddisruptionbudgets]
{{- end }}

{{- define "cortex.fileMounts" -}}
{{- with .Values.workers.files }}
{{- if or .policy .toolkits .prices }}
- { name: files, mountPath: /etc/cortex, readOnly: true }
{{- end }}
{{- if .masters }}
- { name: masters, mountPath: /etc/cortex-masters, readOnly: true }
{{- end }}
{{- end }}
{{- end }}

{{- define "cortex.fileVolumes" -}}
{{- with .Values.workers.files }}
{{- if or .policy .toolkits .prices }}
- name: files
  configMap: { name: {{ include "cortex.name" $ }}-files }
{{- end }}
{{- if .masters }}
- name: masters
  configMap: { name: {{ include "cortex.name" $ }}-masters }
{{- end }}
{{- end }}
{{- end }}
